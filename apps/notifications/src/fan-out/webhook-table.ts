import type { WebhookDocument } from '@ao/contracts';
import type { ClientBase, Pool } from 'pg';

type Client = Pick<ClientBase | Pool, 'query'>;

/** A stretch of the log that is delivered (again): events after `position` up to `last_position`. */
export interface Replay {
  readonly replay_id: string;
  readonly webhook_id: string;
  /** False: the ids are those that the deliveries would have had at first. */
  readonly own_ids: boolean;
  readonly position: number;
  readonly last_position: number;
  readonly per_second: number;
}

export interface NewReplay extends Replay {
  readonly requested_at: string;
}

/** The webhooks as the log has them, as far as the fan-out has read it. */
export async function readWebhooks(client: Client, ids?: readonly string[]): Promise<WebhookDocument[]> {
  const { rows } = await client.query<{ document: WebhookDocument }>({
    name: 'read_webhooks',
    text: 'select document from notifications.webhooks where $1::uuid[] is null or webhook_id = any($1)',
    values: [ids ?? null],
  });
  return rows.map(({ document }) => document);
}

/** Errors of another filter say nothing of this one. */
const SAME_FILTER = `w.document ->> 'filter' is not distinct from excluded.document ->> 'filter'`;

export async function writeWebhooks(
  client: Client,
  webhooks: readonly WebhookDocument[],
  deleted: readonly string[],
): Promise<void> {
  if (deleted.length > 0) {
    // In the order in which a replay locks them.
    await client.query(
      `update notifications.webhook_replays set done_at = now() where webhook_id = any($1::uuid[]) and done_at is null`,
      [deleted],
    );
    await client.query('delete from notifications.webhooks where webhook_id = any($1::uuid[])', [deleted]);
  }
  if (webhooks.length === 0) return;
  const rows = webhooks.map((document) => ({ webhook_id: document.webhook_id, status: document.status, document }));
  await client.query(
    `insert into notifications.webhooks as w (webhook_id, status, document)
     select webhook_id, status, document
       from json_to_recordset($1::json) as r (webhook_id uuid, status text, document json)
     on conflict (webhook_id) do update set
       status = excluded.status,
       document = excluded.document,
       filter_errors = case when ${SAME_FILTER} then w.filter_errors else 0 end,
       last_filter_error = case when ${SAME_FILTER} then w.last_filter_error end`,
    [JSON.stringify(rows)],
  );
}

export async function addReplays(client: Client, replays: readonly NewReplay[]): Promise<void> {
  if (replays.length === 0) return;
  await client.query(
    `insert into notifications.webhook_replays (
       replay_id, webhook_id, own_ids, first_position, last_position, position, per_second, requested_at, next_at
     )
     select replay_id, webhook_id, own_ids, position, last_position, position, per_second, requested_at, now()
       from json_to_recordset($1::json) as r (
         replay_id uuid, webhook_id uuid, own_ids boolean, position bigint, last_position bigint, per_second integer,
         requested_at timestamptz
       )
     on conflict (replay_id) do nothing`,
    [JSON.stringify(replays)],
  );
}

/** The replay whose turn it is, locked, and in how many milliseconds; those of webhooks that get nothing now wait. */
export async function nextReplay(client: Client): Promise<(Replay & { readonly wait_ms: number }) | undefined> {
  const { rows } = await client.query<Replay & { wait_ms: number }>(
    `select r.replay_id, r.webhook_id, r.own_ids, r.position, r.last_position, r.per_second,
            extract(epoch from r.next_at - clock_timestamp())::float8 * 1000 as wait_ms
       from notifications.webhook_replays r
       join notifications.webhooks w on w.webhook_id = r.webhook_id
      where r.done_at is null and w.status <> 'disabled'
      order by r.next_at
      limit 1
        for update of r`,
  );
  const [row] = rows;
  return row && { ...row, position: Number(row.position), last_position: Number(row.last_position) };
}

/** `restMs`: until its next turn. */
export async function moveReplay(client: Client, replayId: string, position: number, restMs: number): Promise<void> {
  await client.query(
    `update notifications.webhook_replays
        set position = $2,
            next_at = greatest(next_at, clock_timestamp() - interval '1 second') + $3 * interval '1 millisecond',
            done_at = case when $2 >= last_position then clock_timestamp() end
      where replay_id = $1`,
    [replayId, position, restMs],
  );
}

/** Those that were done longer ago. */
export async function pruneReplays(client: Client, days: number): Promise<void> {
  await client.query(`delete from notifications.webhook_replays where done_at < now() - $1 * interval '1 day'`, [days]);
}

/** Undefined: the table does not know the webhook (yet). */
export async function filterErrorsOf(client: Client, webhookId: string): Promise<FilterFigures | undefined> {
  const { rows } = await client.query<FilterFigures>(
    'select filter_errors, last_filter_error from notifications.webhooks where webhook_id = $1',
    [webhookId],
  );
  return rows[0];
}

export interface FilterFigures {
  readonly filter_errors: number;
  readonly last_filter_error: string | null;
}

export interface ReplayProgress {
  readonly replay_id: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly done: boolean;
}

/** The newest first. */
export async function replaysOf(client: Client, webhookId: string, limit: number): Promise<ReplayProgress[]> {
  const { rows } = await client.query<{ replay_id: string; from: number; to: number; at: number; done: boolean }>(
    `select replay_id, first_position as "from", last_position as "to", position as at, done_at is not null as done
       from notifications.webhook_replays where webhook_id = $1 order by requested_at desc limit $2`,
    [webhookId, limit],
  );
  return rows.map(({ from, to, at, ...row }) => ({ ...row, from: Number(from), to: Number(to), at: Number(at) }));
}
