import path from 'node:path';
import { z } from 'zod';
import { createSealKey } from '@ao/event-log';
import { migrate } from './migrate/migrate';

/** `npm run migrate`: brings the database at MIGRATE_DATABASE_URL to this release. */
const Environment = z.object({
  MIGRATE_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Where the private key that seals the log lies; made here if the file is missing. */
  SEAL_KEY_FILE: z.string().min(1).optional(),
});

async function main(): Promise<void> {
  const environment = Environment.safeParse(process.env);
  if (!environment.success) {
    fail(
      'Set MIGRATE_DATABASE_URL to postgres://<administrator>:<password>@<host>:<port>/<database>, then run it again.',
    );
  }
  const passwords = Object.fromEntries(
    Object.entries(process.env)
      .filter(([name, value]) => name.startsWith('AO_PASSWORD_') && value)
      .map(([name, value]) => [name.slice('AO_PASSWORD_'.length).toLowerCase(), value!]),
  );
  await migrate({
    databaseUrl: environment.data.MIGRATE_DATABASE_URL,
    passwords,
    apps: path.resolve(__dirname, '../..'),
    report,
  });
  const { SEAL_KEY_FILE: sealKey } = environment.data;
  if (sealKey !== undefined && createSealKey(sealKey)) report(`made the key that seals the log: ${sealKey}`);
}

const report = (line: string) => process.stdout.write(`migrate: ${line}\n`);

function fail(sentence: string): never {
  process.stderr.write(`migrate: ${sentence}\n`);
  process.exit(1);
}

main().catch((error: Error & { code?: string }) => {
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND' || error.code === 'ETIMEDOUT') {
    fail(`Postgres does not answer at MIGRATE_DATABASE_URL (${error.code}). Is it running, and is the address right?`);
  }
  if (error.code === '28P01' || error.code === '28000') fail(`Postgres refused the login: ${error.message}`);
  fail(error.stack ?? error.message);
});
