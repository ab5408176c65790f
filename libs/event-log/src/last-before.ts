import type { EventReader } from './types';

/**
 * The position of the last event before a time (Unix milliseconds), or at it with `inclusive`; 0: there is none. Positions have
 * no gaps and their times never run backwards, so some 30 reads of one row find it in any log.
 * @throws LogUnavailableError
 */
export async function lastBefore(
  log: Pick<EventReader, 'read' | 'head'>,
  time: number,
  { inclusive = false }: { readonly inclusive?: boolean } = {},
): Promise<number> {
  let [low, high] = [0, await log.head()];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await log.read({ after: middle, upTo: middle + 1, limit: 1 });
    const at = event ? Date.parse(event.recorded_at) : Number.POSITIVE_INFINITY;
    if (at < time || (inclusive && at === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}
