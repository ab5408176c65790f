import path from 'node:path';
import type { DeliveryTarget } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import type { ClientBase, Pool } from 'pg';
import type { DueDelivery, Message, NewDelivery, TargetHealth } from './delivery.types';
import type { EndedAttempt } from './ended-attempt';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const ADD = sql('add-deliveries');
const WAITING = sql('waiting-targets');
const DUE = sql('due-deliveries');
const RECORD = sql('record-attempts');
const RECORD_ONCE = sql('record-once');
const DROP = sql('drop-closed');
const PRUNE = sql('prune-deliveries');

/** Rows of one insert: some megabytes at most. */
const ADD_AT_ONCE = 5_000;

/** A row whose turn it is. */
export interface QueuedDelivery extends DueDelivery {
  /** Since it was (re)started: what the schedule goes by. */
  readonly tries: number;
}

export interface WaitingTarget {
  readonly target_id: string;
  /** Milliseconds until its first delivery is due; negative: it is overdue. */
  readonly due_in: number;
  /** Nothing is to be sent to it now. */
  readonly held: boolean;
  /** Nothing has arrived there since an attempt failed. */
  readonly failing: boolean;
}

/** Within the caller's transaction; known ids are left as they are. */
export async function addDeliveries(client: ClientBase | Pool, deliveries: readonly NewDelivery[]): Promise<void> {
  for (let from = 0; from < deliveries.length; from += ADD_AT_ONCE) {
    const values = [JSON.stringify(deliveries.slice(from, from + ADD_AT_ONCE))];
    await client.query({ name: 'add_deliveries', text: ADD, values });
  }
}

/** The engine's side of the tables. */
export class DeliveryStore {
  constructor(private readonly pool: Pool) {}

  async waiting(): Promise<WaitingTarget[]> {
    const { rows } = await this.pool.query<WaitingTarget>({ name: 'waiting_targets', text: WAITING });
    return rows;
  }

  /** At most `limit` of each target; `taken`: deliveries that are in hand already. */
  async due(targets: readonly string[], taken: readonly string[], limit: number): Promise<QueuedDelivery[]> {
    const values = [targets, taken, limit];
    const { rows } = await this.pool.query<DueRow>({ name: 'due_deliveries', text: DUE, values });
    return rows.map(toQueued);
  }

  /** One statement for any number of attempts. Answers how their targets fare. */
  async record(attempts: readonly EndedAttempt[]): Promise<TargetHealth[]> {
    const values = [JSON.stringify(attempts)];
    const { rows } = await this.pool.query<HealthRow>({ name: 'record_attempts', text: RECORD, values });
    return rows.map(({ target_id, target_kind, failing_since, ...row }) => ({
      ...row,
      target: { kind: target_kind, id: target_id },
      failing_since: failing_since?.toISOString() ?? null,
    }));
  }

  async recordOnce(delivery: NewDelivery, attempt: OnlyAttempt): Promise<void> {
    const values = [JSON.stringify({ ...delivery, ...attempt })];
    await this.pool.query({ name: 'record_once', text: RECORD_ONCE, values });
  }

  /** How many pending deliveries there are, those that are held among them. */
  async pending(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      `select count(*)::int as count from notifications.deliveries where state = 'pending'`,
    );
    return rows[0]!.count;
  }

  /** Of targets that are no more. Returns how many it found, at most `limit`. */
  async dropClosed(limit: number): Promise<number> {
    return (await this.pool.query({ text: DROP, values: [limit] })).rowCount ?? 0;
  }

  /** Ended deliveries and what is left of targets that are no more. Returns how many deliveries it found, at most `limit`. */
  async prune(days: number, limit: number): Promise<number> {
    await this.pool.query(`delete from notifications.targets where closed_at < now() - $1 * interval '1 day'`, [days]);
    return (await this.pool.query({ text: PRUNE, values: [days, limit] })).rowCount ?? 0;
  }
}

/** Of a delivery that is tried once. */
export type OnlyAttempt = Pick<
  EndedAttempt,
  'at' | 'duration_ms' | 'state' | 'status_code' | 'error' | 'detail' | 'response'
>;

interface DueRow {
  readonly delivery_id: string;
  readonly target_kind: DeliveryTarget['kind'];
  readonly target_id: string;
  readonly event: string;
  readonly position: number | string | null;
  readonly replay_id: string | null;
  readonly message: Message | null;
  readonly attempts: number;
  readonly tries: number;
  readonly created_at: Date;
}

interface HealthRow {
  readonly target_id: string;
  readonly target_kind: DeliveryTarget['kind'];
  readonly failing_since: Date | null;
  readonly most_tries: number;
  readonly gone: boolean;
}

function toQueued(row: DueRow): QueuedDelivery {
  const { delivery_id, target_kind, target_id, event, position, replay_id, message, attempts, tries } = row;
  return {
    ...{ delivery_id, event, replay_id, tries, attempt: attempts + 1, created_at: row.created_at.toISOString() },
    target: { kind: target_kind, id: target_id },
    position: position === null ? null : Number(position),
    ...(message && { message }),
  };
}
