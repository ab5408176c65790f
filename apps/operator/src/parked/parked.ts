import { parseArgs } from 'node:util';
import { listParked, requestParkedRetry } from '@ao/event-log';
import type { Pool } from 'pg';

export const USAGE = `Usage: npm run parked -- <command> [--subscription NAME] [--stream ID]
  list     parked events and those that wait behind them, one JSON line each
  retry    has them handled again, each stream in order, by the service that owns the subscription
`;

/** A mistake of the caller's: the sentence is all that is printed. */
export class UsageError extends Error {}

/** Runs one command on every service's parked events that the pool's role can see; resolves with the exit code. */
export async function parked(args: readonly string[], pool: Pool, print: (line: string) => void): Promise<number> {
  const { values, positionals } = parse(args);
  const filter = {
    ...(values.subscription !== undefined && { subscription: values.subscription }),
    ...(values.stream !== undefined && { streamId: values.stream }),
  };
  const schemas = await schemasWithParkedEvents(pool);
  switch (positionals.length === 1 ? positionals[0] : undefined) {
    case 'list':
      for (const schema of schemas)
        for (const event of await listParked(pool, schema, filter)) print(JSON.stringify({ schema, ...event }));
      return 0;
    case 'retry': {
      let marked = 0;
      for (const schema of schemas) marked += await requestParkedRetry(pool, schema, filter);
      print(
        marked === 0
          ? 'parked: there is nothing to retry'
          : `parked: ${marked} event(s) will be handled again within about a second; see: npm run parked -- list`,
      );
      return 0;
    }
    default:
      throw new UsageError(USAGE);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { subscription: { type: 'string' }, stream: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

async function schemasWithParkedEvents(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = 'parked_events' and c.relkind = 'r'
        and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select, update')
      order by 1`,
  );
  return rows.map(({ schema }) => schema);
}
