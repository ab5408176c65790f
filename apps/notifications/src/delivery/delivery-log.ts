import path from 'node:path';
import type { DataOf, Delivery, DeliveryAttempt, DeliveryTarget, listDeliveries } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import type { Pool } from 'pg';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const LIST = sql('list-deliveries');
const COUNT = sql('count-deliveries');
const REDELIVER = sql('redeliver');

/** Who has more wants no exact number; see the contract. */
const MOST_COUNTED = 100_000;

/** `state`: one of the contract's words. */
const ofState = (text: string, state: Delivery['state'] | undefined) =>
  state === undefined ? text : text.replace('/* state */ true', `state = '${state}'`);

/** What people see of deliveries: everything that was sent to a target within the retention, with every attempt. */
export class DeliveryLog {
  constructor(private readonly pool: Pool) {}

  async list(asked: DataOf<typeof listDeliveries>): Promise<{ deliveries: Delivery[]; total: number }> {
    const { target, state, event = null, limit, offset } = asked;
    const filter = [target.id, target.kind, event];
    const [page, count] = await Promise.all([
      this.pool.query<DeliveryRow>({ text: ofState(LIST, state), values: [...filter, limit, offset] }),
      this.pool.query<{ total: number }>({ text: ofState(COUNT, state), values: [...filter, MOST_COUNTED] }),
    ]);
    return { deliveries: page.rows.map(toDelivery), total: count.rows[0]!.total };
  }

  async find(target: DeliveryTarget, deliveryId: string): Promise<Delivery | undefined> {
    const { rows } = await this.pool.query<DeliveryRow>(
      'select * from notifications.deliveries where delivery_id = $1 and target_kind = $2 and target_id = $3',
      [deliveryId, target.kind, target.id],
    );
    return rows[0] && toDelivery(rows[0]);
  }

  /** In the order in which they were made. */
  async attempts(deliveryId: string): Promise<DeliveryAttempt[]> {
    const { rows } = await this.pool.query<AttemptRow>(
      `select number, at, duration_ms, status_code, error, detail, response
         from notifications.attempts where delivery_id = $1 order by number`,
      [deliveryId],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /** When it is tried next; undefined: there is no such delivery, or its target is no more. */
  async redeliver(target: DeliveryTarget, deliveryId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ due_at: Date }>(REDELIVER, [deliveryId, target.kind, target.id]);
    return rows[0]?.due_at.toISOString();
  }
}

type AttemptRow = Omit<DeliveryAttempt, 'at'> & { readonly at: Date };

interface DeliveryRow extends Omit<
  Delivery,
  'target' | 'position' | 'created_at' | 'next_attempt_at' | 'ended_at' | 'delivery_id'
> {
  readonly delivery_id: string;
  readonly target_kind: DeliveryTarget['kind'];
  readonly target_id: string;
  readonly position: number | string | null;
  readonly created_at: Date;
  readonly due_at: Date | null;
  readonly ended_at: Date | null;
}

function toDelivery(row: DeliveryRow): Delivery {
  const { delivery_id, event, replay_id, state, attempts, last_error, last_status_code } = row;
  return {
    ...{ delivery_id, event, replay_id, state, attempts, last_error, last_status_code },
    target: { kind: row.target_kind, id: row.target_id },
    position: row.position === null ? null : Number(row.position),
    created_at: row.created_at.toISOString(),
    next_attempt_at: row.due_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
