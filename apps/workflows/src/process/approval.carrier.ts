import { isRejection } from '@ao/kernel';
import type { Approvals } from '../approval/approvals';
import { NotNowError, type Carrier } from './carrier';
import { effectMetadata } from './effect-metadata';
import { refuse } from './refuse';
import type { Runs } from './runs';

/** Steps that people decide. */
export function approvalCarrier(
  approvals: Pick<Approvals, 'requestForRun' | 'voidApproval'>,
  runs: Pick<Runs, 'tell'>,
): Carrier<'approval'> {
  return {
    async begin(ref, work, { started_by }) {
      const { run_id, node } = ref;
      const outcome = await approvals.requestForRun(work, { run_id, node, started_by }, effectMetadata(ref, 'request'));
      return isRejection(outcome) ? refuse(runs, ref, outcome) : 'open';
    },
    async end(ref) {
      const outcome = await approvals.voidApproval(ref.work_id, 'run_ended', effectMetadata(ref, 'void'));
      if (isRejection(outcome) && outcome.rejection === 'unavailable') throw new NotNowError(outcome.message);
      return !isRejection(outcome) && outcome.result.status === null ? 'unknown' : 'ended';
    },
  };
}
