/** Percentiles over the last so many observations. */
export class LatencyWindow {
  private readonly values: number[] = [];
  private next = 0;

  constructor(private readonly size = 1_000) {}

  observe(seconds: number): void {
    this.values[this.next] = seconds;
    this.next = (this.next + 1) % this.size;
  }

  /** Null before the first observation. */
  percentiles(): { p50: number; p99: number } | null {
    if (this.values.length === 0) return null;
    const sorted = [...this.values].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
