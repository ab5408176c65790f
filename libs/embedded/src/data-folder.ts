import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';
import { canEnter, chownTree, reachableFolder, type RuntimeUser } from './runtime-user';
import { StartupError } from './startup-error';

/**
 * Where the data really lives. As a normal user: in `dataDir`. As root: also there if the Postgres user can reach it,
 * else in `/var/lib/agent-orchestration/<key of dataDir>` with `dataDir` as a symbolic link to it; data that is
 * already in `dataDir` moves along.
 */
export function realDataFolder(dataDir: string, user: RuntimeUser | undefined): string {
  const parent = path.dirname(dataDir);
  try {
    mkdirSync(parent, { recursive: true });
  } catch (error) {
    throw new StartupError(`The folder ${parent} cannot be made: give this user the right to write there.`, {
      cause: error,
    });
  }
  if (!user) return ownFolder(dataDir);

  const present = lstatSync(dataDir, { throwIfNoEntry: false });
  if (present?.isSymbolicLink()) {
    const real = path.resolve(parent, readlinkSync(dataDir));
    mkdirSync(path.dirname(real), { recursive: true, mode: 0o755 });
    return given(real, user);
  }
  if (canEnter(user, parent)) return given(dataDir, user);

  const real = path.join(reachableFolder(), `${keyOf(dataDir)}-${path.basename(dataDir)}`);
  // Data whose link is gone: its folder was removed on purpose, its passwords with it. Kept aside, never deleted.
  if (existsSync(real)) renameSync(real, `${real}.left-${new Date().toISOString().replaceAll(':', '')}`);
  if (present) {
    cpSync(dataDir, real, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    rmSync(dataDir, { recursive: true });
  }
  symlinkSync(real, dataDir);
  return given(real, user);
}

function ownFolder(dataDir: string): string {
  const owner = statSync(dataDir, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined && process.getuid && owner !== process.getuid()) {
    throw new StartupError(
      `The data in ${dataDir} belongs to another user (it was made as root): start as that user, or give it to this one with chown -R.`,
    );
  }
  return dataDir;
}

/** Data first made as a normal user becomes the Postgres user's when root starts it. */
function given(real: string, user: RuntimeUser): string {
  if (existsSync(real) && statSync(real).uid !== user.uid) chownTree(real, user);
  return real;
}

const keyOf = (dataDir: string) => createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12);

/**
 * Postgres refuses to start while the pid in `postmaster.pid` is alive and its own user's, even when that pid has
 * long become some other program (a restarted container deals out the same small pids again).
 * @throws StartupError when a Postgres really runs on the folder
 */
export function removeStalePidFile(folder: string): void {
  const file = path.join(folder, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return;
  }
  const program = programOf(pid);
  if (program === undefined) return;
  if (path.basename(program) === 'postgres') {
    throw new StartupError(`A Postgres already runs on ${folder} (process ${pid}): stop it first (kill -INT ${pid}).`);
  }
  unlinkSync(file);
}

function programOf(pid: number): string | undefined {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8');
    if (/\) Z /.test(state)) return undefined;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
  } catch {
    // No such process; without /proc (macOS) Postgres' own check has to do.
    return undefined;
  }
}
