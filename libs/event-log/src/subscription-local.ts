import { backoff, pause } from './subscription-faults';
import { createProgress } from './subscription-progress';
import type { LocalSubscription, RunningLocal, SubscriptionState } from './subscription.types';
import type { Tail } from './tail';
import type { Feed } from './tail-feed';
import { NewerSchemaError } from './upcaster';

export interface LocalContext {
  readonly tail: Tail;
  readonly onError: (subscription: string, error: unknown) => void;
  readonly onHandled: (subscription: string, events: number, milliseconds: number) => void;
}

const BATCH = 1_000;
/** A view that cannot read the log's newest events stays as it is, and looks again this often. */
const REST_AFTER_PAUSE_MS = 5_000;

// seeding --seed() resolves--> active --handle throws, or reseed()--> seeding
// active --newer schema--> paused --rest--> seeding (its table may have been brought further by a newer release)

/** A view that this process alone keeps: seeded from a table, then followed. A failure costs a new seed, never an event. */
export function runLocal(
  subscription: LocalSubscription,
  context: LocalContext,
): { running: RunningLocal; seeded: Promise<void> } {
  const { name } = subscription;
  const { tail } = context;
  const progress = createProgress(`subscription ${name}`);
  const stopped = new AbortController();
  let state: SubscriptionState = 'seeding';
  let error: Error | undefined;
  let handled = 0;
  let handledAt: number | undefined;
  let failures = 0;
  let feed: Feed | undefined;
  let resolveSeeded: () => void;
  let rejectSeeded: (reason: Error) => void;
  const seeded = new Promise<void>((resolve, reject) => {
    resolveSeeded = resolve;
    rejectSeeded = reject;
  });
  seeded.catch(() => undefined); // the one who called local() awaits it as well

  async function follow(): Promise<void> {
    state = error instanceof NewerSchemaError ? 'paused' : 'seeding';
    const position = await subscription.seed();
    if (stopped.signal.aborted) return;
    feed = tail.follow(subscription, position);
    state = 'active';
    progress.advance(position);
    resolveSeeded();
    for (;;) {
      const page = await feed.next(BATCH);
      if (!page) return;
      if (page.events.length > 0) {
        const begun = performance.now();
        await subscription.handle(page.events);
        handled += page.events.length;
        handledAt = Date.parse(page.events[page.events.length - 1]!.recorded_at);
        context.onHandled(name, page.events.length, performance.now() - begun);
        error = undefined;
        failures = 0;
      }
      progress.advance(page.upTo);
    }
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await follow();
      } catch (reason) {
        if (stopped.signal.aborted) break;
        error = reason instanceof Error ? reason : new Error(String(reason));
        context.onError(name, error);
        const newer = error instanceof NewerSchemaError;
        state = newer ? 'paused' : 'seeding';
        await pause(newer ? REST_AFTER_PAUSE_MS : backoff(failures++, 50, 2_000), stopped.signal);
      } finally {
        feed?.stop();
        feed = undefined;
      }
    }
  }

  const ending = run();

  return {
    seeded,
    running: {
      name,
      position: progress.position,
      reached: (position, timeoutMs) => {
        if (position > tail.head()) tail.look();
        else feed?.wake();
        return progress.reached(position, timeoutMs);
      },
      reseed: () => feed?.stop(),
      status: () => ({
        name,
        kind: 'local',
        state,
        position: progress.position(),
        head: Math.max(tail.head(), progress.position()),
        ...(handledAt !== undefined && { handled_at: handledAt }),
        parked_streams: 0,
        handled,
        ...(error && { error }),
      }),
      async stop() {
        if (stopped.signal.aborted) return ending;
        stopped.abort();
        feed?.stop();
        rejectSeeded(new Error(`subscription ${name} was stopped before it was seeded`));
        await ending;
        state = 'stopped';
        progress.end('stopped');
      },
    },
  };
}
