import { evolveDispatchLimit, type DispatchLimitDocument, type DispatchLimitEvent } from '@ao/contracts';
import type { Position, RunningLocal, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { runProjection, type Projection } from '@ao/projections';
import type { Pool } from 'pg';
import type { GateListener } from '../dispatch/gate';
import { LimitGate } from './limit.gate';

export const limitsProjection: Projection<DispatchLimitDocument> = {
  name: 'dispatch_limits',
  version: 1,
  categories: ['dispatchlimit'],
  table: 'tasks.dispatch_limits',
  key: (event) => (event as unknown as DispatchLimitEvent).data.limit_id,
  evolve: (limit, event) => evolveDispatchLimit(limit, event as unknown as DispatchLimitEvent),
};

export interface LimitsOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  /** Told when what was held may pass. */
  readonly listener: GateListener;
}

/** The dispatch limits in one process: the table (kept by one replica) and the gate (in each). */
export class Limits {
  readonly gate: LimitGate;
  private view: RunningLocal | undefined;

  constructor(private readonly options: LimitsOptions) {
    this.gate = new LimitGate(options.clock, options.listener);
  }

  /** Resolves once the gate knows what the table knows. Before the pool's model is first loaded. */
  async start(): Promise<void> {
    const { subscriptions } = this.options;
    await runProjection(subscriptions, limitsProjection);
    this.view = await subscriptions.local({
      name: 'dispatch-limits',
      categories: limitsProjection.categories,
      seed: () => this.seed(),
      handle: (events) => {
        for (const event of events) this.gate.apply(event as unknown as DispatchLimitEvent);
      },
    });
  }

  /** The gate knows everything up to the position. */
  async reached(position: Position, timeoutMs: number): Promise<void> {
    await this.view?.reached(position, timeoutMs);
  }

  private async seed(): Promise<Position> {
    // The documents and the checkpoint they stand at, of one snapshot; one row at least, for the checkpoint.
    const { rows } = await this.options.pool.query<{ position: number; document: DispatchLimitDocument | null }>(
      `select coalesce(checkpoint.position, 0) as position, dispatch_limit.document
         from (select max(position) as position from tasks.subscription_checkpoints where subscription = $1) as checkpoint
         left join tasks.dispatch_limits as dispatch_limit on true`,
      [limitsProjection.name],
    );
    this.gate.load(rows.flatMap(({ document }) => document ?? []));
    return rows[0]?.position ?? 0;
  }
}
