import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from './startup-error';

/** /usr/sbin is where Debian puts it, and not on a normal user's PATH. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

/**
 * The path of a nats-server: from PATH or the usual folders, else from `cacheDir`, else fetched into it once by
 * `apt-get download` with list and cache folders of its own, which needs no root and does not touch the system.
 * @throws StartupError that says what to type
 */
export function findNatsServer(cacheDir: string, say: (line: string) => void = () => undefined): string {
  const cached = path.join(path.resolve(cacheDir), 'nats-server');
  const unpacked = path.join(cached, 'usr', 'sbin', 'nats-server');
  return installed() ?? (executable(unpacked) ? unpacked : fetched(cached, unpacked, say));
}

function installed(): string | undefined {
  return [...(process.env.PATH ?? '').split(path.delimiter), ...USUAL_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, 'nats-server'))
    .find(executable);
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fetched(cached: string, unpacked: string, say: (line: string) => void): string {
  const work = `${cached}.partial-${process.pid}`;
  try {
    if (!executable('/usr/bin/apt-get') || !executable('/usr/bin/dpkg-deb')) {
      throw new Error('there is no apt-get here to fetch it with');
    }
    say('nats-server is not installed: fetching it once with apt-get download (the system stays as it is)');
    for (const folder of ['lists/partial', 'cache/archives/partial', 'tree']) {
      mkdirSync(path.join(work, folder), { recursive: true });
    }
    const own = [
      ['Dir::State::lists', path.join(work, 'lists')],
      ['Dir::Cache', path.join(work, 'cache')],
      // apt would give root's downloads to the user _apt, which may not reach this folder.
      ...(process.getuid?.() === 0 ? [['APT::Sandbox::User', 'root']] : []),
    ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    run('/usr/bin/apt-get', [...own, '-qq', 'update'], work);
    run('/usr/bin/apt-get', [...own, '-qq', 'download', 'nats-server'], work);
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download left no package');
    run('/usr/bin/dpkg-deb', ['-x', path.join(work, archive), path.join(work, 'tree')], work);
    if (!existsSync(cached)) renameSync(path.join(work, 'tree'), cached);
    if (!executable(unpacked)) throw new Error('the package holds no usr/sbin/nats-server');
    return unpacked;
  } catch (error) {
    throw new StartupError(
      `No nats-server was found (${(error as Error).message}): install it (Debian and Ubuntu: apt-get install nats-server; macOS: brew install nats-server; others: https://nats.io/download), or set NATS_URL to a server of your own.`,
      { cause: error },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, [...args], { cwd, encoding: 'utf8', timeout: 120_000 });
  if (status === 0) return;
  const reason = error?.message ?? stderr.split('\n').find((line) => line.startsWith('E:')) ?? stderr.trim();
  throw new Error(`${path.basename(program)} failed: ${reason}`);
}
