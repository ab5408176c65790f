import type { RunDocument, RunSummary } from '@ao/contracts';
import { presentRun, secondsBetween } from '../platform/run.presenter';
import { runIds, workflowIds } from '../prefixed-id';
import type { DetailedRun, OperationsRun } from './run.schemas';
import { operationsRunStatus, operationsStepStatus } from './run.words';
import { operationsPriority } from './task.words';

/** A run as a list of the operations API shows it. */
export function presentOperationsRun(run: Pick<RunSummary, keyof RunSummary & keyof RunDocument>): OperationsRun {
  const { run_id, workflow_id, workflow_name, version, status, priority, started_at, ended_at, failure } = run;
  return {
    ...{ id: runIds.shown(run_id), run_id: runIds.shown(run_id) },
    ...{ workflow_id: workflowIds.shown(workflow_id), workflow_name, version },
    ...{ status: operationsRunStatus(status), status_detail: status, priority: operationsPriority(priority) },
    ...{ created_at: started_at, started_at, completed_at: ended_at },
    duration: ended_at === null ? null : secondsBetween(started_at, ended_at),
    failure,
  };
}

/** A run by itself. */
export function presentDetailedRun(run: RunDocument): DetailedRun {
  return {
    ...presentOperationsRun(run),
    parameters: run.parameters,
    result: run.output,
    steps: presentRun(run).steps.map(({ key, name, status, started_at, ended_at }) => ({
      ...{ id: key, name, status: operationsStepStatus(status), status_detail: status },
      ...{ started_at, completed_at: ended_at },
    })),
  };
}
