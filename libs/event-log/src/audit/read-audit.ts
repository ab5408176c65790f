import type { Pool, PoolClient } from 'pg';
import { AS_TEXT } from '../event-row';
import type { AuditRecord, CommitText, EventText, SealText } from './audit-record';

const COMMITS_PER_PAGE = 200;
const EVENTS_PER_PAGE = 2_000;
const END = '9223372036854775807';

/**
 * Every event, commit and seal of the log up to the moment of the call, in order: an event before its commit, a commit
 * before its seal. On one snapshot, page by page, so that appends go on meanwhile.
 */
export async function* readAudit(pool: Pool): AsyncGenerator<AuditRecord, void, undefined> {
  const client = await pool.connect();
  let whole = false;
  try {
    await client.query('begin isolation level repeatable read, read only');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    yield* records(client);
    await client.query('commit');
    whole = true;
  } finally {
    // A failure, or a consumer that stops early, leaves the transaction open: such a connection is not used again.
    client.release(!whole);
  }
}

async function* records(client: PoolClient): AsyncGenerator<AuditRecord, void, undefined> {
  const seals = await sealsOf(client);
  let nextSeal = 0;
  let events: EventText[] = [];
  let nextEvent = 0;
  let readTo = '0';

  /** The next event at or before a position, reading on as needed. */
  async function eventUpTo(last: string): Promise<EventText | undefined> {
    if (nextEvent === events.length) {
      events = await eventsAfter(client, readTo);
      nextEvent = 0;
      readTo = events.at(-1)?.[0] ?? END;
    }
    const event = events[nextEvent];
    if (event === undefined || BigInt(event[0]) > BigInt(last)) return undefined;
    nextEvent += 1;
    return event;
  }

  let head = '0';
  for (;;) {
    const commits = await commitsAfter(client, head);
    for (const commit of commits) {
      head = commit.last_position;
      for (let event = await eventUpTo(head); event; event = await eventUpTo(head)) yield { event };
      yield { commit };
      while (nextSeal < seals.length && BigInt(seals[nextSeal]!.last_position) <= BigInt(head)) {
        yield { seal: seals[nextSeal]! };
        nextSeal += 1;
      }
    }
    if (commits.length < COMMITS_PER_PAGE) break;
  }
  for (let event = await eventUpTo(END); event; event = await eventUpTo(END)) yield { event };
  for (; nextSeal < seals.length; nextSeal += 1) yield { seal: seals[nextSeal]! };
}

async function eventsAfter(client: PoolClient, position: string): Promise<EventText[]> {
  if (position === END) return [];
  return ask<EventText>(
    client,
    `select position, stream_id, category, version, type, schema_version, data, metadata,
            (extract(epoch from recorded_at) * 1000000)::bigint
       from event_log.events where position > $1 order by position limit $2`,
    [position, EVENTS_PER_PAGE],
  );
}

async function commitsAfter(client: PoolClient, position: string): Promise<CommitText[]> {
  const rows = await ask<[string, string, string, string, string, string]>(
    client,
    `select first_position, last_position, (extract(epoch from committed_at) * 1000000)::bigint,
            encode(prev_hash, 'hex'), encode(hash, 'hex'), encode(event_hashes, 'hex')
       from event_log.commits where last_position > $1 order by last_position limit $2`,
    [position, COMMITS_PER_PAGE],
  );
  return rows.map(([first_position, last_position, committed_us, prev_hash, hash, event_hashes]) => ({
    first_position,
    last_position,
    committed_us,
    prev_hash,
    hash,
    event_hashes,
  }));
}

async function sealsOf(client: PoolClient): Promise<SealText[]> {
  const rows = await ask<[string, string, string, string, string]>(
    client,
    `select last_position, encode(hash, 'hex'), (extract(epoch from sealed_at) * 1000000)::bigint, key_id,
            encode(signature, 'hex')
       from event_log.seals order by last_position`,
    [],
  );
  return rows.map(([last_position, hash, sealed_us, key_id, signature]) => ({
    last_position,
    hash,
    sealed_us,
    key_id,
    signature,
  }));
}

async function ask<Row>(client: PoolClient, text: string, values: unknown[]): Promise<Row[]> {
  const { rows } = await client.query({ text, values, ...AS_TEXT, query_timeout: 60_000 } as never);
  return rows as unknown as Row[];
}
