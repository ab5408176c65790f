import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { dumpSchema } from './schema-dump';

/**
 * `npm run schema:dump` writes db/schema.sql; with --check it compares instead and ends with 1 and the first difference.
 * The schema is read from the test harness' template database, which is migrated from the present sources.
 */
const root = path.resolve(__dirname, '../..');
const file = path.join(root, 'db/schema.sql');

async function main(): Promise<number> {
  const present = await migratedSchema();
  if (!process.argv.includes('--check')) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, present);
    console.log(`Wrote ${path.relative(root, file)}`);
    return 0;
  }
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (committed === present) return 0;
  const [was, is] = [committed.split('\n'), present.split('\n')];
  const line = is.findIndex((text, index) => text !== was[index]);
  const at = line < 0 ? is.length : line;
  console.error(
    `db/schema.sql is not what the migrations make, first at line ${at + 1}:\n- ${was[at] ?? '(end)'}\n+ ${is[at] ?? '(end)'}\n` +
      'If you meant the change (in a new migration: one that has landed is never edited), run npm run schema:dump and commit the file.',
  );
  return 1;
}

async function migratedSchema(): Promise<string> {
  const server = spawn(
    process.execPath,
    ['-r', path.join(root, 'scripts/register.cjs'), path.join(root, 'libs/testing/src/postgres-server.main.ts')],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  try {
    const told = await new Promise<string>((resolve, reject) => {
      createInterface({ input: server.stdout }).once('line', resolve);
      server.once('exit', (code) => reject(new Error(`the Postgres of the tests did not start (exit code ${code})`)));
    });
    const { adminUrl, failure } = JSON.parse(told) as { adminUrl: string; failure?: string };
    if (failure !== undefined) throw new Error(failure);
    const url = new URL(adminUrl);
    url.pathname = '/ao_template';
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    try {
      return await dumpSchema(client);
    } finally {
      await client.end();
    }
  } finally {
    server.stdin.end();
  }
}

main()
  .then((code) => (process.exitCode = code))
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
