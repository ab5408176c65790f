import type { LivenessChange } from './liveness.kind';
import { livenessAfter, type Liveness } from './liveness.rules';

/** What a beat must know of who sent it, in memory on every replica. */
export interface Known {
  interval_seconds: number;
  liveness: Liveness;
  /** Unix milliseconds of the newest beat that this replica took; 0 for none. */
  beat_at: number;
}

export interface Seeded {
  readonly id: string;
  readonly interval_seconds: number;
  readonly liveness: Liveness;
}

/** The interval and liveness of everyone registered as the log tells them, and the beats of this replica. */
export class LivenessView {
  private readonly all = new Map<string, Known>();

  get size(): number {
    return this.all.size;
  }

  get(id: string): Readonly<Known> | undefined {
    return this.all.get(id);
  }

  /** Takes a seed for what is known; the beats of this replica stay. */
  seed(seeded: readonly Seeded[]): void {
    const beats = new Map([...this.all].map(([id, { beat_at }]) => [id, beat_at]));
    this.all.clear();
    for (const { id, interval_seconds, liveness } of seeded)
      this.all.set(id, { interval_seconds, liveness, beat_at: beats.get(id) ?? 0 });
  }

  /** A beat of one that the view knows; one that it does not know yet is nothing to it. */
  beat(id: string, at: number): void {
    const known = this.all.get(id);
    if (known && at > known.beat_at) known.beat_at = at;
  }

  /** One that is gone. */
  forget(id: string): void {
    this.all.delete(id);
  }

  apply({ id, registered, gone, interval_seconds, liveness }: LivenessChange): void {
    if (gone) this.forget(id);
    const known = this.all.get(id);
    if (!known) {
      if (registered && interval_seconds !== undefined)
        this.all.set(id, { interval_seconds, liveness: liveness ?? 'online', beat_at: 0 });
      return;
    }
    if (interval_seconds !== undefined) known.interval_seconds = interval_seconds;
    if (liveness !== undefined) known.liveness = liveness;
  }

  /**
   * True when this replica holds a beat that the transition did not know of: the sweep ran elsewhere and the beat was
   * not yet flushed, or it came while the transition was being appended. Then its sender must come online again without
   * waiting for the next beat.
   */
  contradicts({ id, silence }: LivenessChange): boolean {
    const known = this.all.get(id);
    if (!silence || !known) return false;
    const at = Date.parse(silence.at);
    if (silence.last_heartbeat === undefined) return known.beat_at > at;
    return (
      known.beat_at > Date.parse(silence.last_heartbeat) &&
      livenessAfter(at - known.beat_at, known.interval_seconds) === 'online'
    );
  }

  counts(): Record<Liveness, number> {
    const counts: Record<Liveness, number> = { online: 0, degraded: 0, offline: 0 };
    for (const { liveness } of this.all.values()) counts[liveness] += 1;
    return counts;
  }
}
