import { round, type Latency } from './figures';
import type { PeerFigures } from './peers/measure-peer';
import { BULLMQ, type FiguresOfPeers } from './peers/run-peers';

/** In tasks per second. */
export interface OurRates {
  readonly one_by_one: number;
  readonly drain: number;
}

const LATENCY_GATE_MS = { p50: 8, p99: 25 };

export function gated(latency: Latency) {
  const { p50, p99 } = LATENCY_GATE_MS;
  return {
    ...latency,
    gate: { p50_ms: p50, p99_ms: p99 },
    reached: latency.p50_ms <= p50 && latency.p99_ms <= p99,
  };
}

interface Comparison {
  readonly ours: keyof OurRates;
  readonly peer: string;
  readonly what: string;
  readonly theirs: (figures: PeerFigures) => number | undefined;
  /** Below a gate the bench fails; a goal is where we want to be. */
  readonly gate?: number;
  readonly goal?: number;
}

const oneByOne = ({ jobs_per_second }: PeerFigures) => jobs_per_second;
const drain = (figures: PeerFigures) => figures.drain.default;

const COMPARISONS: readonly Comparison[] = [
  { ours: 'one_by_one', peer: 'pg-boss', what: 'one by one / pg-boss', theirs: oneByOne, gate: 1 },
  { ours: 'drain', peer: 'graphile-worker', what: 'drain / graphile-worker, default', theirs: drain, gate: 1 },
  { ours: 'one_by_one', peer: BULLMQ.always, what: `one by one / ${BULLMQ.always}`, theirs: oneByOne, goal: 0.8 },
];

/** A line for each comparison whose peer was measured. */
export function againstPeers(ours: OurRates, peers: FiguresOfPeers) {
  return COMPARISONS.flatMap(({ ours: rate, peer, what, theirs, gate, goal }) => {
    const figures = peers.get(peer);
    const other = figures && theirs(figures);
    if (!other) return [];
    const ratio = round(ours[rate] / other);
    return [
      {
        what,
        ratio,
        ...(gate !== undefined && { gate, reached: ratio >= gate }),
        ...(goal !== undefined && { goal, goal_reached: ratio >= goal }),
      },
    ];
  });
}
