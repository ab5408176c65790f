import type { ServiceStatus } from '@ao/contracts';
import type { EventReader, Subscriptions } from '@ao/event-log';
import { isoTime, newId, type Clock } from '@ao/kernel';
import { SERVICE_STATUS, SERVICE_STATUS_WANTED, type Bus } from '@ao/messaging';
import type { Health } from './health';
import type { Lifecycle } from './lifecycle';
import { ageOfNext } from './observe-subscriptions';

const INTERVAL_MS = 5_000;
/** A Postgres that does not answer must not make this process look silent. */
const LONGEST_LOOK_MS = 2_000;
/** An error is there to be recognised; the whole of it is in the log lines. */
const LONGEST_ERROR = 300;

export interface StatusSources {
  readonly service: string;
  readonly bus: Pick<Bus, 'publish' | 'subscribe' | 'onStatus'>;
  readonly log: EventReader;
  readonly clock: Clock;
  readonly health: Pick<Health, 'missing' | 'onChanged'>;
  readonly lifecycle: Pick<Lifecycle, 'draining' | 'onDrain'>;
  readonly subscriptions: Pick<Subscriptions, 'status'>;
}

export interface StatusAnnouncer {
  /** The last word: that this process stops. */
  stop(): Promise<void>;
}

/**
 * Tells on NATS how this process is (`ServiceStatus`): every 5 s, and at once when a check fails or passes again, when
 * NATS is back, when somebody wants to know, and when the process is asked to end. Costs what a probe of /health/ready costs, and for each subscription
 * that is behind one read of the event it has to handle next. A word that is lost is followed by the next.
 */
export function announceStatus(sources: StatusSources): StatusAnnouncer {
  const { service, bus, log, clock, health, lifecycle, subscriptions } = sources;
  const instance_id = newId();
  let stopping = false;
  let speaking: Promise<void> | undefined;
  let again = false;

  async function statusNow(): Promise<ServiceStatus> {
    const [missing, followed] = await Promise.all([
      health.missing(),
      Promise.all(
        subscriptions.status().map(async ({ name, kind, state, position, head, parked_streams }) => {
          const lag_seconds = position < head ? await soon(ageOfNext(log, clock, position)) : 0;
          return {
            ...{ name, kind, state, parked_streams, lag_events: Math.max(0, head - position) },
            ...(Number.isFinite(lag_seconds) && { lag_seconds }),
          };
        }),
      ),
    ]);
    const failing = Object.entries(missing).map(([check, error]) => ({ check, error: error.slice(0, LONGEST_ERROR) }));
    return {
      ...{ service, instance_id, at: isoTime(clock.now()), ready: failing.length === 0 },
      ...{ stopping: stopping || lifecycle.draining, failing, subscriptions: followed },
    };
  }

  async function speak(): Promise<void> {
    again = false;
    bus.publish(SERVICE_STATUS, await statusNow());
    if (again) bus.publish(SERVICE_STATUS, await statusNow());
  }

  /** One word at a time; what changes while one is put together is said right after it. */
  function announce(): Promise<void> {
    if (speaking) again = true;
    speaking ??= speak().finally(() => {
      speaking = undefined;
    });
    return speaking;
  }
  // What cannot be said now (a closed connection, a log that is going away) is said by the next word, or by silence.
  const announceIfPossible = () => void announce().catch(() => undefined);

  const timer = setInterval(announceIfPossible, INTERVAL_MS);
  timer.unref();
  const ends = [
    health.onChanged(announceIfPossible),
    bus.onStatus(({ kind }) => {
      if (kind === 'reconnected') announceIfPossible();
    }),
  ];
  lifecycle.onDrain('service-status', announceIfPossible);
  // Where it cannot be heard, as under permissions of the release before, the words of every 5 s have to do.
  const asked = bus.subscribe(SERVICE_STATUS_WANTED, announceIfPossible).catch(() => undefined);
  announceIfPossible();

  return {
    async stop() {
      if (stopping) return;
      stopping = true;
      clearInterval(timer);
      for (const end of ends) end();
      await (await asked)?.stop();
      // What is being put together may not know yet that this is the end.
      await speaking?.catch(() => undefined);
      await announce().catch(() => undefined);
    },
  };
}

/** What it resolves with, or NaN where that takes too long. */
async function soon(work: Promise<number>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(Number.NaN), LONGEST_LOOK_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
