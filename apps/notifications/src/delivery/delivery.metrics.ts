import type { DeliveryTarget } from '@ao/contracts';
import { counter, gauge, histogram } from '@ao/platform';
import type { Registry } from 'prom-client';
import type { AttemptResult } from './delivery.types';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

export interface DeliveryMetrics {
  attempt(kind: DeliveryTarget['kind'], result: AttemptResult, milliseconds: number): void;
  /** Known to the owner alone; a standby says 0. */
  readonly pending: { set(count: number): void };
  readonly oldestDueSeconds: { set(seconds: number): void };
}

export function deliveryMetrics(registry: Registry): DeliveryMetrics {
  const attempts = counter(registry, {
    name: 'ao_delivery_attempts_total',
    help: 'Attempts to deliver a message, by kind of target and what became of them',
    labelNames: ['kind', 'result'] as const,
  });
  const seconds = histogram(registry, {
    name: 'ao_delivery_attempt_seconds',
    help: 'How long an attempt to deliver took',
    labelNames: ['kind'] as const,
    buckets: SECONDS,
  });
  return {
    attempt(kind, result, milliseconds) {
      attempts.inc({ kind, result: result.delivered ? 'delivered' : result.error });
      seconds.observe({ kind }, milliseconds / 1_000);
    },
    pending: gauge(registry, {
      name: 'ao_deliveries_pending',
      help: 'Deliveries that have neither arrived nor been given up, those of disabled targets among them',
    }),
    oldestDueSeconds: gauge(registry, {
      name: 'ao_delivery_oldest_due_seconds',
      help: 'For how long the oldest delivery that is due has been so, disabled targets left out',
    }),
  };
}
