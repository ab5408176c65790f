import { createPool } from '@ao/event-log';
import { parked, UsageError } from './parked/parked';

/** `npm run parked`: the events that no service could handle, and their retry. */
async function main(): Promise<number> {
  const url = process.env.MIGRATE_DATABASE_URL ?? process.env.DATABASE_URL;
  if (!url) throw new UsageError('Set MIGRATE_DATABASE_URL (or DATABASE_URL, as a service that has parked events).');
  const pool = createPool(url, { applicationName: 'ao-parked', max: 2 });
  try {
    return await parked(process.argv.slice(2), pool, (line) => process.stdout.write(`${line}\n`));
  } finally {
    await pool.end();
  }
}

process.stdout.on('error', () => process.exit(0)); // `parked list | head`
main()
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: Error & { code?: string }) => {
    const unreachable = error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND';
    process.stderr.write(`${unreachable ? 'parked: Postgres does not answer.' : error.message}\n`);
    process.exitCode = 2;
  });
