import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** A small repository that keeps every rule. */
const LAWFUL = {
  'libs/kernel/src/index.ts': 'export const accept = 1;',
  'libs/event-log/src/appender.ts': 'export const append = 1;',
  'libs/event-log/src/event-log.ts': `import { append } from './appender'; export const log = append;`,
  'libs/event-log/src/index.ts': `export * from './event-log';`,
  'libs/event-log/src/testing.ts': 'export const fake = 1;',
  'apps/tasks/src/task/task.rules.ts': 'export const limit = 1;',
  'apps/tasks/src/task/task.decider.ts': `
    import { accept } from '@ao/kernel'; import type { log } from '@ao/event-log'; import { limit } from './task.rules';
    export const decide = (): typeof log => accept + limit;`,
  'apps/tasks/src/main.ts': `import { log } from '@ao/event-log'; import { decide } from './task/task.decider'; export default [log, decide];`,
  'apps/tasks/src/task/task.decider.spec.ts': `import { fake } from '@ao/event-log/testing'; import { decide } from './task.decider'; export default [fake, decide];`,
  'apps/gateway/src/main.ts': 'export const port = 1;',
} as const;

/** One file more, and the rule that must refuse it. */
const UNLAWFUL: readonly { rule: string; file: string; source: string; also?: Record<string, string> }[] = [
  { rule: 'no-app-to-app', file: 'apps/gateway/src/peek.ts', source: `import '../../tasks/src/main';` },
  {
    rule: 'no-app-to-app',
    file: 'apps/gateway/src/types.ts',
    source: `import type { decide } from '../../tasks/src/task/task.decider'; export type D = typeof decide;`,
  },
  {
    rule: 'no-deep-lib-import',
    file: 'apps/gateway/src/deep.ts',
    source: `import '../../../libs/event-log/src/event-log';`,
  },
  { rule: 'no-deep-lib-import', file: 'libs/kernel/src/deep.ts', source: `import '../../event-log/src/event-log';` },
  { rule: 'decider-is-pure', file: 'apps/tasks/src/task/clock.decider.ts', source: `import 'node:fs';` },
  {
    rule: 'decider-is-pure',
    file: 'apps/tasks/src/task/log.decider.ts',
    source: `import { log } from '@ao/event-log'; export default log;`,
  },
  {
    rule: 'decider-is-pure',
    file: 'apps/tasks/src/task/store.state.ts',
    source: `import './task.store';`,
    also: { 'apps/tasks/src/task/task.store.ts': 'export default 1;' },
  },
  {
    rule: 'only-the-command-shell-appends',
    file: 'libs/event-log/src/back-door.ts',
    source: `import { append } from './appender'; export default append;`,
  },
  {
    rule: 'no-circular',
    file: 'apps/gateway/src/a.ts',
    source: `import { b } from './b'; export const a = () => b;`,
    also: { 'apps/gateway/src/b.ts': `import { a } from './a'; export const b = () => a;` },
  },
  {
    rule: 'no-test-in-production',
    file: 'apps/gateway/src/fake.ts',
    source: `import { fake } from '@ao/event-log/testing'; export default fake;`,
  },
  {
    rule: 'sdk-stands-alone',
    file: 'sdk/typescript/src/index.ts',
    source: `import { accept } from '@ao/kernel'; export default accept;`,
  },
];

const folder = mkdtempSync(path.join(tmpdir(), 'ao-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function violationsOf(name: string, files: Readonly<Record<string, string>>): Violation[] {
  const tree = path.join(folder, name);
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), source);
  }
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(path.join(root, file), path.join(tree, file));
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', '--no-cache', '--output-type', 'json', 'apps', 'libs'],
      ...(Object.keys(files).some((file) => file.startsWith('sdk/')) ? ['sdk'] : []),
    ],
    { cwd: tree, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  try {
    return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  } catch {
    throw new Error(`dependency-cruiser did not answer: ${stderr}`);
  }
}

describe('the dependency rules', () => {
  it('should let a lawful repository pass', () => {
    expect(violationsOf('lawful', LAWFUL)).toEqual([]);
  });

  it('should name the rule and the file of every violation', () => {
    const more = Object.assign(
      {},
      ...UNLAWFUL.map(({ file, source, also }) => ({ [file]: source, ...also })),
    ) as Record<string, string>;
    const violations = violationsOf('unlawful', { ...LAWFUL, ...more });
    for (const { rule, file } of UNLAWFUL) {
      expect(violations).toContainEqual(
        expect.objectContaining({ from: file, rule: expect.objectContaining({ name: rule }) }),
      );
    }
    expect(violations).toHaveLength(UNLAWFUL.length);
  });

  it('should have an example for every rule there is, and tell the way out in each', () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { forbidden } = require('../../.dependency-cruiser.cjs') as {
      forbidden: { name: string; comment: string }[];
    };
    expect(new Set(UNLAWFUL.map(({ rule }) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
    for (const { comment } of forbidden) expect(comment.length).toBeGreaterThan(40);
  });
});
