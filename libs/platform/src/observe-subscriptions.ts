import type { EventReader, SubscriptionMetrics, SubscriptionStatus, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Registry } from 'prom-client';
import type { Health } from './health';
import type { Logger } from './logging';
import { counter, gauge } from './metrics';

/** Counts and logs what happens in subscriptions, as it happens. */
export function subscriptionMetrics(registry: Registry, logger: Logger): SubscriptionMetrics {
  const handled = counter(registry, {
    name: 'ao_subscription_events_total',
    help: 'Events that a subscription handled',
    labelNames: ['subscription'],
  });
  const parked = counter(registry, {
    name: 'ao_parked_events_total',
    help: 'Events that were parked: their stream waits for an operator',
    labelNames: ['subscription'],
  });
  const failed = counter(registry, {
    name: 'ao_subscription_failures_total',
    help: 'Failures that a subscription dealt with',
    labelNames: ['subscription'],
  });
  return {
    handled: (subscription, events) => handled.inc({ subscription }, events),
    parked: (subscription, { position, stream_id }, err) => {
      parked.inc({ subscription });
      logger.error(
        { err, subscription, position, stream_id },
        'an event was parked; its stream waits until it is retried',
      );
    },
    failed: (subscription, err) => {
      failed.inc({ subscription: subscription || 'tail' });
      logger.warn({ err, subscription: subscription || 'tail' }, 'a subscription failed and tries again');
    },
  };
}

/**
 * Shows how far behind the subscriptions are, and keeps the service from being ready while a view in memory is not whole.
 * A scrape reads, for each subscription that is behind, the first event it has not handled.
 */
export function observeSubscriptions(
  subscriptions: Pick<Subscriptions, 'status'>,
  around: { readonly log: EventReader; readonly clock: Clock; readonly health: Health; readonly registry: Registry },
): void {
  const { log, clock, health, registry } = around;
  health.addCheck('subscriptions', () => whyNotReady(subscriptions.status()));

  const labelNames = ['subscription'] as const;
  gauge(registry, {
    name: 'ao_subscription_lag_events',
    help: 'Events between the head of the log and the position of a subscription',
    labelNames,
    collect() {
      this.reset();
      for (const { name, position, head } of subscriptions.status())
        this.set({ subscription: name }, Math.max(0, head - position));
    },
  });
  gauge(registry, {
    name: 'ao_parked_streams',
    help: 'Streams that wait behind a parked event',
    labelNames,
    collect() {
      this.reset();
      for (const { name, parked_streams } of subscriptions.status()) this.set({ subscription: name }, parked_streams);
    },
  });
  gauge(registry, {
    name: 'ao_subscription_lag_seconds',
    help: 'Age of the oldest event that a subscription has not handled',
    labelNames,
    async collect() {
      this.reset();
      for (const { name, position, head } of subscriptions.status())
        this.set({ subscription: name }, position < head ? await ageOfNext(log, clock, position) : 0);
    },
  });
}

/** Age of the first event after a position, in seconds; 0 where there is none, NaN while Postgres does not say. */
export async function ageOfNext(log: EventReader, clock: Clock, position: number): Promise<number> {
  try {
    const [oldest] = await log.read({ after: position, limit: 1 });
    return oldest ? Math.max(0, (clock.now() - Date.parse(oldest.recorded_at)) / 1000) : 0;
  } catch {
    // Without Postgres nobody knows; a scrape must not fail for it.
    return Number.NaN;
  }
}

function whyNotReady(statuses: readonly SubscriptionStatus[]): string | undefined {
  const incomplete = statuses.filter(
    ({ kind, state }) => kind === 'local' && (state === 'seeding' || state === 'paused'),
  );
  return incomplete.length === 0
    ? undefined
    : incomplete.map(({ name, state, error }) => `${name} is ${state}${error ? ` (${error.message})` : ''}`).join(', ');
}
