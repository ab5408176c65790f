import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/** /usr/sbin is where Debian puts servers, and not on a normal user's PATH. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

/** Of a program in PATH or the usual folders. */
export function installedProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(path.delimiter), ...USUAL_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Unpacks a package of Debian into `folder`, once: fetched by `apt-get download` with list and cache folders of its own,
 * which needs no root and does not touch the system.
 * @throws Error that says why it cannot
 */
export function unpackDebianPackage(name: string, folder: string): void {
  const work = `${folder}.partial-${process.pid}`;
  try {
    if (!isExecutable('/usr/bin/apt-get') || !isExecutable('/usr/bin/dpkg-deb')) {
      throw new Error('there is no apt-get here to fetch it with');
    }
    for (const own of ['lists/partial', 'cache/archives/partial', 'tree']) {
      mkdirSync(path.join(work, own), { recursive: true });
    }
    const own = [
      ['Dir::State::lists', path.join(work, 'lists')],
      ['Dir::Cache', path.join(work, 'cache')],
      // apt would give root's downloads to the user _apt, which may not reach this folder.
      ...(process.getuid?.() === 0 ? [['APT::Sandbox::User', 'root']] : []),
    ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    run('/usr/bin/apt-get', [...own, '-qq', 'update'], work);
    run('/usr/bin/apt-get', [...own, '-qq', 'download', name], work);
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download left no package');
    run('/usr/bin/dpkg-deb', ['-x', path.join(work, archive), path.join(work, 'tree')], work);
    if (!existsSync(folder)) renameSync(path.join(work, 'tree'), folder);
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
