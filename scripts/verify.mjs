/**
 * `npm run verify`, which is what CI runs: lint, format, types, dependency rules, schema drift, manifests, build, then
 * every test. All of them run, whatever fails; a few test files that failed run once more, alone, and those that pass
 * then are named. The last line is `N passed, N failed`: tests by jest's own count, and each failed check as one more
 * failure. Exit code 0 only if nothing failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const results = path.join(root, '.cache', 'jest-results.json');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const node = (...args) => [process.execPath, ...args];
/** More files than these that fail are no bad luck. */
const MOST_RUN_AGAIN = 8;

const checks = [
  { name: 'lint', command: [bin('eslint'), '--max-warnings', '0', '.'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: [bin('tsc'), '-p', '.'] },
  { name: 'dependency rules', command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...sourceFolders()] },
  { name: 'schema drift', command: node('-r', './scripts/register.cjs', 'tools/schema-dump/main.ts', '--check') },
  {
    name: 'types of routes in the SDK',
    command: node('-r', './scripts/register.cjs', 'tools/api-types/main.ts', '--check'),
  },
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
if (tests.unsteady.length > 0) {
  console.log(`\nUnsteady, failed beside others and passed alone; each is an issue to open:`);
  for (const file of tests.unsteady) console.log(`  ${file}`);
}
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

/**
 * Every test; then, once more and one after the other, the files that failed if they are few: what fails there again
 * is broken, what passes is named as unsteady.
 */
function runTests() {
  const first = jest();
  if (first.failed === 0 || first.failedFiles.length === 0 || first.failedFiles.length > MOST_RUN_AGAIN)
    return { ...first, unsteady: [] };
  console.log(`\n${first.failed} failed; once more, alone: ${first.failedFiles.join(', ')}`);
  const second = jest('--maxWorkers=1', '--runTestsByPath', ...first.failedFiles);
  return {
    passed: first.passed - first.passedInFailedFiles + second.passed,
    failed: second.failed,
    unsteady: first.failedFiles.filter((file) => !second.failedFiles.includes(file)),
  };
}

function jest(...args) {
  mkdirSync(path.dirname(results), { recursive: true });
  rmSync(results, { force: true });
  const status = run([bin('jest'), '--ci', '--json', `--outputFile=${results}`, ...args], {
    // jest prints its report on stderr and, with --json, the whole result on stdout: the file is enough.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!existsSync(results)) return { passed: 0, failed: 1, failedFiles: [], passedInFailedFiles: 0 };
  const result = JSON.parse(readFileSync(results, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const failedSuites = result.testResults.filter((suite) => suite.status === 'failed');
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    failedFiles: failedSuites.map((suite) => path.relative(root, suite.name)),
    passedInFailedFiles: failedSuites
      .flatMap((suite) => suite.assertionResults)
      .filter(({ status }) => status === 'passed').length,
  };
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
