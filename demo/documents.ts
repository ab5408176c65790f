import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MOST_DOCUMENTS } from './index-workflow';

/** A file that may be a document; whether it is text, the agents find out. */
export interface FoundFile {
  /** Short and unique within the run. */
  readonly id: string;
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** There are more, which are left out. */
  readonly more: boolean;
  /** Folders that could not be listed. */
  readonly unreadable: readonly string[];
}

const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage', '.cache', '.data', 'demo-report']);

/** A failure that one sentence explains: printed without a stack. */
export class DemoError extends Error {}

/**
 * The regular files under a folder (or the one file), in order of their path. Hidden folders, links and folders of
 * build results are left out.
 */
export async function findFiles(folder: string, most = MOST_DOCUMENTS): Promise<FoundFiles> {
  const root = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw new DemoError(
      `Cannot read the folder '${folder}': ${error.code === 'ENOENT' ? 'there is none' : error.code}`,
    );
  });
  const found: { path: string; file: string }[] = [];
  const unreadable: string[] = [];
  if (root.isFile()) found.push({ path: path.basename(folder), file: folder });
  else await walk(folder, '', found, unreadable, most);
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  const files: FoundFile[] = [];
  for (const entry of found.slice(0, most)) {
    const size = await stat(entry.file).then(
      ({ size }) => size,
      () => 0,
    );
    files.push({ id: `d${files.length + 1}`, ...entry, bytes: size });
  }
  return { files, more: found.length > most, unreadable };
}

async function walk(
  folder: string,
  prefix: string,
  found: { path: string; file: string }[],
  unreadable: string[],
  most: number,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    unreadable.push(prefix || '.');
    return [];
  });
  for (const entry of entries) {
    if (found.length > most) return;
    const relative = prefix ? `${prefix}/${entry.name}` : entry.name;
    const absolute = path.join(folder, entry.name);
    if (entry.isFile()) found.push({ path: relative, file: absolute });
    else if (entry.isDirectory() && !LEFT_OUT.has(entry.name) && !entry.name.startsWith('.')) {
      await walk(absolute, relative, found, unreadable, most);
    }
  }
}
