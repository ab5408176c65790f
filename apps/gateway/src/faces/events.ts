import { counter, EVENT_LOG, LOGGER, METRICS, SUBSCRIPTIONS, webSocketGauge, type Logger } from '@ao/platform';
import type { EventLog, Subscriptions } from '@ao/event-log';
import type { Counter, Registry } from 'prom-client';
import { EventHub, type HubMetrics } from '../live/event-hub';
import { made } from '../made';
import { EventSocketsController } from './platform/event-sockets.controller';
import { EventStreamController } from './platform/event-stream.controller';

/** What happens, live: the hub behind its sockets and server-sent events. */
export const eventControllers = [EventStreamController, EventSocketsController];

export const eventProviders = [
  made(
    EventHub,
    [SUBSCRIPTIONS, EVENT_LOG, METRICS, LOGGER],
    (subscriptions: Subscriptions, log: EventLog, metrics: Registry, logger: Logger) =>
      new EventHub({
        ...{ subscriptions, log, metrics: hubMetrics(metrics) },
        onError: (error, message) => logger.error({ err: error }, message),
      }),
  ),
];

function hubMetrics(registry: Registry): HubMetrics {
  const open = webSocketGauge(registry);
  const delivered = counter(registry, {
    name: 'ao_live_events_delivered_total',
    help: 'Events that were written to listeners, each once for every listener',
    labelNames: ['kind'],
  });
  const slow = counter(registry, {
    name: 'ao_live_slow_listeners_total',
    help: 'Listeners that were let go because they read too slowly',
    labelNames: ['kind'],
  });
  const deliveredTo = new Map<string, Counter.Internal>();
  return {
    open(kind, count) {
      open.set({ kind }, count);
      // Looked up once: it is counted for every event and listener.
      deliveredTo.set(kind, delivered.labels(kind));
    },
    delivered: (kind) => deliveredTo.get(kind)?.inc(),
    tooSlow: (kind) => slow.inc({ kind }),
  };
}
