export function middle(figures: readonly number[]): number {
  return figures.slice().sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}

export function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}

export interface Latency {
  readonly p50_ms: number;
  readonly p99_ms: number;
}

export function latencyOf(milliseconds: readonly number[]): Latency {
  const sorted = milliseconds.slice().sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor(share * sorted.length)]!);
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

/** The middle of each figure by itself. */
export function middleLatency(runs: readonly Latency[]): Latency {
  return { p50_ms: middle(runs.map(({ p50_ms }) => p50_ms)), p99_ms: middle(runs.map(({ p99_ms }) => p99_ms)) };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
