import type { ServiceStatus } from '@ao/contracts';
import type { AlertSubject, RaisedAlerts, Verdict } from './alert.verdict';
import type { Instance } from './status.board';

export interface LagLimits {
  /** Above so many seconds of lag, for so many seconds, a subscription lags. */
  readonly lag_seconds: number;
  readonly lag_for_seconds: number;
  /** Below so many it has caught up. */
  readonly caught_up_seconds: number;
}

type Report = ServiceStatus['subscriptions'][number];

/** What the replicas of a service say of one subscription together; undefined: it cannot be told. */
export interface SubscriptionFacts {
  readonly source: string;
  readonly lag_seconds: number | undefined;
  readonly parked_streams: number | undefined;
}

/** By `<service>/<subscription>`; of processes that are heard. Pure. */
export function subscriptionFacts(instances: readonly Instance[]): Map<string, SubscriptionFacts> {
  const reports = new Map<string, Report[]>();
  for (const { service, subscriptions } of instances)
    for (const report of subscriptions) {
      const source = `${service}/${report.name}`;
      reports.set(source, [...(reports.get(source) ?? []), report]);
    }
  return new Map([...reports].map(([source, told]) => [source, { source, ...together(told) }]));
}

/** An owned one is as far as its active replica; without one, as the replica that is furthest. A local one as the last. */
function together(told: readonly Report[]): Omit<SubscriptionFacts, 'source'> {
  const active = told.filter(({ state }) => state === 'active');
  const owned = told[0]!.kind === 'owned';
  const lags = (owned && active.length > 0 ? active : told).flatMap(({ lag_seconds }) => lag_seconds ?? []);
  const most = owned ? Math.min(...lags) : Math.max(...lags);
  return {
    lag_seconds: lags.length === 0 ? undefined : most,
    parked_streams: active.length === 0 ? undefined : Math.max(...active.map(({ parked_streams }) => parked_streams)),
  };
}

export interface LagFacts {
  readonly facts: SubscriptionFacts;
  /** Since when it has been above the limit, in milliseconds of a monotonic clock; undefined: it is not. */
  readonly laggingSince: number | undefined;
  readonly now: number;
}

/** Whether it is above the limit, and since when. Pure. */
export function laggingSince({ facts, laggingSince: before, now }: LagFacts, limits: LagLimits): number | undefined {
  const { lag_seconds } = facts;
  if (lag_seconds === undefined) return before;
  return lag_seconds > limits.lag_seconds ? (before ?? now) : undefined;
}

/** What is to be said of a subscription; nothing of what cannot be told. Pure. */
export function watchSubscription(
  { facts, laggingSince: since, now }: LagFacts,
  raised: RaisedAlerts,
  limits: LagLimits,
): Verdict[] {
  const { source, lag_seconds, parked_streams } = facts;
  const verdicts: Verdict[] = [];
  const lagging = { kind: 'subscription_lagging', source } as const;
  if (lag_seconds !== undefined) {
    const details = { lag_seconds: Math.round(lag_seconds) };
    if (since !== undefined && now - since >= limits.lag_for_seconds * 1_000)
      verdicts.push({ ...lagging, details, verdict: 'raise', severity: 'warning' });
    else if (lag_seconds < limits.caught_up_seconds && raised(lagging.kind, source))
      verdicts.push({ ...lagging, details, verdict: 'clear' });
  }
  const parked = { kind: 'events_parked', source } as const;
  if (parked_streams !== undefined) {
    const details = { parked_streams };
    if (parked_streams > 0) verdicts.push({ ...parked, details, verdict: 'raise', severity: 'warning' });
    else if (raised(parked.kind, source)) verdicts.push({ ...parked, details, verdict: 'clear' });
  }
  return verdicts;
}

/** Of what is raised, that about subscriptions which their services, ready as they are, do not have any more. Pure. */
export function vanishedSubscriptions(
  raised: readonly AlertSubject[],
  known: ReadonlyMap<string, SubscriptionFacts>,
  heard: readonly Instance[],
): Verdict[] {
  const ready = new Set(heard.filter((one) => one.not_ready_since === null).map(({ service }) => service));
  return raised
    .filter(({ kind, source }) => {
      const ofSubscription = kind === 'subscription_lagging' || kind === 'events_parked';
      return ofSubscription && !known.has(source) && ready.has(source.split('/', 1)[0]!);
    })
    .map(({ kind, source }) => ({ kind, source, details: {}, verdict: 'clear' }));
}
