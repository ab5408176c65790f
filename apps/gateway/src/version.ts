import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this installation: that of the nearest package.json above, which is the same from source and from dist. */
export const VERSION: string = readVersion(__dirname);

function readVersion(folder: string): string {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    if (typeof manifest.version === 'string') return manifest.version;
  } catch {
    // Not here: one folder up, until there is none.
  }
  const parent = path.dirname(folder);
  return parent === folder ? '0.0.0' : readVersion(parent);
}
