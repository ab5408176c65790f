/**
 * Runs TypeScript from source: `node -r ./scripts/register.cjs apps/tasks/src/main.ts`. The same transform as the
 * build (.swcrc) and the same aliases as tsconfig.json; for tests and the bench, which then never meet a stale build.
 */
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');

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

require.extensions['.ts'] = function (module, filename) {
  const { code } = transformSync(fs.readFileSync(filename, 'utf8'), {
    ...options,
    filename,
    swcrc: false,
    sourceMaps: 'inline',
  });
  module._compile(code, filename);
};
