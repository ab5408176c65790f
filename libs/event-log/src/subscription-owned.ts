import type { Pool } from 'pg';
import { parkedStore, requestParkedRetry } from './parked-events';
import { createApplier, type Applier } from './subscription-apply';
import { checkpointStore, HandlerError, SupersededError, type Checkpoint } from './subscription-checkpoint';
import { backoff, faultOf, pause } from './subscription-faults';
import type { LockSession } from './subscription-lock';
import { createProgress } from './subscription-progress';
import type { EventBatch, OwnedSubscription, RunningOwned, SubscriptionState } from './subscription.types';
import type { Feed, FeedPage } from './tail-feed';
import type { Tail } from './tail';
import type { RecordedEvent } from './types';
import { NewerSchemaError, type Upcasters } from './upcaster';

export interface OwnedContext {
  readonly pool: Pool;
  readonly schema: string;
  readonly tail: Tail;
  readonly locks: LockSession;
  readonly upcasters?: Upcasters;
  readonly onError: (subscription: string, error: unknown) => void;
  readonly onHandled: (subscription: string, events: number, milliseconds: number) => void;
  readonly onParked: (subscription: string, event: RecordedEvent, error: unknown) => void;
}

const DEFAULT_BATCH = 500;
/** How often the owner looks for requested retries and keeps an idle checkpoint fresh, and a standby looks at the checkpoint. */
const TICK_MS = 1_000;
/** A checkpoint that only skips other categories' events is written when the log stands still, it is this much behind … */
const SKIPPED = 5_000;
/** … or as old as this: each write is a transaction, and there are many subscriptions. */
const SKIPPED_MS = 10_000;
const REST_AFTER_PAUSE_MS = 2_000;

/** The code's version is not the state's. */
class VersionMismatchError extends Error {
  constructor(name: string, own: number, found: number) {
    super(
      found > own
        ? `${name} is kept by a newer release (version ${found}, this one has ${own})`
        : `${name} stands at version ${found} and this release has version ${own}; rebuild it (npm run replay)`,
    );
    this.name = 'VersionMismatchError';
  }
}

// standby --lock--> active --lock lost--> standby
// active --newer schema, other version--> paused (lock handed over) --lock--> active
// active --checkpoint not as left (rebuilt, or another was active)--> active, from the checkpoint as it is now

