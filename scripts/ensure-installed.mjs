/**
 * Makes `npm run demo`, `npm test` and the others one command on a fresh clone: installs when node_modules does not
 * hold what package-lock.json asks for, and with --build builds when dist is not made from the present sources.
 * Runs before anything is installed, so it uses nothing but Node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

refuseOldNode();
if (!isInstalled()) install();
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
  return Object.entries(wanted).every(([name, { version, integrity, optional, link }]) => {
    if (name === '' || link) return true;
    const found = present[name];
    // Optional ones are mostly binaries of other platforms.
    if (!found) return optional === true;
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

function install() {
  console.log('Dependencies are missing or not those of package-lock.json: npm ci');
  // npm tells where it is itself; on Windows there is no program called npm, only npm.cmd.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  fail(
    `npm ci failed${error ? ` (${error.message})` : ''}: look at its message above; it needs the npm registry and the right to write ${root}.`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
