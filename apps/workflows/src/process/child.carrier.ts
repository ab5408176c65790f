import { isRejection } from '@ao/kernel';
import type { Carrier } from './carrier';
import { effectMetadata } from './effect-metadata';
import { refuse } from './refuse';
import type { Runs } from './runs';
import type { RunStarter } from './start-run';
import { endedBy } from './task.carrier';

/** Steps that are runs of other workflows. */
export function childCarrier(starter: Pick<RunStarter, 'startChild'>, runs: Pick<Runs, 'tell'>): Carrier<'workflow'> {
  return {
    async begin(ref, { child_run_id, workflow_id, version, parameters }, run) {
      const { run_id, node } = ref;
      const { priority, started_by } = run;
      const outcome = await starter.startChild(
        {
          ...{ run_id: child_run_id, workflow_id, parameters, priority, started_by, depth: run.depth + 1 },
          ...{ cause: { kind: 'run', id: run_id } as const, parent: { run_id, node } },
          ...(version !== null && { version }),
        },
        effectMetadata(ref, 'start'),
      );
      return isRejection(outcome) ? refuse(runs, ref, outcome) : 'open';
    },
    async end(ref, reason) {
      const { work_id: run_id } = ref;
      const outcome = await runs.tell({ type: 'Cancel', data: { run_id, reason } }, effectMetadata(ref, 'cancel'));
      return isRejection(outcome) ? endedBy(outcome) : 'ended';
    },
  };
}
