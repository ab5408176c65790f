import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { lockDataFolder } from '../apps/launcher/src/data-folder-lock';
import { PidFiles } from '../apps/launcher/src/pid-files';

const PREFIX = 'demo-';

/** A fresh data folder for one run, under `.data` of the project. */
export async function freshDataFolder(root: string): Promise<string> {
  const parent = path.join(root, '.data');
  await mkdir(parent, { recursive: true });
  return mkdtemp(path.join(parent, PREFIX));
}

/** Ends what killed demos (kill -9) have left running, and removes their data. A demo that runs is left alone. */
export async function removeAbandoned(root: string, say: (line: string) => void): Promise<void> {
  const parent = path.join(root, '.data');
  if (!existsSync(parent)) return;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(parent, name);
    let unlock: () => void;
    try {
      unlock = lockDataFolder(folder);
    } catch {
      continue;
    }
    await new PidFiles(folder).endOrphans(say);
    unlock();
    await removeDataFolder(folder);
  }
}

/** Also what lies elsewhere: started as root, the database may be behind a link. */
export async function removeDataFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const entry = path.join(folder, name);
    if (!(await lstat(entry)).isSymbolicLink()) continue;
    const target = await realpath(entry).catch(() => undefined);
    if (target) await rm(target, { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
}
