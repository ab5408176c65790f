import { z } from 'zod';
import { command, type DataOf } from '../contract';
import { Id, Json, JsonObject, Time, Word, text } from '../text';
import { StepKey } from './definition';
import { RunCause, RunStatus } from './run';

const Reference = z.object({ run_id: Id });

/**
 * 404 `workflow_not_found`, `version_not_found`; 409 `nothing_to_run` without steps; 422 `invalid_parameters` with a pointer, when
 * they do not meet the version's JSON Schema.
 */
export const startRun = command(
  'workflows.start_run',
  z.object({
    workflow_id: Id,
    /** Absent: the newest. */
    version: z.int().min(1).optional(),
    parameters: JsonObject,
    priority: z.int().min(0).max(100).optional(),
    cause: RunCause.optional(),
    started_by: text(200, 1).nullable(),
  }),
  z.object({ run_id: Id, workflow_id: Id, version: z.int(), started_at: Time }),
);
export type StartRun = DataOf<typeof startRun>;

export const pauseRun = command(
  'workflows.pause_run',
  Reference.extend({ reason: text(500) }),
  z.object({ paused_at: Time }),
);
export const resumeRun = command('workflows.resume_run', Reference, z.object({ resumed_at: Time }));
/** Reaches what is at work: tasks, approvals, child runs; compensates where the definition says so. */
export const cancelRun = command(
  'workflows.cancel_run',
  Reference.extend({ reason: text(500) }),
  z.object({ cancelled_at: Time, status: RunStatus }),
);
/** By the run's id, or to whichever run waits, or will wait, for this name and correlation. Kept until a step takes it. */
export const sendSignal = command(
  'workflows.send_signal',
  z
    .object({
      run_id: Id.optional(),
      name: Word,
      correlation: text(500, 1).optional(),
      payload: Json,
      sent_by: text(200, 1).nullable(),
    })
    .refine(({ run_id, correlation }) => run_id !== undefined || correlation !== undefined, {
      message: 'must be given where there is no run_id',
      path: ['correlation'],
    }),
  z.object({ signal_id: Id, run_id: Id.nullable(), received_at: Time }),
);
/** Of a run that failed or was cancelled: from the nodes that failed, or from one step and all that follows it. */
export const retryRun = command(
  'workflows.retry_run',
  Reference.extend({ from: StepKey.optional() }),
  z.object({ retried_at: Time, nodes: z.array(z.string()) }),
);
/** A new run of the same version that takes over what does not depend on `from`; the original stays as it is. */
export const forkRun = command(
  'workflows.fork_run',
  Reference.extend({
    from: StepKey,
    /** Instead of the original's. */
    parameters: JsonObject.optional(),
    started_by: text(200, 1).nullable(),
  }),
  z.object({ run_id: Id, workflow_id: Id, version: z.int(), started_at: Time }),
);
