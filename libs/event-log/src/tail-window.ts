import type { Position, RecordedEvent } from './types';

/** An event at its newest schema; `unreadable` says why this release cannot lift it there (a `NewerSchemaError`, as a rule). */
export interface TailEvent {
  readonly event: RecordedEvent;
  readonly unreadable?: Error;
}

const MOST_EVENTS = 8_192;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The newest part of the log that a process keeps for all its subscriptions: every event of the followed categories in
 * (floor, head], bounded in number and size, and let go once all have it: what dies young costs the collector least. Who is
 * further behind reads the log by itself.
 */
export interface TailWindow {
  head(): Position;
  /** From which position on the window is whole for these categories. */
  floor(categories: Iterable<string>): Position;
  /** Appends what lies in (head, upTo]; `categories`: what it was filtered by. */
  add(events: readonly TailEvent[], upTo: Position, categories: ReadonlySet<string>): void;
  /** The events after a position, at most `limit`, and how far that goes. Only for positions >= floor. */
  after(position: Position, categories: ReadonlySet<string>, limit: number): { events: TailEvent[]; upTo: Position };
  /** Everybody who takes from the window has what lies up to there. */
  release(upTo: Position): void;
  forget(category: string): void;
}

export function createTailWindow(start: Position): TailWindow {
  let events: (TailEvent | undefined)[] = [];
  let sizes: number[] = [];
  let first = 0; // events before this index have left the window
  let bytes = 0;
  let floor = start;
  let head = start;
  const since = new Map<string, Position>();

  function dropFirst(): void {
    floor = events[first]!.event.position;
    bytes -= sizes[first]!;
    events[first] = undefined;
    first += 1;
  }

  function trim(): void {
    while (events.length - first > MOST_EVENTS || (bytes > MOST_BYTES && first < events.length)) dropFirst();
    if (first === events.length || first > MOST_EVENTS) {
      events = events.slice(first);
      sizes = sizes.slice(first);
      first = 0;
    }
  }

  function indexAfter(position: Position): number {
    let low = first;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]!.event.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    head: () => head,
    floor(categories) {
      let lowest = floor;
      for (const category of categories) lowest = Math.max(lowest, since.get(category) ?? Number.POSITIVE_INFINITY);
      return lowest;
    },
    add(added, upTo, categories) {
      for (const entry of added) {
        const size = roughSize(entry.event.data, 3) + 600;
        events.push(entry);
        sizes.push(size);
        bytes += size;
      }
      for (const category of categories) if (!since.has(category)) since.set(category, head);
      head = upTo;
      // What was not asked for this time has a hole here.
      for (const category of since.keys()) if (!categories.has(category)) since.delete(category);
      trim();
    },
    after(position, categories, limit) {
      const found: TailEvent[] = [];
      for (let index = indexAfter(position); index < events.length; index += 1) {
        const entry = events[index]!;
        if (!categories.has(entry.event.category)) continue;
        if (found.length === limit) return { events: found, upTo: found[limit - 1]!.event.position };
        found.push(entry);
      }
      return { events: found, upTo: head };
    },
    release(upTo) {
      while (first < events.length && events[first]!.event.position <= upTo) dropFirst();
      trim();
    },
    forget: (category) => void since.delete(category),
  };
}

/** Bytes that a JSON value holds, estimated; deep parts count as a lump. */
function roughSize(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 16;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth === 0) return JSON.stringify(value).length;
  let size = 32;
  for (const key in value) size += 16 + roughSize((value as Record<string, unknown>)[key], depth - 1);
  return size;
}
