import { isRejection, type Rejection } from '@ao/kernel';
import { NotNowError } from './carrier';
import { effectMetadata } from './effect-metadata';
import type { Runs } from './runs';
import type { WorkRef } from './work';

const MAX_MESSAGE = 4_096;

/** Tells the run that nothing came of it, if that is final. @throws NotNowError */
export async function refuse(runs: Pick<Runs, 'tell'>, ref: WorkRef, why: Rejection): Promise<'over'> {
  if (why.rejection === 'unavailable' || why.rejection === 'throttled') throw new NotNowError(why.message);
  const { run_id, node, attempt } = ref;
  const failure = { class: why.code, message: why.message.slice(0, MAX_MESSAGE).toWellFormed() };
  const told = await runs.tell(
    { type: 'WorkRefused', data: { run_id, node, attempt, failure } },
    effectMetadata(ref, 'refused'),
    // In whatever words.
    { payload: { run_id, node, attempt } },
  );
  if (isRejection(told) && told.rejection === 'unavailable') throw new NotNowError(told.message);
  return 'over';
}
