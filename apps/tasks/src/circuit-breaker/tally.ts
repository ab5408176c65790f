import type { BreakerCounts, BreakerPolicy } from '@ao/contracts';

/** The outcomes of one slice of the window. */
interface Slice {
  /** Where it begins: milliseconds since the Unix epoch. */
  readonly at: number;
  readonly calls: number;
  readonly failures: number;
}

/** What a breaker goes by: while closed the window's outcomes, oldest first; half-open what it has let through. */
export interface Tally {
  readonly slices: readonly Slice[];
  /** The tasks that it let through and whose outcomes it waits for. */
  readonly probes: readonly string[];
  /** Of those it let through. */
  readonly succeeded: number;
}

export const EMPTY_TALLY: Tally = { slices: [], probes: [], succeeded: 0 };

/** A window moves in steps of a twentieth of its length: that exact it is, and that little it costs. */
const SLICES = 20;

/** The tally with one more outcome at `at`, less what is too old by then. */
export function counted(tally: Tally, at: number, failed: boolean, windowSeconds: number): Tally {
  const length = (windowSeconds * 1_000) / SLICES;
  const begin = Math.floor(at / length) * length;
  const slices = slicesSince(tally, at, windowSeconds);
  const last = slices.at(-1);
  // Outcomes come in the order of the log, whose time never runs backwards.
  const slice = last && last.at >= begin ? last : { at: begin, calls: 0, failures: 0 };
  const before = slice === last ? slices.slice(0, -1) : slices;
  const more = { ...slice, calls: slice.calls + 1, failures: slice.failures + (failed ? 1 : 0) };
  return { ...tally, slices: [...before, more] };
}

/** What is in the window that ends at `now`. */
export function countsOf(tally: Tally, now: number, windowSeconds: number): BreakerCounts {
  let calls = 0;
  let failures = 0;
  for (const slice of slicesSince(tally, now, windowSeconds)) {
    calls += slice.calls;
    failures += slice.failures;
  }
  return { calls, failures };
}

/** Whether so many failures open the breaker. */
export function isTooMany({ calls, failures }: BreakerCounts, policy: BreakerPolicy): boolean {
  const { failure_threshold, minimum_calls, failure_ratio } = policy;
  return failures >= failure_threshold && calls >= minimum_calls && failures >= calls * failure_ratio;
}

function slicesSince({ slices }: Tally, now: number, windowSeconds: number): Slice[] {
  const length = windowSeconds * 1_000;
  return slices.filter(({ at }) => at + length / SLICES > now - length);
}
