/**
 * Runs TypeScript from source: `node -r ./scripts/register.cjs apps/tasks/src/main.ts`. The same transform as the
 * build (.swcrc) and the same aliases as tsconfig.json; for tests and the bench, which then never meet a stale build.
 * What was transformed once stands in .cache/register under the hash of all that went in: a test run starts hundreds of
 * processes of the same files.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const root = path.dirname(__dirname);
const options = JSON.parse(fs.readFileSync(path.join(root, '.swcrc'), 'utf8'));
delete options.$schema;
delete options.exclude;
delete options.jsc.baseUrl;
delete options.jsc.paths;

const aliases = [
  [/^@ao\/([^/]+)\/testing$/, (lib) => `libs/${lib}/src/testing.ts`],
  [/^@ao\/([^/]+)$/, (lib) => `libs/${lib}/src/index.ts`],
  [/^@agent-orchestration\/sdk$/, () => 'sdk/typescript/src/index.ts'],
];

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  for (const [pattern, target] of aliases) {
    const match = pattern.exec(request);
    if (match) return resolve.call(this, path.join(root, target(match[1])), ...rest);
  }
  return resolve.call(this, request, ...rest);
};

const cache = path.join(root, '.cache', 'register');
const recipe = JSON.stringify([require('@swc/core/package.json').version, root, options]);

/** One file per source, its first line the hash: what is old is overwritten, and nothing piles up. */
function transformed(filename) {
  const source = fs.readFileSync(filename, 'utf8');
  const mark = `//${createHash('sha256').update(recipe).update(filename).update(source).digest('hex')}\n`;
  const place = path.join(cache, `${path.relative(root, filename).replaceAll(path.sep, '!')}.js`);
  try {
    const kept = fs.readFileSync(place, 'utf8');
    if (kept.startsWith(mark)) return kept.slice(mark.length);
  } catch {
    // Not there yet.
  }
  const { transformSync } = require('@swc/core');
  const { code } = transformSync(source, { ...options, filename, swcrc: false, sourceMaps: 'inline' });
  try {
    fs.mkdirSync(cache, { recursive: true });
    // Never half a file, though several write it at once.
    fs.writeFileSync(`${place}.${process.pid}`, mark + code);
    fs.renameSync(`${place}.${process.pid}`, place);
  } catch {
    // A folder that cannot be written to costs time only.
  }
  return code;
}

require.extensions['.ts'] = function (module, filename) {
  module._compile(transformed(filename), filename);
};
