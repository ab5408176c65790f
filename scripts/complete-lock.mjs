/**
 * `npm run lock:complete`: adds what the lock files (the project's and that of the bench's peers) lack of optional packages
 * for other platforms. npm leaves them out when the registry it installed from did not have them, and then `npm ci` refuses
 * the lock file everywhere. Without an integrity they are checked by nothing but their version; every platform this project
 * is run on has its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const PLATFORM =
  /[-/](darwin|linux|win32|android|freebsd|openharmony)-(arm64|x64|arm|ia32|ppc64|s390x|riscv64|loong64)(?:-(.*))?$/;

for (const file of ['package-lock.json', 'bench/peers/package-lock.json']) complete(file);

function complete(name) {
  const file = path.join(root, name);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const { packages } = lock;
  const missing = Object.entries(packages).flatMap(([parent, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([dependency]) => !isPresent(packages, parent, dependency))
      .map(([dependency, version]) => ({ parent: entry, name: dependency, version })),
  );
  for (const one of missing) packages[`node_modules/${one.name}`] = entryOf(one);
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${name}: ${missing.length} packages added`);
}

function entryOf({ parent, name, version }) {
  const platform = PLATFORM.exec(name);
  if (!platform || !/^\d+\.\d+\.\d+/.test(version))
    throw new Error(`${name}@${version} names no platform: add it by npm install`);
  const [, os, cpu, abi = ''] = platform;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev && { dev: true }),
    ...(os === 'linux' && /gnu|musl/.test(abi) && { libc: [abi.includes('musl') ? 'musl' : 'glibc'] }),
    license: parent.license,
    optional: true,
    os: [os],
    ...(parent.engines && { engines: parent.engines }),
  };
}

/** Where Node would find it from the parent's folder: beside it or further up. */
function isPresent(packages, parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}
