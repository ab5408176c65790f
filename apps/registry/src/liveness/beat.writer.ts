import { isoTime } from '@ao/kernel';
import { HEARTBEATS } from '@ao/messaging';
import type { Pool } from 'pg';
import { BeatBuffer, type Beat } from './beat.buffer';
import type { LivenessTable } from './liveness.kind';
import { nextDeadline } from './liveness.rules';
import { statementOf } from './sql';

/** A flush follows the first beat after this many ms: well within the grace of the liveness rules. */
const FLUSH_AFTER_MS = 100;
/** Beats per statement; so many waiting are flushed at once. */
const FLUSH_AT = 1_000;
const LONGEST_RETRY_MS = 2_000;
/** Bytes of beats per announcement; the bus takes 256 KiB. */
const ANNOUNCEMENT_BYTES = 128 * 1024;

export interface BeatWriterOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly table: LivenessTable;
  /** Announces flushed beats to the other services, if they are agents'; a lost announcement costs them freshness only. */
  publish?(subject: string, text: string): unknown;
  /** A flush failed: its beats wait and are tried again. */
  onFailure(error: unknown): void;
  onFlushed?(beats: number, milliseconds: number): void;
}

/** Takes beats in memory and writes them in batches, one statement in flight at a time. */
export class BeatWriter {
  private readonly buffer = new BeatBuffer();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  private closed = false;

  private readonly upsert: string;

  constructor(private readonly options: BeatWriterOptions) {
    this.upsert = statementOf('upsert-beats.sql', options.table);
  }

  /** Beats that wait for a flush. */
  get waiting(): number {
    return this.buffer.size;
  }

  take(beat: Beat): void {
    this.buffer.take(beat);
    if (this.buffer.size >= FLUSH_AT && this.failures === 0) void this.flush();
    else this.schedule(FLUSH_AFTER_MS);
  }

  /** Drops what waits of one that is gone. */
  forget(id: string): void {
    this.buffer.forget(id);
  }

  /** Writes everything that waits now. Never rejects: what fails waits for the next flush. */
  flush(): Promise<void> {
    this.running ??= this.work().finally(() => {
      this.running = undefined;
      if (this.buffer.size > 0) this.schedule(this.pause());
    });
    return this.running;
  }

  /** Writes what waits, once more, and takes no timer after it. */
  async close(): Promise<void> {
    await this.running;
    this.closed = true;
    clearTimeout(this.timer);
    await this.flush();
  }

  private schedule(milliseconds: number): void {
    if (this.timer !== undefined || this.running || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, milliseconds);
  }

  private pause(): number {
    return this.failures === 0 ? FLUSH_AFTER_MS : Math.min(LONGEST_RETRY_MS, FLUSH_AFTER_MS * 2 ** this.failures);
  }

  private async work(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    do {
      const beats = this.buffer.drain(FLUSH_AT);
      if (beats.length === 0) return;
      const began = performance.now();
      try {
        await this.options.pool.query(this.upsert, parameters(beats));
      } catch (error) {
        this.failures += 1;
        this.buffer.putBack(beats);
        this.options.onFailure(error);
        return;
      }
      this.failures = 0;
      this.options.onFlushed?.(beats.length, performance.now() - began);
      this.announce(beats);
    } while (this.buffer.size >= FLUSH_AT);
  }

  private announce(beats: readonly Beat[]): void {
    if (!this.options.publish) return;
    let part: string[] = [];
    let bytes = 0;
    const send = () => {
      if (part.length > 0) this.options.publish?.(HEARTBEATS, `{"beats":[${part.join(',')}]}`);
      part = [];
      bytes = 0;
    };
    for (const { id, at, load_metrics, health } of beats) {
      const text = JSON.stringify({ agent_id: id, at, load_metrics, health });
      if (bytes + text.length > ANNOUNCEMENT_BYTES) send();
      part.push(text);
      bytes += text.length;
    }
    send();
  }
}

function parameters(beats: readonly Beat[]): unknown[] {
  return [
    beats.map((beat) => beat.id),
    beats.map((beat) => beat.interval_seconds),
    beats.map(({ seen_at }) => (seen_at === null ? null : isoTime(seen_at))),
    beats.map(({ seen_at, interval_seconds }) => {
      const deadline = seen_at === null ? null : nextDeadline('online', seen_at, interval_seconds);
      return deadline === null ? null : isoTime(deadline);
    }),
    beats.map(({ load_metrics }) => (load_metrics ? JSON.stringify(load_metrics) : null)),
    beats.map(({ health }) => health ?? null),
  ];
}
