import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** Rules that eslint reports for a file of this name with this content; the file need not exist. */
function reported(file: string, source: string): string[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/eslint/bin/eslint.js'), '--stdin', '--stdin-filename', file, '--format', 'json'],
    { cwd: root, input: source, encoding: 'utf8' },
  );
  try {
    const [result] = JSON.parse(stdout) as { messages: { ruleId: string }[] }[];
    return result!.messages.map(({ ruleId }) => ruleId).filter((rule) => rule !== '@typescript-eslint/no-unused-vars');
  } catch {
    throw new Error(`eslint did not answer: ${stderr}${stdout}`);
  }
}

const bad = (lines: readonly string[]) =>
  lines.map((line, index) => `export const f${index} = (c, p, v) => ${line};`).join('\n');

describe('the lint rules', () => {
  it('rejects values in the text of a statement', () => {
    const source = bad([
      'c.query(`select 1 from t where id = ${v}`)',
      "c.query('select 1 from t where id = ' + v)",
      "c.query(`select 1 from t where name like '${v}'`)",
      'c.query(`insert into t values (${v})`)',
      'c.query({ text: `select 1 from t limit ${v}` })',
      'c.query(`select 1 from t where id in (${v.join()})`)',
    ]);
    expect(reported('apps/tasks/src/any.ts', source)).toEqual(Array(6).fill('ao/no-string-built-sql'));
  });

  it('should let parameters, constants and quoted identifiers pass', () => {
    const source = bad([
      "c.query('select 1 from t where id = $1', [v])",
      'c.query(`select 1 from ${p}.t where id = $1`, [v])',
      'c.query(`select pg_advisory_lock(${v.LOCK})`)',
      'c.query(`select 1 from t where id = ${c.escapeLiteral(v)}`)',
      'c.query(`insert into t (${v.columns}) values ($1)`, [v])',
    ]);
    expect(reported('apps/tasks/src/any.ts', source)).toEqual([]);
  });

  it.each(['apps/tasks/src/task/x.decider.ts', 'apps/tasks/src/task/x.state.ts', 'libs/contracts/src/x.projection.ts'])(
    'rejects time and chance in %s',
    (file) => {
      const source = bad([
        'Date.now()',
        'new Date()',
        'Math.random()',
        'randomUUID()',
        'p.randomUUID()',
        'newId()',
        'performance.now()',
      ]);
      expect(reported(file, source)).toEqual(Array(7).fill('no-restricted-syntax'));
      expect(reported(file, bad(['new Date(v)', 'Date.parse(v)']))).toEqual([]);
    },
  );

  it('rejects an append that goes around the command shell', () => {
    expect(reported('apps/tasks/src/any.ts', bad(['c.log.append(v)', 'p.append(v)']))).toEqual([
      'ao/only-the-command-shell-appends',
    ]);
    expect(reported('libs/event-log/src/shell.ts', bad(['c.log.append(v)']))).toEqual([]);
  });

  it('rejects a test that is skipped', () => {
    expect(reported('apps/tasks/src/any.spec.ts', `it.skip('should', () => undefined);`)).toEqual([
      'no-restricted-properties',
    ]);
  });
});
