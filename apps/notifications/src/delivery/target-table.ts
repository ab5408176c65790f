import type { DeliveryAttempt, DeliveryTarget } from '@ao/contracts';
import type { ClientBase, Pool } from 'pg';

/** What is known of targets besides their deliveries. */
export class TargetTable {
  constructor(private readonly pool: Pool) {}

  /** Its pending deliveries wait until it is released. */
  async hold(transaction: ClientBase, { kind, id }: DeliveryTarget): Promise<void> {
    await transaction.query(
      `insert into notifications.targets as t (target_id, target_kind, held) values ($1, $2, true)
       on conflict (target_id) do update set held = true`,
      [id, kind],
    );
  }

  /** As if nothing had failed so far; what waits is sent. */
  async release(transaction: ClientBase, { kind, id }: DeliveryTarget): Promise<void> {
    await transaction.query(
      `insert into notifications.targets as t (target_id, target_kind) values ($1, $2)
       on conflict (target_id) do update
         set held = false, gone_at = null, failing_since = null, most_tries = 0, last_error = null`,
      [id, kind],
    );
  }

  /** It is no more: nothing is sent to it again, and what waits is dropped. */
  async close(transaction: ClientBase, { kind, id }: DeliveryTarget): Promise<void> {
    await transaction.query(
      `insert into notifications.targets as t (target_id, target_kind, closed_at) values ($1, $2, now())
       on conflict (target_id) do update set closed_at = coalesce(t.closed_at, now())`,
      [id, kind],
    );
  }

  /** What a target was sent, and whether anything may be sent to it now. Undefined: nothing is known of it. */
  async figures({ kind, id }: DeliveryTarget): Promise<TargetFigures | undefined> {
    const { rows } = await this.pool.query<FiguresRow>(
      `select t.delivered, t.failed, t.last_delivered_at, t.failing_since, t.last_attempt,
              (t.held or t.gone_at is not null) as held, t.closed_at is not null as closed
         from notifications.targets t where t.target_id = $1 and t.target_kind = $2`,
      [id, kind],
    );
    const row = rows[0];
    if (!row) return undefined;
    const { last_attempt } = row;
    return {
      ...row,
      last_delivered_at: row.last_delivered_at?.toISOString() ?? null,
      failing_since: row.failing_since?.toISOString() ?? null,
      last_attempt: last_attempt && {
        ...last_attempt,
        at: new Date(last_attempt.at).toISOString(),
        delivered: last_attempt.error === null,
      },
    };
  }

  async pendingOf({ id }: DeliveryTarget): Promise<number> {
    const { rows } = await this.pool.query<{ pending: number }>(
      `select count(*)::int as pending from notifications.deliveries where state = 'pending' and target_id = $1`,
      [id],
    );
    return rows[0]!.pending;
  }
}

export interface TargetFigures {
  /** Deliveries that arrived, and that were given up. */
  readonly delivered: number;
  readonly failed: number;
  readonly last_delivered_at: string | null;
  /** The first failure after the last success. */
  readonly failing_since: string | null;
  readonly last_attempt: (LastAttempt & { readonly delivered: boolean }) | null;
  readonly held: boolean;
  readonly closed: boolean;
}

type LastAttempt = Pick<DeliveryAttempt, 'at' | 'status_code' | 'error' | 'detail'>;

interface FiguresRow extends Omit<TargetFigures, 'last_delivered_at' | 'failing_since' | 'last_attempt'> {
  readonly last_delivered_at: Date | null;
  readonly failing_since: Date | null;
  readonly last_attempt: LastAttempt | null;
}
