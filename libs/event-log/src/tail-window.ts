import type { Selection } from './selection';
import type { Position, RecordedEvent } from './types';

/** An event at its newest schema; `unreadable` says why this release cannot lift it there (a `NewerSchemaError`, as a rule). */
export interface TailEvent {
  readonly event: RecordedEvent;
  readonly unreadable?: Error;
}

const MOST_EVENTS = 8_192;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The newest part of the log that a process keeps for all its subscriptions: every event that one of them follows in
 * (floor, head], bounded in number and size, and let go once all have it: what dies young costs the collector least. Who is
 * further behind reads the log by itself.
 */
export interface TailWindow {
  head(): Position;
  /** From which position on the window is whole for the selection. */
  floor(selection: Selection): Position;
  /** Appends what of the selection lies in (head, upTo]. */
  add(events: readonly TailEvent[], upTo: Position, selection: Selection): void;
  /** The events after a position, at most `limit`, and how far that goes. Only for positions >= floor. */
  after(position: Position, selection: Selection, limit: number): { events: TailEvent[]; upTo: Position };
  /** Everybody who takes from the window has what lies up to there. */
  release(upTo: Position): void;
  /** What is not of the selection is not whole any more. */
  keepTo(selection: Selection): void;
}

export function createTailWindow(start: Position): TailWindow {
  let events: (TailEvent | undefined)[] = [];
  let sizes: number[] = [];
  let first = 0; // events before this index have left the window
  let bytes = 0;
  let floor = start;
  let head = start;
  /** From where on each category is whole, or a type of it. */
  const since = new Map<string, Map<string | null, Position>>();

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

  function keepTo(selection: Selection): void {
    for (const [category, pieces] of since) {
      for (const type of pieces.keys()) if (!selection.covers(category, type)) pieces.delete(type);
      if (pieces.size === 0) since.delete(category);
    }
  }

  return {
    head: () => head,
    keepTo,
    floor(selection) {
      let lowest = floor;
      for (const [category, type] of selection.pieces()) {
        const pieces = since.get(category);
        const whole = pieces?.get(null) ?? Number.POSITIVE_INFINITY;
        lowest = Math.max(lowest, Math.min(whole, pieces?.get(type) ?? Number.POSITIVE_INFINITY));
      }
      return lowest;
    },
    add(added, upTo, selection) {
      for (const entry of added) {
        const size = roughSize(entry.event.data, 3) + 600;
        events.push(entry);
        sizes.push(size);
        bytes += size;
      }
      for (const [category, type] of selection.pieces()) {
        const pieces = since.get(category) ?? new Map<string | null, Position>();
        since.set(category, pieces);
        if (!pieces.has(type)) pieces.set(type, head);
      }
      head = upTo;
      // What was not asked for this time has a hole here.
      keepTo(selection);
      trim();
    },
    after(position, selection, limit) {
      const found: TailEvent[] = [];
      for (let index = indexAfter(position); index < events.length; index += 1) {
        const entry = events[index]!;
        if (!selection.has(entry.event)) continue;
        if (found.length === limit) return { events: found, upTo: found[limit - 1]!.event.position };
        found.push(entry);
      }
      return { events: found, upTo: head };
    },
    release(upTo) {
      while (first < events.length && events[first]!.event.position <= upTo) dropFirst();
      trim();
    },
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
