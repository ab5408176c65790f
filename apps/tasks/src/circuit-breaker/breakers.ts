import type { CommandShell, EventReader, RunningLocal, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { gauge } from '@ao/platform';
import type { DueCommand, Timers } from '@ao/timers';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import type { GateListener } from '../dispatch/gate';
import { breakerTransitions } from './breaker-transition';
import { BreakerGate } from './breaker.gate';
import { breakerSubscription } from './breaker.subscription';
import { breakerView } from './breaker.view';
import { TraitsCache } from './traits-cache';

export interface BreakersOptions {
  readonly pool: Pool;
  readonly log: Pick<EventReader, 'readStream'>;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly metrics: Registry;
  /** Told when what was held may pass. */
  readonly listener: GateListener;
}

/** The circuit breakers in one process: what counts and moves them (in one replica), and the gate (in each). */
export class Breakers {
  readonly gate: BreakerGate;
  /** What a timer of the kind BREAKER_TRANSITION does. */
  readonly transition: (timer: Pick<DueCommand, 'payload'>) => Promise<void>;
  private view: RunningLocal | undefined;

  constructor(private readonly options: BreakersOptions) {
    this.gate = new BreakerGate(options.listener);
    this.transition = breakerTransitions(options.shell);
    observeBreakers(options.metrics, this.gate);
  }

  /** Resolves once the gate knows what the table knows. Before the pool's model is first loaded. */
  async start(): Promise<void> {
    const { subscriptions, pool, timers, clock, log } = this.options;
    await subscriptions.owned(breakerSubscription({ timers, clock, traits: new TraitsCache(log) }));
    this.view = await subscriptions.local(breakerView(pool, this.gate));
  }

  /** The gate knows everything up to the position. */
  async reached(position: number, timeoutMs: number): Promise<void> {
    await this.view?.reached(position, timeoutMs);
  }
}

function observeBreakers(metrics: Registry, gate: BreakerGate): void {
  gauge(metrics, {
    name: 'ao_circuit_breakers',
    help: 'Circuit breakers, as each replica knows them',
    labelNames: ['state'] as const,
    collect() {
      this.reset();
      for (const [state, count] of gate.countByState()) this.set({ state }, count);
    },
  });
}
