import type { Pool } from 'pg';
import { eventsOfRows } from './event-row';
import { Selection } from './selection';
import { backoff, pause } from './subscription-faults';
import type { Commit, CommitBus, Followed, Interest } from './subscription.types';
import { createFeed, type Feed, type Wanted } from './tail-feed';
import { readHead, readRows } from './tail-page';
import { createTailWindow, type TailEvent, type TailWindow } from './tail-window';
import type { Position, RecordedEvent } from './types';
import type { Upcasters } from './upcaster';

export interface TailOptions {
  readonly pool: Pool;
  readonly bus?: CommitBus;
  readonly upcasters?: Upcasters;
  /** How long the tail trusts silence before it asks the log, in milliseconds; default 500. */
  readonly pollIntervalMs?: number;
  /** Told of each failed read of the log; the tail goes on trying. */
  readonly onError?: (error: unknown) => void;
}

export interface Tail {
  /** Everything up to here has been heard or read. */
  head(): Position;
  /** The events after a position, in order, without gaps. */
  follow(followed: Followed, after: Position): Feed;
  /** Asks the log how far it reaches: somebody waits for more than was heard. */
  look(): void;
  stop(): Promise<void>;
}

/** At most this many events wait for the commit that proves them complete. */
const MOST_PENDING = 20_000;
const READ_LIMIT = 2_000;
/** Feeds of other categories than those of a commit hear after this long that the log has grown. */
const QUIET_WAKE_MS = 250;
/** So long the messages that would fill a gap may be on their way: another process', or of another category of the commit. */
const GAP_MS = 3;
/** So long where gaps turn out to be messages that come late, as they do while the machine is busy. */
const LATE_GAP_MS = 24;
/** From so many gaps a second on that others' commits make, hearing of every commit is cheaper than reading the log. */
const MANY_GAPS = 20;
/** So long few of them are heard before it is given up again. */
const FEW_FOR_MS = 10_000;
/** So long a category is still heard that nobody wants at once any more. */
const STILL_HEARD_MS = 10_000;
/** So often what nobody wants at once is looked for: in small pieces, for they come beside what somebody does want at once. */
const UNHEARD_MS = 200;

interface Follower {
  /** Of each category, as was said last. */
  interests: readonly Interest[];
  wanted: Wanted;
  /** The categories that are wanted now. */
  atOnce: readonly string[];
}

/**
 * The one reader of the log's end in a process; all subscriptions feed on it.
 *
 * It hears the events that appenders announce, and hands them on directly when that is provably everything: the commit
 * begins right after the last position it knows, and as many events of each category were heard as the commit counts.
 * Whatever is not proven so (a message lost, commits between of categories that nobody here follows, a body too large to
 * travel) is read from the log, up to the newest position heard of. Where commits of others come often between its own,
 * it hears of every commit as long as they do. After a silence it asks the log itself, which is also how events come that
 * nobody wants at once: these are not heard at all.
 */
