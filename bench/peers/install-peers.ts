import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { peersFolder } from './peer';

interface Lock {
  readonly packages?: Record<string, { version?: string; optional?: boolean; peer?: boolean }>;
}

/**
 * `npm ci` in bench/peers where that folder does not hold what its lock file names.
 * @throws Error that says how to go on without the peers
 */
export function installPeers(): void {
  if (areInstalled()) return;
  process.stderr.write('The peers are missing or not those of bench/peers/package-lock.json: npm ci\n');
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status, error } = spawnSync(command, args, {
    cwd: peersFolder,
    stdio: ['ignore', 2, 2],
    env: withoutNpm(process.env),
  });
  if (status === 0) return;
  throw new Error(
    `npm ci in bench/peers failed${error ? ` (${error.message})` : ''}: it needs the npm registry. BENCH_PEERS=none measures ours alone.`,
  );
}

function areInstalled(): boolean {
  const hidden = path.join(peersFolder, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const present = readLock(hidden);
  return Object.entries(readLock(path.join(peersFolder, 'package-lock.json'))).every(
    ([name, { version, optional, peer }]) => name === '' || optional || peer || present[name]?.version === version,
  );
}

function readLock(file: string): NonNullable<Lock['packages']> {
  return (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages ?? {};
}

/** What the npm that runs the bench tells its scripts names the project's own folder. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_(package|lifecycle|config_local)/.test(name)),
  );
}
