import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LivenessKind } from './liveness.kind';
import type { Liveness } from './liveness.rules';

export interface LivenessMetrics {
  readonly beats: Counter;
  readonly flushSeconds: Histogram;
  readonly flushBeats: Histogram;
  readonly flushFailures: Counter;
  readonly transitions: Counter<'to'>;
  readonly sweepFailures: Counter;
  readonly sweeps: Gauge;
}

export interface LivenessGauges {
  waiting(): number;
  counts(): Record<Liveness, number>;
}

export function livenessMetrics(
  registry: Registry,
  gauges: LivenessGauges,
  kind: LivenessKind<never>['metrics'],
): LivenessMetrics {
  const registers = [registry];
  const { prefix, registered } = kind;
  new Gauge({
    name: `ao_registry_${registered}`,
    help: `Registered ${registered} by recorded liveness`,
    labelNames: ['liveness'],
    registers,
    collect() {
      for (const [liveness, count] of Object.entries(gauges.counts())) this.set({ liveness }, count);
    },
  });
  new Gauge({
    name: `${prefix}_beats_waiting`,
    help: 'Senders whose newest beat is not written yet',
    registers,
    collect() {
      this.set(gauges.waiting());
    },
  });
  return {
    beats: new Counter({ name: `${prefix}_beats_total`, help: 'Heartbeats taken', registers }),
    flushSeconds: new Histogram({
      name: `${prefix}_beat_flush_seconds`,
      help: 'Time to write one batch of beats',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
      registers,
    }),
    flushBeats: new Histogram({
      name: `${prefix}_beat_flush_size`,
      help: 'Beats per batch',
      buckets: [1, 10, 50, 100, 250, 500, 1000],
      registers,
    }),
    flushFailures: new Counter({
      name: `${prefix}_beat_flush_failures_total`,
      help: 'Batches of beats that could not be written and were kept',
      registers,
    }),
    transitions: new Counter({
      name: `${prefix}_liveness_transitions_total`,
      help: 'Transitions that this process asked for, by where to',
      labelNames: ['to'],
      registers,
    }),
    sweepFailures: new Counter({
      name: `${prefix}_sweep_failures_total`,
      help: 'Looks at the deadlines that failed and were repeated',
      registers,
    }),
    sweeps: new Gauge({
      name: `${prefix}_sweep_owner`,
      help: '1 while this process is the one that looks for silence',
      registers,
    }),
  };
}
