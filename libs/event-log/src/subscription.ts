import type { Pool } from 'pg';
import { runLocal } from './subscription-local';
import { createLockSession } from './subscription-lock';
import { runOwned } from './subscription-owned';
import { identifier } from './subscription-tables';
import type { CommitBus, RunningSubscription, Subscriptions } from './subscription.types';
import { createTail } from './tail';
import type { EventReader, RecordedEvent } from './types';
import type { Upcasters } from './upcaster';

/** What happens in a process's subscriptions, as it happens. States and positions are asked for: `Subscriptions.status`. */
export interface SubscriptionMetrics {
  handled?(subscription: string, events: number, milliseconds: number): void;
  /** An event was parked: its stream waits until an operator has it retried. */
  parked?(subscription: string, event: RecordedEvent, error: unknown): void;
  /** A handler, the bus or Postgres failed; the subscription deals with it. `subscription` is empty for the tail itself. */
  failed?(subscription: string, error: unknown): void;
}

export interface SubscriptionsOptions {
  readonly pool: Pool;
  /** The log's reader; its `upcasters` serve when none are given here. */
  readonly log?: Partial<EventReader> & { readonly upcasters?: Upcasters };
  readonly bus?: CommitBus;
  /** Where `subscriptionTablesSql` made the tables. */
  readonly schema: string;
  readonly upcasters?: Upcasters;
  readonly metrics?: SubscriptionMetrics;
  /** Silence after which the log itself is asked, in milliseconds; default 500. */
  readonly pollIntervalMs?: number;
}

/** All subscriptions of a process: they share one tail reader and one connection for their owner locks. */
export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { pool, bus, schema, metrics } = options;
  identifier(schema);
  const upcasters = options.upcasters ?? options.log?.upcasters;
  const onError = (subscription: string, error: unknown) => metrics?.failed?.(subscription, error);
  const onHandled = (subscription: string, events: number, milliseconds: number) =>
    metrics?.handled?.(subscription, events, milliseconds);
  const tail = createTail({
    pool,
    ...(bus && { bus }),
    ...(upcasters && { upcasters }),
    ...(options.pollIntervalMs !== undefined && { pollIntervalMs: options.pollIntervalMs }),
    onError: (error) => onError('', error),
  });
  const locks = createLockSession({ pool, onError: (error) => onError('', error) });
  const running = new Map<string, RunningSubscription>();

  function enter<R extends RunningSubscription>(name: string, start: () => R): R {
    if (running.has(name)) throw new Error(`there is a subscription '${name}' in this process already`);
    const subscription = start();
    const stop = subscription.stop.bind(subscription);
    subscription.stop = async () => {
      await stop();
      running.delete(name);
    };
    running.set(name, subscription);
    return subscription;
  }

  return {
    owned: async (subscription) =>
      enter(subscription.name, () =>
        runOwned(subscription, {
          pool,
          schema,
          tail,
          locks,
          ...(upcasters && { upcasters }),
          onError,
          onHandled,
          onParked: (name, event, error) => metrics?.parked?.(name, event, error),
        }),
      ),
    async local(subscription) {
      let seeded: Promise<void> | undefined;
      const entered = enter(subscription.name, () => {
        const local = runLocal(subscription, { tail, onError, onHandled });
        seeded = local.seeded;
        return local.running;
      });
      await seeded;
      return entered;
    },
    status: () => [...running.values()].map((subscription) => subscription.status()),
    async stop() {
      await Promise.all([...running.values()].map((subscription) => subscription.stop()));
      await tail.stop();
      await locks.stop();
    },
  };
}
