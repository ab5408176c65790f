import type { RunCause, RunStatus, StepFailure, WorkflowDefinition } from '@ao/contracts';
import { reject, type Command, type Rejection } from '@ao/kernel';
import type { z } from 'zod';

type Of<Type extends string, Data = object> = Command<Type, { run_id: string } & Data>;

/** What a node that is carried over from another run gave. */
export interface Carried {
  node: string;
  output: unknown;
}

/** Begins it. The parameters meet the schema of the version already: that is the handler's to see to. Repeated: nothing happens. */
export type StartRun = Of<
  'StartRun',
  {
    workflow_id: string;
    workflow_name: string;
    version: number;
    definition: WorkflowDefinition;
    parameters: Record<string, unknown>;
    priority: number;
    cause: z.infer<typeof RunCause>;
    parent: { run_id: string; node: string } | null;
    depth: number;
    started_by: string | null;
    /** See `forkOf`. */
    fork: { run_id: string; from: string; carried: Carried[] } | null;
  }
>;

/**
 * What became of something that a node waits for. It changes nothing where the node does not wait for it any more: it was
 * told before, timed out, was cancelled, or is at a later attempt.
 */
export type TaskEnded = Of<
  'TaskEnded',
  {
    node: string;
    task_id: string;
    status: 'completed' | 'failed' | 'cancelled' | 'expired' | 'dead_lettered';
    result?: unknown;
    failure?: { class?: string; message: string };
  }
>;
export type ApprovalEnded = Of<
  'ApprovalEnded',
  {
    node: string;
    approval_id: string;
    status: 'approved' | 'rejected' | 'expired' | 'voided';
    votes: { by: string; vote: 'approve' | 'reject'; comment: string; at: string }[];
  }
>;
export type ChildEnded = Of<
  'ChildEnded',
  {
    node: string;
    child_run_id: string;
    status: 'completed' | 'failed' | 'cancelled';
    output?: unknown;
    failure?: StepFailure;
  }
>;
export type WebhookEnded = Of<
  'WebhookEnded',
  { node: string; request_id: string } & (
    { ok: true; output: unknown } | { ok: false; failure: StepFailure; retryable: boolean }
  )
>;
/** What a node asked for could not be begun at all: it fails, and is not tried again. */
export type WorkRefused = Of<'WorkRefused', { node: string; attempt: number; failure: StepFailure }>;
/** Does whatever is due at the time of the command, and nothing that is not: it may come too early, too late and twice. */
export type Wake = Of<'Wake'>;
export type Signal = Of<
  'Signal',
  { signal_id: string; name: string; correlation: string | null; payload: unknown; sent_by: string | null }
>;
export type Pause = Of<'Pause', { reason: string }>;
export type Resume = Of<'Resume'>;
export type Cancel = Of<'Cancel', { reason: string }>;
/** Without `from`: what failed, what was cancelled with it and what was taken back. */
export type Retry = Of<'Retry', { from?: string }>;

export type RunCommand =
  | StartRun
  | TaskEnded
  | ApprovalEnded
  | ChildEnded
  | WebhookEnded
  | WorkRefused
  | Wake
  | Signal
  | Pause
  | Resume
  | Cancel
  | Retry;

export type Outcome = TaskEnded | ApprovalEnded | ChildEnded | WebhookEnded | WorkRefused;

const VERB: Record<RunCommand['type'], string> = {
  StartRun: 'start',
  TaskEnded: 'take the end of a task to',
  ApprovalEnded: 'take the end of an approval to',
  ChildEnded: 'take the end of a run to',
  WebhookEnded: 'take the answer of a webhook to',
  WorkRefused: 'take a refusal to',
  Wake: 'wake',
  Signal: 'signal',
  Pause: 'pause',
  Resume: 'resume',
  Cancel: 'cancel',
  Retry: 'retry',
};

const expected = ({ type, data }: RunCommand, why: string) =>
  `Expected to ${VERB[type]} run '${data.run_id}', but ${why}`;

export function unknownRun(command: RunCommand): Rejection {
  return reject('not_found', 'run_not_found', expected(command, 'there is none with this id'));
}

/** The state forbids it. */
export function refuse(command: RunCommand, code: string, why: string): Rejection {
  return reject('conflict', code, expected(command, why));
}

export function tooLarge(command: RunCommand, code: string, why: string, pointer?: string): Rejection {
  return reject('too_large', code, expected(command, why), pointer);
}

export function hasEnded(command: RunCommand, status: RunStatus): Rejection {
  return refuse(command, 'run_ended', `it has ended: ${status}`);
}

export function unknownStep(command: RunCommand, step: string): Rejection {
  return reject('not_found', 'step_not_found', expected(command, `there is no step '${step}' in it`), '/from');
}
