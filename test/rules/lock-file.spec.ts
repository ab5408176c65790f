import { readFileSync } from 'node:fs';
import path from 'node:path';

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const root = path.resolve(__dirname, '../..');

describe.each(['package-lock.json', 'bench/peers/package-lock.json'])('%s', (file) => {
  const { packages } = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };

  it('should name the optional packages of every platform, else npm ci refuses it (npm run lock:complete)', () => {
    const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const names = new Set(
      Object.keys(packages).map((folder) => folder.slice(folder.lastIndexOf('node_modules/') + 13)),
    );
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it('should name no registry, so that it installs from whichever one is configured', () => {
    expect(Object.entries(packages).filter(([, entry]) => entry.resolved?.startsWith('http'))).toEqual([]);
  });
});
