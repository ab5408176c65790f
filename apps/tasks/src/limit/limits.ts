import { evolveDispatchLimit, type DispatchLimitDocument, type DispatchLimitEvent } from '@ao/contracts';
import type { Position, RunningLocal, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { readTable, runProjection, type Projection } from '@ao/projections';
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
  readonly pool: Pool;
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
    const limits: DispatchLimitDocument[] = [];
    const position = await readTable<DispatchLimitDocument>(
      this.options.pool,
      limitsProjection,
      (page) => void limits.push(...page),
    );
    this.gate.load(limits);
    return position;
  }
}
