import type { LoadMetrics } from '@ao/contracts';

/** What one agent or worker node said since the last flush. */
export interface Beat {
  readonly id: string;
  /** Unix milliseconds of the newest beat; null for a load report that is no sign of life. */
  readonly seen_at: number | null;
  /** Unix milliseconds of the newest word of any kind. */
  readonly at: number;
  readonly interval_seconds: number;
  readonly load_metrics?: LoadMetrics;
  readonly health?: 'healthy' | 'degraded' | 'error';
}

/**
 * Beats between two flushes, one entry per sender: one that beats twice costs one row. Nothing here is durable; a
 * crash loses at most one flush interval of beats, which the grace of the liveness rules covers.
 */
export class BeatBuffer {
  private beats = new Map<string, Beat>();

  get size(): number {
    return this.beats.size;
  }

  take(beat: Beat): void {
    const known = this.beats.get(beat.id);
    this.beats.set(beat.id, known ? merged(known, beat) : beat);
  }

  forget(id: string): void {
    this.beats.delete(id);
  }

  /** Takes out up to `limit` beats, the ones that wait longest first. */
  drain(limit: number): Beat[] {
    if (this.beats.size <= limit) {
      const all = [...this.beats.values()];
      this.beats = new Map();
      return all;
    }
    const drained: Beat[] = [];
    for (const beat of this.beats.values()) {
      if (drained.length === limit) break;
      drained.push(beat);
    }
    for (const beat of drained) this.beats.delete(beat.id);
    return drained;
  }

  /** Gives back what could not be written; what has come since wins. */
  putBack(beats: readonly Beat[]): void {
    for (const beat of beats) {
      const newer = this.beats.get(beat.id);
      this.beats.set(beat.id, newer ? merged(beat, newer) : beat);
    }
  }
}

function merged(older: Beat, newer: Beat): Beat {
  const load_metrics = newer.load_metrics ?? older.load_metrics;
  const health = newer.health ?? older.health;
  return {
    id: older.id,
    seen_at: newest(older.seen_at, newer.seen_at),
    at: Math.max(older.at, newer.at),
    interval_seconds: newer.interval_seconds,
    ...(load_metrics && { load_metrics }),
    ...(health && { health }),
  };
}

function newest(left: number | null, right: number | null): number | null {
  if (left === null) return right;
  return right === null ? left : Math.max(left, right);
}
