/**
 * Makes `npm run demo`, `npm test` and the others one command on a fresh clone: installs when node_modules does not
 * hold what package-lock.json asks for, and with --build builds when dist is not made from the present sources.
 * Runs before anything is installed, so it uses nothing but Node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

refuseOldNode();
if (!isInstalled()) await installAlone();
if (process.argv.includes('--build')) {
  const { build, isBuilt } = await import('./build.mjs');
  if (!isBuilt()) await build();
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node ${process.versions.node} is too old: install Node 20.19 or newer (https://nodejs.org).`);
}

/** Compares what npm says it installed with the lock file, package by package; dates say nothing after a checkout. */
function isInstalled() {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(hidden);
  return Object.entries(wanted).every(([name, { version, integrity, link, ...flags }]) => {
    if (name === '' || link) return true;
    const found = present[name];
    // Optional ones are mostly binaries of other platforms; the others npm keeps in the lock file without installing them.
    if (!found) return Boolean(flags.optional || flags.devOptional || flags.peer || flags.extraneous);
    return found.version === version && found.integrity === integrity;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** Two commands on a fresh clone at once: the second waits, npm ci would remove the first one's packages under it. */
async function installAlone() {
  const guard = path.join(root, '.cache', 'installing');
  mkdirSync(path.dirname(guard), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(guard, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(guard)) rmSync(guard, { force: true });
      else if (!told) {
        told = true;
        console.error('Waiting for the npm ci of another command');
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (isInstalled() && !existsSync(guard)) return;
  }
  try {
    if (!isInstalled()) install();
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Its process is gone; or it never got as far as writing its number. */
function isAbandoned(guard) {
  try {
    const pid = Number(readFileSync(guard, 'utf8'));
    return pid ? !isAlive(pid) : Date.now() - statSync(guard).mtimeMs > 10_000;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function install() {
  // npm ci empties the folder that a link leads to, which is another checkout's.
  if (lstatSync(path.join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail('node_modules is a link to packages that are not those of package-lock.json: remove the link.');
  }
  console.error('Dependencies are missing or not those of package-lock.json: npm ci');
  // npm tells where it is itself; on Windows there is no program called npm, only npm.cmd.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  rmSync(path.join(root, '.cache', 'installing'), { force: true });
  fail(
    `npm ci failed${error ? ` (${error.message})` : ''}: look at its message above; it needs the npm registry and the right to write ${root}.`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
