import type { Severity } from '@ao/contracts';
import type { AlertDetails, AlertSubject, Verdict } from './alert.verdict';

/** How severe it is from a time on; null: not at all. */
export interface Step {
  readonly at: string;
  readonly severity: Severity | null;
}

/** What is to be said of something, and when: `steps` in the order of their times. */
export interface AlertPlan extends AlertSubject {
  readonly details: AlertDetails;
  readonly steps: readonly Step[];
}

/** The severity that a plan has at a time (milliseconds since the Unix epoch); null before its first step. */
export function severityAt({ steps }: Pick<AlertPlan, 'steps'>, now: number): Severity | null {
  return steps.findLast(({ at }) => Date.parse(at) <= now)?.severity ?? null;
}

/** When the first of the plans has its next step, in milliseconds since the Unix epoch. */
export function nextStep(plans: readonly AlertPlan[], now: number): number | undefined {
  const times = plans.flatMap(({ steps }) => steps.map(({ at }) => Date.parse(at)).filter((at) => at > now));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What a plan says at a time. */
export function verdictAt(plan: AlertPlan, now: number): Verdict {
  const { kind, source, details } = plan;
  const severity = severityAt(plan, now);
  return severity === null
    ? { kind, source, details, verdict: 'clear' }
    : { kind, source, details, verdict: 'raise', severity };
}
