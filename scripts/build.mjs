/**
 * `npm run build`: every TypeScript source by swc into dist/, aliases rewritten to relative paths, other files (SQL,
 * JSON, HTML …) copied beside them. Only files that changed since the last build are done again.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const SOURCES = ['apps', 'libs', 'sdk/typescript', 'examples', 'demo', 'bench'];
const dist = path.join(root, 'dist');
const manifestFile = path.join(dist, '.built-from.json');
const IGNORED =
  /(^|\/)(node_modules|dist|tsconfig[^/]*\.json|package(-lock)?\.json)(\/|$)|\.spec\.ts$|\.d\.ts$|\.tsbuildinfo$/;

/** Relative path -> hash of every source file, and of what decides how it is built. */
function sourceHashes() {
  const recipe = ['.swcrc', 'package-lock.json', 'scripts/build.mjs'].map((file) => hashOf(path.join(root, file)));
  const files = SOURCES.filter((folder) => existsSync(path.join(root, folder))).flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
  );
  return {
    recipe: recipe.join(' '),
    files: Object.fromEntries(
      files
        .filter((file) => !IGNORED.test(file))
        .sort()
        .map((file) => [file, hashOf(path.join(root, file))]),
    ),
  };
}

const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 32);

function lastBuild() {
  try {
    return JSON.parse(readFileSync(manifestFile, 'utf8'));
  } catch {
    return { recipe: '', files: {} };
  }
}

/** Whether dist is made from exactly the present sources. */
export function isBuilt() {
  return JSON.stringify(lastBuild()) === JSON.stringify(sourceHashes());
}

/**
 * Builds what changed and removes what is gone; returns the source files concerned.
 * @throws Error with the compiler's message; the files that do compile are built nevertheless
 */
export async function build({ quiet = false } = {}) {
  const { transform } = await import('@swc/core');
  const started = performance.now();
  const now = sourceHashes();
  const before = lastBuild();
  if (before.recipe !== now.recipe) {
    rmSync(dist, { recursive: true, force: true });
    before.files = {};
  }
  const changed = Object.keys(now.files).filter((file) => before.files[file] !== now.files[file]);
  const gone = Object.keys(before.files).filter((file) => !(file in now.files));
  for (const file of gone) for (const output of outputsOf(file)) rmSync(output, { force: true });

  const { $schema: _schema, exclude: _exclude, ...swcrc } = JSON.parse(readFileSync(path.join(root, '.swcrc'), 'utf8'));
  const failures = [];
  await Promise.all(
    changed.map(async (file) => {
      const source = path.join(root, file);
      const [output, map] = outputsOf(file);
      mkdirSync(path.dirname(output), { recursive: true });
      if (!file.endsWith('.ts')) return copyFileSync(source, output);
      try {
        const { code, map: sourceMap } = await transform(readFileSync(source, 'utf8'), {
          ...swcrc,
          jsc: { ...swcrc.jsc, baseUrl: root },
          swcrc: false,
          filename: source,
          sourceMaps: true,
          sourceFileName: path.relative(path.dirname(output), source),
        });
        writeFileSync(output, `${code}\n//# sourceMappingURL=${path.basename(map)}\n`);
        writeFileSync(map, sourceMap);
      } catch (error) {
        delete now.files[file];
        failures.push(`${file}: ${error.message.split('\n\nCaused by')[0].trimEnd()}`);
      }
    }),
  );
  mkdirSync(dist, { recursive: true });
  writeFileSync(manifestFile, JSON.stringify(now));
  if (failures.length > 0) throw new Error(`The build failed:\n${failures.join('\n')}`);
  if (!quiet) console.error(`Built ${changed.length} files in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return [...changed, ...gone];
}

function outputsOf(file) {
  const target = path.join(dist, file);
  if (!file.endsWith('.ts')) return [target];
  const script = target.replace(/\.ts$/, '.js');
  return [script, `${script}.map`];
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
    await build();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
