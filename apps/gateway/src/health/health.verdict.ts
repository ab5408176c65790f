import type { ServiceStatus } from '@ao/contracts';
import type { Answers, HeardProcess } from './service.board';

export type Verdict = 'healthy' | 'degraded' | 'unhealthy';

export interface ServiceHealth {
  readonly status: Verdict;
  /** Milliseconds until its first process answered; null: none did. */
  readonly response_time: number | null;
  /** Processes that answered. */
  readonly replicas: number;
  /** The checks that fail, by their names. */
  readonly failing: readonly string[];
}

/**
 * Healthy: every process that there is says that it is ready. Unhealthy: none does. Its word counts only where it came after
 * it was asked for.
 */
export function serviceHealth(service: string, { askedAt, processes }: Answers): ServiceHealth {
  const own = processes.filter(({ status }) => status.service === service);
  const answered = own.filter(({ heardAt }) => heardAt >= askedAt);
  const ready = answered.filter(({ status }) => status.ready);
  const first = Math.min(...answered.map(({ heardAt }) => heardAt));
  return {
    status: ready.length === 0 ? 'unhealthy' : ready.length < own.length ? 'degraded' : 'healthy',
    response_time: answered.length === 0 ? null : Math.round(first - askedAt),
    replicas: answered.length,
    failing: [...new Set(answered.flatMap(({ status }) => status.failing.map(({ check }) => check)))].sort(),
  };
}

export interface Backlog {
  /** Events that the subscription furthest behind has not handled. */
  readonly pending: number;
  /** For how long the oldest of them waits, in seconds. */
  readonly seconds: number;
  /** Streams that wait behind a parked event, over all subscriptions. */
  readonly parkedStreams: number;
}

type Followed = ServiceStatus['subscriptions'][number];

/**
 * What was committed and not handled yet, anywhere. A subscription that one process at a time owns is where the furthest of
 * them is: the others stand by. A view that every process has of its own is where the last of them is.
 */
export function backlogOf(processes: readonly HeardProcess[]): Backlog {
  const owned = new Map<string, Followed>();
  const all: Followed[] = [];
  for (const { status } of processes) {
    for (const followed of status.subscriptions) {
      if (followed.state === 'stopped') continue;
      const name = `${status.service}/${followed.name}`;
      const known = owned.get(name);
      if (followed.kind === 'local') all.push(followed);
      else if (!known || followed.lag_events < known.lag_events) owned.set(name, followed);
    }
  }
  all.push(...owned.values());
  const parked = processes.flatMap(({ status }) => status.subscriptions).filter(({ state }) => state === 'active');
  return {
    pending: Math.max(0, ...all.map(({ lag_events }) => lag_events)),
    seconds: Math.max(0, ...all.map(({ lag_seconds = 0 }) => lag_seconds)),
    parkedStreams: parked.reduce((sum, { parked_streams }) => sum + parked_streams, 0),
  };
}

/** Longer than a burst takes to be worked off. */
const LONG_BEHIND_SECONDS = 60;

/** Of the message queue: whether it can be reached, and whether what it carries arrives. */
export function queueVerdict(roundTrip: number | null, { seconds, parkedStreams }: Backlog): Verdict {
  if (roundTrip === null) return 'unhealthy';
  return parkedStreams > 0 || seconds > LONG_BEHIND_SECONDS ? 'degraded' : 'healthy';
}

/** Unhealthy without what every request needs; degraded without anything else that there should be. */
export function overall(parts: {
  readonly database: Verdict;
  readonly messageQueue: Verdict;
  readonly services: readonly Verdict[];
}): Verdict {
  const { database, messageQueue, services } = parts;
  if (database === 'unhealthy' || messageQueue === 'unhealthy') return 'unhealthy';
  return [database, messageQueue, ...services].every((part) => part === 'healthy') ? 'healthy' : 'degraded';
}
