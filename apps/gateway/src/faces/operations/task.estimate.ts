/** Of so many of the newest completed tasks of a type the durations are looked at. */
export const MOST_DURATIONS = 200;
/** Fewer tell nothing. */
export const FEWEST_DURATIONS = 5;

/**
 * When a running task is likely to be completed, in Unix milliseconds: as long after its start as half of those tasks of
 * its type took that took longer than it does already. Undefined where too few are known, or none took as long.
 * @param durations of completed tasks of its type, in milliseconds
 */
export function estimateCompletion(startedAt: number, now: number, durations: readonly number[]): number | undefined {
  if (durations.length < FEWEST_DURATIONS) return undefined;
  const longer = durations.filter((duration) => duration > now - startedAt).sort((a, b) => a - b);
  if (longer.length === 0) return undefined;
  const upper = longer.length >> 1;
  const median = longer.length % 2 === 1 ? longer[upper]! : (longer[upper - 1]! + longer[upper]!) / 2;
  return Math.round(startedAt + median);
}
