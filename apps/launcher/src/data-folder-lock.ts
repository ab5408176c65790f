import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from '@ao/embedded';
import { identify, isAlive, type ProcessIdentity } from './process-identity';

/** Longer than the few file operations done under it could ever take: its owner was killed in the middle of them. */
const TAKING_STALE_MS = 10_000;

/**
 * One launcher per data folder. The lock file names its process; a file whose process is gone is taken over. Returns
 * the function that releases it.
 * @throws StartupError when a launcher runs on the folder
 */
export function lockDataFolder(folder: string): () => void {
  const file = path.join(folder, 'launcher.lock');
  const self = identify(process.pid);
  if (!self) throw new StartupError(`The start time of process ${process.pid} cannot be read: is /proc mounted?`);
  whileTaking(`${file}.taking`, folder, () => {
    const holder = read(file);
    if (holder && isAlive(holder)) throw running(folder, holder.pid);
    const fresh = `${file}.new`;
    writeFileSync(fresh, JSON.stringify(self), { mode: 0o600 });
    renameSync(fresh, file);
  });
  return () => {
    if (read(file)?.pid === self.pid) rmSync(file, { force: true });
  };
}

const running = (folder: string, pid: number) =>
  new StartupError(
    `Another launcher (process ${pid}) already runs on ${folder}: stop it with Ctrl-C or kill ${pid}, or set DATA_DIR to another folder and PORT to another port.`,
  );

/** mkdir is the atomic test-and-set: looking at the old lock and replacing it must not interleave with another start. */
function whileTaking(guard: string, folder: string, work: () => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      mkdirSync(guard);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age < TAKING_STALE_MS || attempt > 3) {
        throw new StartupError(`Another launcher is starting on ${folder} at this moment: try again in some seconds.`);
      }
      rmSync(guard, { recursive: true, force: true });
    }
  }
  try {
    work();
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

function read(file: string): ProcessIdentity | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
    return { pid, started };
  } catch {
    return undefined;
  }
}
