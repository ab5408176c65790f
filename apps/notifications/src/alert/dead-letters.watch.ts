import type { Verdict } from './alert.verdict';

export interface DeadLetterLimits {
  /** So many dead letters within so many seconds are too many. */
  readonly most: number;
  readonly window_seconds: number;
}

/** Raised from the limit on, cleared below half of it; between the two it stays as it is. Pure. */
export function watchDeadLetters(count: number, { most, window_seconds }: DeadLetterLimits): Verdict | undefined {
  const about = { kind: 'dead_letters_growing', source: 'tasks', details: { count, window_seconds } } as const;
  if (count >= most) return { ...about, verdict: 'raise', severity: 'warning' };
  return count < most / 2 ? { ...about, verdict: 'clear' } : undefined;
}
