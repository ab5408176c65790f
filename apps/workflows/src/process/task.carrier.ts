import { cancelTask, submitTask } from '@ao/contracts';
import { isRejection, type Rejection } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { NotNowError, type Carrier } from './carrier';
import { effectMetadata } from './effect-metadata';
import type { Runs } from './runs';
import { refuse } from './refuse';

/** Another beginning of the same task was first. */
const IS_THERE = new Set(['task_exists', 'idempotency_key_reused']);

/** Steps that are tasks. The run knows the task's id before there is one. */
export function taskCarrier(commands: Pick<CommandClient, 'send'>, runs: Pick<Runs, 'tell'>): Carrier<'task'> {
  return {
    async begin(ref, { task_id, order }, run) {
      const { run_id, node } = ref;
      const submission = { priority: run.priority, ...order, task_id, run: { run_id, node } };
      const outcome = await commands.send(submitTask, submission, effectMetadata(ref, 'submit'));
      if (!isRejection(outcome) || IS_THERE.has(outcome.code)) return 'open';
      return refuse(runs, ref, outcome);
    },
    async end(ref, reason) {
      const metadata = effectMetadata(ref, 'cancel');
      const outcome = await commands.send(cancelTask, { task_id: ref.work_id, reason }, metadata);
      return isRejection(outcome) ? endedBy(outcome) : 'ended';
    },
  };
}

/** What a refusal to end something says of it. @throws NotNowError */
export function endedBy(outcome: Rejection): 'ended' | 'unknown' {
  if (outcome.rejection === 'unavailable') throw new NotNowError(outcome.message);
  return outcome.rejection === 'not_found' ? 'unknown' : 'ended';
}
