import type { Pool } from 'pg';
import { eventsOfRows, type LogRow } from './event-row';
import type { Selection } from './selection';
import { backoff, pause } from './subscription-faults';
import { readRows, sizeOfRow } from './tail-page';
import type { TailEvent, TailWindow } from './tail-window';
import type { Position, RecordedEvent } from './types';

/** A step along the log: the events, and the position up to which there are no others that the feed wants. */
export interface FeedPage {
  readonly events: readonly RecordedEvent[];
  readonly upTo: Position;
}

export interface Feed {
  /**
   * The next events, at most `limit`; without events when only what it does not want moved on. Waits for the log to grow.
   * `undefined`: the feed was stopped. One call at a time.
   * @throws the reason (`NewerSchemaError`) when the next event cannot be read by this release; again at each call
   */
  next(limit: number): Promise<FeedPage | undefined>;
  /** It has been handed everything up to here. */
  position(): Position;
  /** Looks again whether the log has grown. */
  wake(): void;
  stop(): void;
}

/** What a feed wants from its place on. */
export interface Wanted {
  readonly selection: Selection;
  /** One at a time: after each event it may want more. */
  readonly singly: boolean;
}

export interface FeedOptions {
  readonly pool: Pool;
  readonly after: Position;
  readonly lift: (event: RecordedEvent) => TailEvent;
  readonly window: () => TailWindow | undefined;
  readonly onError?: (error: unknown) => void;
  /** Asked for before the next events: whatever was handed on has been handled. The same object as long as it is the same. */
  readonly wanted: () => Wanted;
  readonly closed: () => void;
}

/** Rows read from the log for this feed alone, parsed only when they are handed on. */
interface Stretch {
  readonly rows: readonly LogRow[];
  next: number;
  readonly upTo: Position;
}

const FIRST_ROWS = 1_000;
const LEAST_ROWS = 100; // of events near the size limit
const MOST_ROWS = 5_000;
/** Two stretches of about this many bytes wait at most. */
const STRETCH_BYTES = 4 * 1024 * 1024;

/**
 * A subscription's own place in the log. Near the end it takes its events from the window that all feeds share; behind
 * it, it reads pages of its own, the next one while the last is still being handled.
 */
export function createFeed(options: FeedOptions): Feed {
  const { pool, lift } = options;
  const stopped = new AbortController();
  let cursor = options.after;
  let wanted = options.wanted();
  let stretch: Stretch | undefined;
  let ahead: Promise<Stretch> | undefined;
  let limitRows = FIRST_ROWS;
  let unreadable: Error | undefined;
  let wakeUp: (() => void) | undefined;
  let failures = 0;

  async function readStretch(after: Position, upTo: Position): Promise<Stretch> {
    const page = await readRows(pool, wanted.selection, after, upTo, limitRows);
    const { rows } = page;
    let bytes = 0;
    for (const row of rows) bytes += sizeOfRow(row);
    if (rows.length > 0)
      limitRows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(STRETCH_BYTES / (bytes / rows.length))));
    return { rows, next: 0, upTo: page.upTo };
  }

  /** Starts reading what follows the present stretch, unless the window holds it. */
  function readAhead(): void {
    const window = options.window();
    if (ahead || !window || !stretch || stopped.signal.aborted) return;
    if (stretch.upTo >= window.floor(wanted.selection) || stretch.upTo >= window.head()) return;
    ahead = readStretch(stretch.upTo, window.head());
    ahead.catch(() => undefined); // whoever awaits it sees the failure
  }

  function page(events: readonly TailEvent[], upTo: Position): FeedPage {
    const good: RecordedEvent[] = [];
    for (const entry of events) {
      if (entry.unreadable) {
        unreadable = entry.unreadable;
        cursor = entry.event.position - 1;
        return { events: good, upTo: cursor };
      }
      good.push(entry.event);
    }
    // What comes after the one may be wanted then.
    cursor = wanted.singly && good.length > 0 ? good[good.length - 1]!.position : upTo;
    return { events: good, upTo: cursor };
  }

  function takeFromStretch(from: Stretch, limit: number): FeedPage {
    const rows = from.rows.slice(from.next, from.next + limit);
    from.next += rows.length;
    const done = from.next === from.rows.length;
    const upTo = done ? from.upTo : Number(rows[rows.length - 1]![0]);
    if (done) stretch = undefined;
    return page(eventsOfRows(rows).map(lift), upTo);
  }

  function ask(): void {
    const now = options.wanted();
    if (now === wanted) return;
    wanted = now;
    stretch = undefined;
    ahead = undefined;
  }

  async function next(most: number): Promise<FeedPage | undefined> {
    ask();
    const limit = wanted.singly ? 1 : most;
    for (;;) {
      if (stopped.signal.aborted) return undefined;
      if (unreadable) throw unreadable;
      const window = options.window();
      if (stretch) return takeFromStretch(stretch, limit);
      if (ahead || (window && cursor < window.head() && cursor < window.floor(wanted.selection))) {
        try {
          stretch = await (ahead ?? readStretch(cursor, window!.head()));
          failures = 0;
        } catch (error) {
          if (!stopped.signal.aborted) options.onError?.(error);
          await pause(backoff(failures++, 50, 1_000), stopped.signal);
        }
        ahead = undefined;
        readAhead();
        if (stretch && stretch.rows.length === 0) {
          const { upTo } = stretch;
          stretch = undefined;
          if (upTo > cursor) return page([], upTo);
        }
        continue;
      }
      if (window && cursor < window.head()) {
        const { events, upTo } = window.after(cursor, wanted.selection, limit);
        return page(events, upTo);
      }
      await new Promise<void>((resolve) => (wakeUp = resolve));
      wakeUp = undefined;
    }
  }

  return {
    next,
    position: () => cursor,
    wake: () => wakeUp?.(),
    stop() {
      if (stopped.signal.aborted) return;
      stopped.abort();
      wakeUp?.();
      options.closed();
    },
  };
}
