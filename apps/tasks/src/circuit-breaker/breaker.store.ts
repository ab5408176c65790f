import path from 'node:path';
import type { BreakerDocument } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import type { Pool, PoolClient } from 'pg';
import type { GuardIndex } from './guard-index';
import { EMPTY_TALLY, type Tally } from './tally';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const LOAD_TALLIES = sql('load-tallies');
const STORE_BREAKERS = sql('store-breakers');
const STORE_TALLIES = sql('store-tallies');

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** All of them: those that people made, and of those that these made the few that are not closed. */
export async function loadBreakers(client: Queryable): Promise<BreakerDocument[]> {
  const { rows } = await client.query<{ document: BreakerDocument }>({
    name: 'load_breakers',
    text: 'select document from tasks.circuit_breakers',
  });
  return rows.map(({ document }) => document);
}

export async function loadTallies(client: Queryable, breakerIds: readonly string[]): Promise<Map<string, Tally>> {
  if (breakerIds.length === 0) return new Map();
  const { rows } = await client.query<{ breaker_id: string; tally: Tally }>({
    name: 'load_tallies',
    text: LOAD_TALLIES,
    values: [breakerIds],
  });
  return new Map(rows.map(({ breaker_id, tally }) => [breaker_id, tally]));
}

export async function storeBreakers(client: Queryable, breakers: GuardIndex, changed: Iterable<string>): Promise<void> {
  const ids = [...changed];
  if (ids.length === 0) return;
  const kept = ids.flatMap((id) => breakers.get(id) ?? []);
  await client.query({
    name: 'store_breakers',
    text: STORE_BREAKERS,
    values: [
      ids.filter((id) => !breakers.get(id)),
      kept.map(({ breaker_id }) => breaker_id),
      kept.map((breaker) => JSON.stringify(breaker)),
    ],
  });
}

/** Forgets those as well that say nothing any more. `now`: milliseconds since the Unix epoch. */
export async function storeTallies(
  client: Queryable,
  tallies: ReadonlyMap<string, Tally>,
  changed: Iterable<string>,
  now: number,
): Promise<void> {
  const ids = [...changed];
  if (ids.length === 0) return;
  const kept = ids.filter((id) => !isEmpty(tallies.get(id)));
  await client.query({
    name: 'store_tallies',
    text: STORE_TALLIES,
    values: [
      ids.filter((id) => isEmpty(tallies.get(id))),
      kept,
      kept.map((id) => JSON.stringify(tallies.get(id))),
      new Date(now),
    ],
  });
}

function isEmpty({ slices, probes, succeeded }: Tally = EMPTY_TALLY): boolean {
  return slices.length === 0 && probes.length === 0 && succeeded === 0;
}
