import type { RunningSubscription } from '@ao/event-log';
import { reject, type Rejection } from '@ao/kernel';

/** Longest wait for a position that the caller has seen; a view is normally some milliseconds behind the log. */
export const LONGEST_WAIT_MS = 2_000;

export type FollowedView = Pick<RunningSubscription, 'position' | 'reached'>;

/** Waits (bounded) until the view has seen `position`; the refusal for one that does not get there. */
export async function waitForView(
  view: FollowedView | undefined,
  position: number | undefined,
  verb: string,
): Promise<Rejection | undefined> {
  if (position === undefined || (view?.position() ?? 0) >= position) return undefined;
  try {
    await view?.reached(position, LONGEST_WAIT_MS);
    return undefined;
  } catch {
    return reject(
      'unavailable',
      'view_behind',
      `Expected to ${verb} as of position ${position}, but this view is at ${view?.position() ?? 0}`,
    );
  }
}
