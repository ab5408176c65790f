import path from 'node:path';
import { installedProgram, isExecutable, unpackDebianPackage } from './debian-package';
import { StartupError } from './startup-error';

/**
 * The path of a nats-server: from PATH or the usual folders, else from `cacheDir`, else fetched into it once from Debian,
 * which needs no root and does not touch the system.
 * @throws StartupError that says what to type
 */
export function findNatsServer(cacheDir: string, say: (line: string) => void = () => undefined): string {
  const cached = path.join(path.resolve(cacheDir), 'nats-server');
  const unpacked = path.join(cached, 'usr', 'sbin', 'nats-server');
  return installedProgram('nats-server') ?? (isExecutable(unpacked) ? unpacked : fetched(cached, unpacked, say));
}

function fetched(cached: string, unpacked: string, say: (line: string) => void): string {
  try {
    say('nats-server is not installed: fetching it once with apt-get download (the system stays as it is)');
    unpackDebianPackage('nats-server', cached);
    if (!isExecutable(unpacked)) throw new Error('the package holds no usr/sbin/nats-server');
    return unpacked;
  } catch (error) {
    throw new StartupError(
      `No nats-server was found (${(error as Error).message}): install it (Debian and Ubuntu: apt-get install nats-server; macOS: brew install nats-server; others: https://nats.io/download), or set NATS_URL to a server of your own.`,
      { cause: error },
    );
  }
}
