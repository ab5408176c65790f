import type { EventLogMetrics } from '@ao/event-log';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, type MetricConfiguration } from 'prom-client';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

export interface PlatformMetrics {
  readonly registry: Registry;
  readonly eventLog: EventLogMetrics;
  /** A request that this service answered. */
  handled(request: { name: string; outcome: string; seconds: number }): void;
  /** A request that this service sent. */
  answered(request: { name: string; outcome: string; seconds: number }): void;
  /** A message on the bus that could not be read or whose handler threw. */
  dropped(): void;
  busConnected(connected: boolean): void;
}

/** The metrics every service has. Names are listed in docs/operations.md. */
export function createMetrics(service: string): PlatformMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });

  const appendSeconds = histogram(registry, {
    name: 'ao_append_seconds',
    help: 'From asking for an append to its outcome, waiting for its batch included',
    labelNames: ['outcome'],
    buckets: SECONDS,
  });
  const batchSeconds = histogram(registry, {
    name: 'ao_append_batch_seconds',
    help: 'From sending a batch of appends to Postgres to its reply',
    buckets: SECONDS,
  });
  const batchEvents = histogram(registry, {
    name: 'ao_append_batch_events',
    help: 'Events in one batch of appends',
    buckets: SIZES,
  });
  const batchUnits = histogram(registry, {
    name: 'ao_append_batch_units',
    help: 'Units of append (commands) in one batch',
    buckets: SIZES,
  });
  const waiting = gauge(registry, { name: 'ao_append_waiting_units', help: 'Units of append that wait for a batch' });
  const requests = counter(registry, {
    name: 'ao_commands_total',
    help: 'Commands and queries that this service answered',
    labelNames: ['name', 'outcome'],
  });
  const requestSeconds = histogram(registry, {
    name: 'ao_command_seconds',
    help: 'From the arrival of a command or query to its answer',
    labelNames: ['name'],
    buckets: SECONDS,
  });
  const sent = counter(registry, {
    name: 'ao_requests_sent_total',
    help: 'Commands and queries that this service sent to others',
    labelNames: ['name', 'outcome'],
  });
  const sentSeconds = histogram(registry, {
    name: 'ao_request_sent_seconds',
    help: 'From sending a command or query to its answer',
    labelNames: ['name'],
    buckets: SECONDS,
  });
  const dropped = counter(registry, {
    name: 'ao_bus_dropped_total',
    help: 'Messages on the bus that could not be read or whose handler failed',
  });
  const connected = gauge(registry, { name: 'ao_bus_connected', help: '1 while there is a connection to NATS' });

  return {
    registry,
    eventLog: {
      batch({ units, events, seconds }) {
        batchSeconds.observe(seconds);
        batchEvents.observe(events);
        batchUnits.observe(units);
      },
      unit({ outcome, seconds }) {
        appendSeconds.observe({ outcome }, seconds);
      },
      waiting(units) {
        waiting.set(units);
      },
    },
    handled({ name, outcome, seconds }) {
      requests.inc({ name, outcome });
      requestSeconds.observe({ name }, seconds);
    },
    answered({ name, outcome, seconds }) {
      sent.inc({ name, outcome });
      sentSeconds.observe({ name }, seconds);
    },
    dropped() {
      dropped.inc();
    },
    busConnected(now) {
      connected.set(now ? 1 : 0);
    },
  };
}

/** Tasks that are ready or wait for a retry, by priority band (tasks sets it). */
export function queueDepthGauge(registry: Registry): Gauge<'pool' | 'priority'> {
  return gauge(registry, {
    name: 'ao_queue_depth',
    help: 'Tasks that wait for an agent',
    labelNames: ['pool', 'priority'] as const,
  });
}

/** From the moment a task is ready to its assignment (tasks observes it). */
export function dispatchLatencyHistogram(registry: Registry): Histogram<'pool'> {
  return histogram(registry, {
    name: 'ao_dispatch_seconds',
    help: 'From the moment a task is ready to its assignment',
    labelNames: ['pool'] as const,
    buckets: SECONDS,
  });
}

/** Open WebSocket connections (the gateway sets it). */
export function webSocketGauge(registry: Registry): Gauge<'kind'> {
  return gauge(registry, {
    name: 'ao_websocket_connections',
    help: 'Open WebSocket connections',
    labelNames: ['kind'] as const,
  });
}

type Configuration<Label extends string> = MetricConfiguration<Label>;

/** The metric of this name, made when it does not exist yet: modules need not agree on who comes first. */
export function gauge<Label extends string>(
  registry: Registry,
  configuration: Configuration<Label> & { collect?: (this: Gauge<Label>) => void | Promise<void> },
): Gauge<Label> {
  const existing = registry.getSingleMetric(configuration.name) as Gauge<Label> | undefined;
  return existing ?? new Gauge({ ...configuration, registers: [registry] });
}

export function counter<Label extends string>(registry: Registry, configuration: Configuration<Label>): Counter<Label> {
  const existing = registry.getSingleMetric(configuration.name) as Counter<Label> | undefined;
  return existing ?? new Counter({ ...configuration, registers: [registry] });
}

export function histogram<Label extends string>(
  registry: Registry,
  configuration: Configuration<Label> & { buckets?: number[] },
): Histogram<Label> {
  const existing = registry.getSingleMetric(configuration.name) as Histogram<Label> | undefined;
  return existing ?? new Histogram({ ...configuration, registers: [registry] });
}