export function runOwned(subscription: OwnedSubscription, context: OwnedContext): RunningOwned {
  const { name } = subscription;
  const { pool, schema, tail } = context;
  const version = subscription.version ?? 1;
  const store = checkpointStore(pool, schema, name);
  const parked = parkedStore(pool, schema, name);
  const progress = createProgress(`subscription ${name}`);
  const lock = context.locks.lock(`${schema}.${name}`);
  const stopped = new AbortController();
  let state: SubscriptionState = 'standby';
  let error: Error | undefined;
  let applier: Applier | undefined;
  let handled = 0;
  let handledAt: number | undefined;
  let failures = 0;
  let wake: (() => void) | undefined;
  let endRest: (() => void) | undefined;
  let feed: Feed | undefined;

  const tick = setInterval(() => {
    wake?.();
    if (state === 'active' || stopped.signal.aborted) return;
    store.read().then(
      (found) => found && progress.advance(found.position),
      () => undefined, // the next look will do
    );
  }, TICK_MS);

  function failed(reason: unknown): void {
    const cause = reason instanceof HandlerError ? reason.cause : reason;
    error = cause instanceof Error ? cause : new Error(String(cause));
    context.onError(name, error);
  }

  async function activate(): Promise<Applier> {
    const checkpoint: Checkpoint = await store.open(version);
    if (checkpoint.version !== version) throw new VersionMismatchError(name, version, checkpoint.version);
    const fresh = await createApplier(
      {
        pool,
        subscription,
        store,
        parked,
        upcast: (event) => context.upcasters?.upcast(event) ?? event,
        onFailure(reason, event, wasParked) {
          if (wasParked && event) context.onParked(name, event, reason);
          else failed(reason);
        },
      },
      checkpoint,
    );
    await subscription.activated?.(checkpoint.position);
    progress.advance(checkpoint.position);
    return fresh;
  }

  async function applyPage(page: FeedPage, owner: AbortSignal): Promise<void> {
    const begun = performance.now();
    for (;;) {
      try {
        await applier!.apply(page.events, page.upTo, owner);
        break;
      } catch (reason) {
        if (!isTransient(reason) || owner.aborted) throw reason;
        failed(reason);
        await pause(backoff(failures++, 50, 2_000), owner);
      }
    }
    if (owner.aborted) return;
    failures = 0;
    if (applier!.parkedStreams() === 0) error = undefined;
    handled += page.events.length;
    handledAt = Date.parse(page.events[page.events.length - 1]!.recorded_at);
    progress.advance(page.upTo);
    context.onHandled(name, page.events.length, performance.now() - begun);
  }

  /** Events of parked streams are never passed over: they are parked too. */
  function passesOver(events: EventBatch): boolean {
    return applier!.parkedStreams() === 0 && subscription.passesOver?.(events) === true;
  }

  /** Waits, but for nobody who waits. */
  function rested(milliseconds: number): Promise<void> {
    if (milliseconds === 0 || progress.awaited()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Follows the log from the checkpoint until the lock is lost (returns), or until something else must be decided (throws). */
  async function follow(feed: Feed, owner: AbortSignal): Promise<void> {
    let skippedTo = applier!.checkpoint().position;
    let lastTick = performance.now();
    let lastSkippedTo = skippedTo;
    let lastWritten = lastTick;
    let restMs = 0;
    let coming: Promise<void> | undefined;
    let page: FeedPage | undefined;
    let failure: { reason: unknown } | undefined;
    const ended = () => wake?.();
    owner.addEventListener('abort', ended);
    try {
      while (!owner.aborted && !stopped.signal.aborted) {
        // The wait for the log may be long; ticks and the end of ownership must not wait with it.
        coming ??= rested(restMs)
          .then(() => feed.next(subscription.batchSize ?? DEFAULT_BATCH))
          .then(
            (next) => void (page = next),
            (reason: unknown) => void (failure = { reason }),
          )
          .finally(() => {
            coming = undefined;
            wake?.();
          });
        if (!page && !failure) {
          await new Promise<void>((resolve) => (wake = resolve));
          wake = undefined;
        }
        if (owner.aborted || stopped.signal.aborted) return;
        if (page) {
          const { events, upTo } = page;
          const full = events.length >= (subscription.batchSize ?? DEFAULT_BATCH);
          restMs = events.length > 0 && !full ? (subscription.restMs ?? 0) : 0;
          if (events.length > 0 && !passesOver(events)) await applyPage(page, owner);
          else if (upTo > progress.position()) {
            progress.advance(upTo);
            subscription.committed?.(upTo, []);
          }
          skippedTo = upTo;
          page = undefined;
        } else if (failure) throw failure.reason;
        if (owner.aborted) return;
        const now = performance.now();
        const ticked = now - lastTick >= TICK_MS;
        const behind = skippedTo - applier!.checkpoint().position;
        if (behind === 0) lastWritten = now;
        if (
          behind >= SKIPPED ||
          (ticked && behind > 0 && (skippedTo === lastSkippedTo || now - lastWritten >= SKIPPED_MS))
        )
          await applier!.apply([], skippedTo, owner);
        if (ticked) {
          lastTick = now;
          lastSkippedTo = skippedTo;
          await applier!.retryParked(owner);
        }
      }
    } finally {
      endRest?.();
      owner.removeEventListener('abort', ended);
    }
  }

  async function beActive(owner: AbortSignal): Promise<void> {
    applier = await activate();
    state = 'active';
    feed = tail.follow(subscription, applier.checkpoint().position);
    try {
      await follow(feed, owner);
    } finally {
      subscription.deactivated?.();
      feed.stop();
      feed = undefined;
    }
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      let owner: AbortSignal;
      if (!lock.held() && state === 'active') state = 'standby';
      try {
        owner = await lock.acquired();
      } catch {
        return;
      }
      try {
        await beActive(owner);
        if (!stopped.signal.aborted) state = 'standby';
      } catch (reason) {
        if (stopped.signal.aborted) return;
        if (reason instanceof SupersededError) {
          state = owner.aborted ? 'standby' : state;
        } else if (owner.aborted) {
          state = 'standby';
        } else if (isTransient(reason)) {
          failed(reason);
          await pause(backoff(failures++, 50, 2_000), stopped.signal);
        } else {
          failed(reason);
          state = 'paused';
          await lock.handOver(REST_AFTER_PAUSE_MS);
        }
      }
    }
  }

  const running = run();

  return {
    name,
    position: progress.position,
    reached: (position, timeoutMs) => {
      if (position > tail.head()) tail.look();
      else feed?.wake();
      const reached = progress.reached(position, timeoutMs);
      if (progress.awaited()) endRest?.();
      return reached;
    },
    status: () => ({
      name,
      kind: 'owned',
      state,
      position: progress.position(),
      head: Math.max(tail.head(), progress.position()),
      ...(handledAt !== undefined && { handled_at: handledAt }),
      parked_streams: state === 'active' ? (applier?.parkedStreams() ?? 0) : 0,
      handled,
      ...(error && { error }),
    }),
    async retryParked(streamId) {
      const marked = await requestParkedRetry(pool, schema, { subscription: name, ...(streamId && { streamId }) });
      wake?.();
      return marked;
    },
    async stop() {
      if (stopped.signal.aborted) return running;
      stopped.abort();
      clearInterval(tick);
      wake?.();
      // The batch in hand is finished first; only then may another replica begin.
      const gaveUp = lock.held() ? undefined : lock.release();
      await running;
      await (gaveUp ?? lock.release());
      state = 'stopped';
      progress.end('stopped');
    },
  };
}

function isTransient(reason: unknown): boolean {
  if (reason instanceof NewerSchemaError || reason instanceof VersionMismatchError) return false;
  if (reason instanceof SupersededError) return false;
  return faultOf(reason instanceof HandlerError ? reason.cause : reason) !== 'event';
}
