import type { Position } from '@ao/event-log';
import type { LiveEvent } from './live-event';

export interface RecentLimits {
  readonly events: number;
  /** Of their texts. */
  readonly bytes: number;
}

/**
 * The last events that were told, so that whoever was away for a moment, a thousand clients after a restart of their proxy
 * for instance, is served without Postgres. Bounded in number and size; what it has let go is read from the log.
 */
export class RecentEvents {
  /** From the oldest on; those before `first` are gone. */
  private events: LiveEvent[] = [];
  private first = 0;
  private bytes = 0;
  private since: Position = Number.MAX_SAFE_INTEGER;

  constructor(private readonly limits: RecentLimits) {}

  /** Anew: everything after this position will be added. */
  begin(position: Position): void {
    this.events = [];
    this.first = 0;
    this.bytes = 0;
    this.since = position;
  }

  add(event: LiveEvent): void {
    this.events.push(event);
    this.bytes += event.json.length;
    while (this.events.length - this.first > this.limits.events || this.bytes > this.limits.bytes) this.dropOldest();
    if (this.first > this.limits.events) {
      this.events = this.events.slice(this.first);
      this.first = 0;
    }
  }

  /** What came after the position, at most so many; undefined when it does not reach back that far. */
  after(position: Position, limit: number): readonly LiveEvent[] | undefined {
    if (position < this.since) return undefined;
    let low = this.first;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return this.events.slice(low, low + limit);
  }

  private dropOldest(): void {
    const oldest = this.events[this.first]!;
    this.events[this.first] = undefined as never;
    this.first += 1;
    this.bytes -= oldest.json.length;
    this.since = oldest.position;
  }
}
