import type { Severity } from '@ao/contracts';
import type { Verdict } from './alert.verdict';
import type { Instance } from './status.board';

export interface ServiceLimits {
  /** Not ready or silent for so many seconds is unhealthy. */
  readonly unhealthy_seconds: number;
  /** Silent for so many seconds beside another one that serves is gone. */
  readonly gone_seconds: number;
}

export interface ServiceFacts {
  readonly service: string;
  readonly instances: readonly Instance[];
  /** False: its last process was asked to end. */
  readonly expected: boolean;
  readonly raised: Severity | undefined;
  readonly now: number;
  readonly listeningSince: number;
  /** When this process began to listen: before it has listened for long enough it calls nobody well. */
  readonly startedAt: number;
}

export interface ServiceFinding {
  readonly verdict: Verdict | undefined;
  /** Silent for so long that they will not be heard again. */
  readonly gone: readonly Instance[];
}

/**
 * A service is unhealthy while one of its processes has not been ready for some time, or has fallen silent without a word
 * that it stops. A silent one is forgiven when a later one serves in its place, or others serve and it is long gone. Once
 * critical (nobody serves) an alert stays so until it is cleared. Pure.
 */
export function watchService(facts: ServiceFacts, limits: ServiceLimits): ServiceFinding {
  const { service, instances, expected, raised, now, listeningSince, startedAt } = facts;
  const patience = limits.unhealthy_seconds * 1_000;
  const silentFor = ({ heard_at }: Instance) => now - Math.max(heard_at, listeningSince);
  const isSilent = (instance: Instance) => silentFor(instance) >= patience;
  const silent = instances.filter(isSilent);
  const heard = instances.filter((instance) => !isSilent(instance));
  const serving = heard.filter(({ not_ready_since }) => not_ready_since === null);
  const unready = heard.filter(({ not_ready_since }) => not_ready_since !== null);
  const notReady = unready.filter((one) => now - Math.max(one.not_ready_since!, listeningSince) >= patience);

  const gone = silent.filter((one) => silentFor(one) >= limits.gone_seconds * 1_000);
  const replaced = replacedBy(serving, silent);
  const missing = silent.filter((one) => !replaced.has(one) && !(serving.length > 0 && gone.includes(one))).length;
  const nobody = expected && instances.length === 0 && now - listeningSince >= patience;

  const about = { kind: 'service_unhealthy', source: service } as const;
  if (missing > 0 || notReady.length > 0 || nobody) {
    const severity = serving.length === 0 || raised === 'critical' ? 'critical' : 'warning';
    const checks = [...new Set(notReady.flatMap((one) => one.checks))].sort().join(', ');
    const counts = { serving: serving.length, silent: nobody ? 1 : missing, not_ready: notReady.length };
    const details = { ...counts, checks, after_seconds: limits.unhealthy_seconds };
    return { gone, verdict: { ...about, verdict: 'raise', severity, details } };
  }
  const well = expected ? serving.length > 0 && unready.length === 0 : instances.length === 0;
  const sure = now - startedAt >= patience;
  return { gone, verdict: raised && well && sure ? { ...about, verdict: 'clear', details: {} } : undefined };
}

/** The silent ones in whose place one began to serve after they were heard last: one for each, the longest silent first. */
function replacedBy(serving: readonly Instance[], silent: readonly Instance[]): Set<Instance> {
  const newcomers = serving.toSorted((one, other) => one.first_heard - other.first_heard);
  const replaced = silent
    .toSorted((one, other) => one.heard_at - other.heard_at)
    .filter(({ heard_at }) => {
      const index = newcomers.findIndex(({ first_heard }) => first_heard > heard_at);
      if (index >= 0) newcomers.splice(index, 1);
      return index >= 0;
    });
  return new Set(replaced);
}
