/**
 * `npm run verify`, which is what CI runs: lint, format, types, dependency rules, schema drift, manifests, build, then
 * every test. All of them run, whatever fails. The last line is `N passed, N failed`: tests by jest's own count, and
 * each failed check as one more failure. Exit code 0 only if nothing failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const results = path.join(root, '.cache', 'jest-results.json');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const node = (...args) => [process.execPath, ...args];

const checks = [
  { name: 'lint', command: [bin('eslint'), '--max-warnings', '0', '.'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: [bin('tsc'), '-p', '.'] },
  { name: 'dependency rules', command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...sourceFolders()] },
  { name: 'schema drift', command: node('-r', './scripts/register.cjs', 'tools/schema-dump/main.ts', '--check') },
  { name: 'build', command: node('scripts/build.mjs') },
  ...manifests(),
];

const failedChecks = [];
for (const { name, command, skipped } of checks) {
  if (skipped) {
    console.log(`○ ${name}: skipped, ${skipped}`);
    continue;
  }
  const started = performance.now();
  const passed = run(command) === 0;
  console.log(`${passed ? '✔' : '✘'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!passed) failedChecks.push(name);
}

run(node('-r', './scripts/register.cjs', 'libs/testing/src/fetch-sshd.main.ts'));
const tests = runTests();
if (failedChecks.length > 0) console.log(`\nFailed checks: ${failedChecks.join(', ')}`);
const failed = tests.failed + failedChecks.length;
console.log(`\n${tests.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run(command, options = {}) {
  const { status, error } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (error) console.error(error.message);
  return status ?? 1;
}

function runTests() {
  mkdirSync(path.dirname(results), { recursive: true });
  rmSync(results, { force: true });
  const status = run([bin('jest'), '--ci', '--json', `--outputFile=${results}`], {
    // jest prints its report on stderr and, with --json, the whole result on stdout: the file is enough.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!existsSync(results)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
}

function sourceFolders() {
  return ['apps', 'libs', 'sdk/typescript/src', 'examples', 'demo', 'bench', 'test', 'tools'].filter((folder) =>
    existsSync(path.join(root, folder)),
  );
}

/** The Kubernetes manifests must render; where kubectl is absent that is said, not passed over. */
function manifests() {
  const overlays = path.join(root, 'deploy', 'overlays');
  if (!existsSync(overlays)) return [];
  const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
  return readdirSync(overlays).map((overlay) => ({
    name: `kubectl kustomize deploy/overlays/${overlay}`,
    command: ['sh', '-c', `kubectl kustomize "$1" >/dev/null`, 'sh', path.join('deploy', 'overlays', overlay)],
    skipped: hasKubectl ? undefined : 'kubectl is not installed here',
  }));
}