export function createTail(options: TailOptions): Tail {
  const { pool, bus, upcasters } = options;
  const interval = options.pollIntervalMs ?? 500;
  const stopped = new AbortController();
  const feeds = new Map<Feed, Follower>();
  /** What any feed wants. */
  let followed = new Selection(new Map());
  const pending = new Map<Position, RecordedEvent | undefined>();
  const commits = new Map<Position, Commit>();
  let window: TailWindow | undefined;
  let target: Position = 0; // the log is known to reach here
  let reading: Promise<void> | undefined;
  let checking: Promise<void> | undefined;
  let failures = 0;
  let quietSince: Position = -1;
  let quietWake: NodeJS.Timeout | undefined;
  let gap: NodeJS.Timeout | undefined;
  let unheard: NodeJS.Timeout | undefined;
  let patienceMs = GAP_MS;
  let listener: Promise<{ stop(): Promise<void> } | undefined> = Promise.resolve(undefined);
  let everyCommit = false;
  /** The categories that are heard, and since when nobody wants them at once. */
  const heard = new Map<string, number | undefined>();
  /** Since the last count: commits that concern nobody here, or gaps where there must have been some. */
  let foreign = 0;
  let counted = performance.now();
  let manySince = counted;

  const lift = (event: RecordedEvent): TailEvent => {
    if (!upcasters) return { event };
    try {
      return { event: upcasters.upcast(event) };
    } catch (error) {
      return { event, unreadable: error as Error };
    }
  };

  /** Who has nothing to do with the events is not woken for each commit: many commits a second concern nobody here. */
  function add(events: readonly TailEvent[], upTo: Position, selection: Selection): void {
    let had = upTo;
    for (const feed of feeds.keys()) had = Math.min(had, feed.position());
    window!.release(had);
    window!.add(events, upTo, selection);
    const kinds = new Map(events.map(({ event }) => [`${event.category} ${event.type}`, event] as const));
    const oneOfEach = [...kinds.values()];
    for (const [feed, { wanted }] of feeds) if (oneOfEach.some((event) => wanted.selection.has(event))) feed.wake();
    quietWake ??= setTimeout(wakeAll, QUIET_WAKE_MS);
  }

  function wakeAll(): void {
    clearTimeout(quietWake);
    quietWake = undefined;
    for (const feed of feeds.keys()) feed.wake();
  }

  /** The followed events of a commit, or undefined when not all of them were heard. */
  function heardWhole(commit: Commit): TailEvent[] | undefined {
    // One that spans several which could not be announced says nothing of what others have put between them.
    const told = Object.values(commit.categories).reduce((sum, count) => sum + count, 0);
    if (told !== commit.last - commit.first + 1) return undefined;
    const events: TailEvent[] = [];
    const missing = new Map<string, number>();
    for (const category of followed.categories) missing.set(category, commit.categories[category] ?? 0);
    for (let position = commit.first; position <= commit.last; position += 1) {
      const event = pending.get(position);
      if (!event) continue;
      const count = missing.get(event.category);
      if (count === undefined) continue;
      missing.set(event.category, count - 1);
      if (followed.has(event)) events.push(lift(event));
    }
    for (const count of missing.values()) if (count !== 0) return undefined;
    return events;
  }

  /** Hands on what was heard whole. True: the log reaches further. */
  function takeHeard(): boolean {
    if (!window || reading || stopped.signal.aborted) return false;
    for (let commit = commits.get(window.head() + 1); commit; commit = commits.get(window.head() + 1)) {
      const events = heardWhole(commit);
      if (!events) break;
      commits.delete(commit.first);
      if (everyCommit && events.length === 0) foreign += 1;
      for (let position = commit.first; position <= commit.last; position += 1) pending.delete(position);
      add(events, commit.last, followed);
    }
    return target > window.head();
  }

  /** After a message. What was heard meanwhile has filled the gap that was waited for: a newer one has its own time. */
  function advance(): void {
    if (!takeHeard()) return;
    const from = window!.head();
    gap ??= setTimeout(() => {
      gap = undefined;
      if (window!.head() === from) catchUp();
      else advance();
    }, patienceMs);
  }

  /** Reads what was not heard. */
  function catchUp(): void {
    clearTimeout(gap);
    gap = undefined;
    if (takeHeard()) reading = read().finally(() => ((reading = undefined), advance()));
  }

  async function read(): Promise<void> {
    const selection = followed;
    const from = window!.head();
    try {
      const { rows, upTo: reached } = await readRows(pool, selection, from, target, READ_LIMIT);
      failures = 0;
      if (rows.length < reached - from) {
        foreign += 1;
        patienceMs = GAP_MS;
      } else patienceMs = Math.min(patienceMs * 2, LATE_GAP_MS);
      add(eventsOfRows(rows).map(lift), reached, selection);
      lookForUnheard();
      for (const position of pending.keys()) if (position <= reached) pending.delete(position);
      for (const [first, commit] of commits) if (commit.last <= reached) commits.delete(first);
    } catch (error) {
      await failed(error);
    }
  }

  /** The log moves on: what comes unheard is looked for again soon. */
  function lookForUnheard(): void {
    if (!bus || stopped.signal.aborted || followed.categories.every((category) => heard.has(category))) return;
    unheard ??= setTimeout(() => {
      unheard = undefined;
      void check();
    }, UNHEARD_MS);
  }

  async function failed(error: unknown): Promise<void> {
    if (stopped.signal.aborted) return;
    options.onError?.(error);
    await pause(backoff(failures++, 50, 1_000), stopped.signal);
  }

  /** Asks the log how far it reaches; also the first look at it. */
  function check(): Promise<void> {
    checking ??= (async () => {
      try {
        const head = await readHead(pool);
        window ??= createTailWindow(head);
        target = Math.max(target, head);
      } catch (error) {
        await failed(error);
      }
    })().finally(() => {
      checking = undefined;
      wakeAll();
      catchUp();
    });
    return checking;
  }

  /** Whether it pays to hear of every commit. */
  function countForeign(): void {
    const now = performance.now();
    const many = foreign >= (MANY_GAPS * (now - counted)) / 1_000;
    foreign = 0;
    counted = now;
    if (many) manySince = now;
    const wanted = many || (everyCommit && now - manySince < FEW_FOR_MS);
    if (wanted === everyCommit) return;
    everyCommit = wanted;
    listenAnew();
  }

  const timer = setInterval(() => {
    if (feeds.size === 0) return;
    countForeign();
    listenAsWanted();
    const head = window?.head() ?? -1;
    if (head === quietSince || head < 0) void check();
    quietSince = head;
  }, interval);

  const hearing = {
    event(position: Position, category: string, event: RecordedEvent | undefined): void {
      if (!followed.names(category) || (window && position <= window.head())) return;
      if (pending.size >= MOST_PENDING) pending.clear();
      pending.set(position, event);
    },
    commit(commit: Commit): void {
      target = Math.max(target, commit.last);
      if (window && commit.first > window.head()) commits.set(commit.first, commit);
      if (commits.size > MOST_PENDING) commits.clear();
      advance();
    },
    interrupted(): void {
      pending.clear();
      commits.clear();
      if (feeds.size > 0) void check();
    },
  };

  /** Follows what the feeds want as things stand. */
  function select(): void {
    followed = Selection.union([...feeds.values()].map(({ wanted }) => wanted.selection));
    window?.keepTo(followed);
    listenAsWanted();
  }

  /** Hears what somebody wants at once, from now on; what nobody wants any more, for a while yet. */
  function listenAsWanted(): void {
    const wanted = new Set([...feeds.values()].flatMap(({ atOnce }) => atOnce));
    const now = performance.now();
    let changed = false;
    for (const [category, unwantedSince] of heard) {
      if (wanted.has(category)) heard.set(category, undefined);
      else if (unwantedSince === undefined && followed.names(category)) heard.set(category, now);
      else if (!followed.names(category) || now - unwantedSince! >= STILL_HEARD_MS) changed = heard.delete(category);
    }
    for (const category of wanted) {
      if (heard.has(category)) continue;
      heard.set(category, undefined);
      changed = true;
    }
    if (changed) listenAnew();
  }

  /** Listens anew; what is missed in between is read. */
  function listenAnew(): void {
    if (!bus) return;
    const wanted = [...heard.keys()];
    const all = everyCommit;
    listener = listener.then(async (old) => {
      if (stopped.signal.aborted || all !== everyCommit || wanted.join() !== [...heard.keys()].join()) return old;
      try {
        const next = wanted.length > 0 ? await bus.listen(wanted, hearing, { everyCommit: all }) : undefined;
        await old?.stop();
        void check();
        return next;
      } catch (error) {
        // Without a bus the poll still brings everything.
        options.onError?.(error);
        return old;
      }
    });
  }

  return {
    head: () => window?.head() ?? 0,
    look: () => void check(),
    follow(wanting, after) {
      const follower = followerOf(wanting);
      const feed = createFeed({
        pool,
        after,
        lift,
        window: () => window,
        ...(options.onError && { onError: options.onError }),
        wanted() {
          const interests = interestsOf(wanting);
          if (interests.some((interest, index) => interest !== follower.interests[index])) {
            Object.assign(follower, followerOf(wanting));
            select();
          }
          return follower.wanted;
        },
        closed() {
          feeds.delete(feed);
          if (!stopped.signal.aborted) select();
        },
      });
      feeds.set(feed, follower);
      select();
      void check();
      return feed;
    },
    async stop() {
      if (stopped.signal.aborted) return;
      stopped.abort();
      clearInterval(timer);
      clearTimeout(quietWake);
      clearTimeout(gap);
      clearTimeout(unheard);
      for (const feed of [...feeds.keys()]) feed.stop();
      await (await listener)?.stop();
      await checking;
      await reading;
    },
  };
}

const interestsOf = ({ categories, interest }: Followed): Interest[] =>
  categories.map((category) => interest?.(category) ?? 'now');

function followerOf(followed: Followed): Follower {
  const interests = interestsOf(followed);
  const categories = followed.categories.filter((_, index) => interests[index] !== 'none');
  return {
    interests,
    wanted: {
      selection: Selection.of(categories, followed.types),
      singly: categories.length < followed.categories.length,
    },
    atOnce: followed.categories.filter((_, index) => interests[index] === 'now'),
  };
}
