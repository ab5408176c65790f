import type { CompleteOrder, TaskChanges, TaskEvent, TaskOutcome } from '@ao/contracts';
import { reject, type Command, type Decision, type Rejection } from '@ao/kernel';
import { isLeased, type KnownState } from './task.state';

/** Why this agent, as the assignment event keeps it. */
export interface AssignmentReason {
  strategy: string;
  candidates: { agent_id: string; score: number }[];
  candidate_count: number;
}

/** Names a lease; without a token the agent's current one is meant. */
export interface LeaseReference {
  task_id: string;
  agent_id: string;
  lease_token?: string;
}

/** The agent that gets a task. `lease_token`: made up by whoever assigns it, who knows its own assignment again by that. */
export interface Assignment {
  agent_id: string;
  lease_token: string;
  epoch: number;
  reason: AssignmentReason;
}

export interface EndedDependency {
  dependency_id: string;
  status: string;
}

/**
 * `task_id` is made up by the handler, so it is no part of what a repeated command must have in common with the first; nor
 * are those of its dependencies that have `ended` already, and the `assignment` that goes with it when an agent is free.
 */
export type SubmitTask = Command<
  'SubmitTask',
  { task_id: string; specification: CompleteOrder; pool: string; ended?: EndedDependency[]; assignment?: Assignment }
>;
/** Into its queue, if its time has come and nothing that it depends on is open. */
export type ReleaseTask = Command<'ReleaseTask', { task_id: string }>;
/** A task that it depends on has ended. */
export type EndDependency = Command<'EndDependency', { task_id: string } & EndedDependency>;
export type ChangeTask = Command<'ChangeTask', { task_id: string; changes: TaskChanges }>;
export type PauseTask = Command<'PauseTask', { task_id: string; reason: string }>;
export type ResumeTask = Command<'ResumeTask', { task_id: string }>;
/** Ends it, if its deadline has passed. */
export type ExpireTask = Command<'ExpireTask', { task_id: string }>;
export type AssignTask = Command<'AssignTask', { task_id: string; pool: string } & Assignment>;
export type StartTask = Command<'StartTask', LeaseReference>;
export type RequireInput = Command<'RequireInput', LeaseReference & { prompt: string }>;
export type ProvideInput = Command<'ProvideInput', { task_id: string; input: unknown }>;
export type CompleteTask = Command<
  'CompleteTask',
  LeaseReference & { outcome: TaskOutcome; with_start?: true | undefined }
>;
export type ReturnTask = Command<'ReturnTask', LeaseReference & { reason: string }>;
/** `lease_expires_at`: the deadline as renewals have moved it; the events know only the one before. */
export type ExpireTaskLease = Command<
  'ExpireTaskLease',
  { task_id: string; lease_token: string; reason: 'lease_expired' | 'agent_lost'; lease_expires_at?: string }
>;
/** `only_queued`: leave it alone unless it is in its queue. */
export type CancelTask = Command<'CancelTask', { task_id: string; reason: string; only_queued?: boolean }>;
export type DeadLetterTask = Command<'DeadLetterTask', { task_id: string; reason: string }>;
export type RemoveDeadLetter = Command<'RemoveDeadLetter', { task_id: string; reason: string }>;
/** `only_dead_lettered`: leave it alone unless it is a dead letter. */
export type RetryTask = Command<'RetryTask', { task_id: string; not_before?: string; only_dead_lettered?: boolean }>;
/** The late result as the log has it, of whom and under which lease; none came without an agent. */
export type AcceptResult = Command<
  'AcceptResult',
  { task_id: string; agent_id?: string; lease_token?: string; result: unknown }
>;

export type TaskCommand =
  | SubmitTask
  | ReleaseTask
  | EndDependency
  | ChangeTask
  | PauseTask
  | ResumeTask
  | ExpireTask
  | AssignTask
  | StartTask
  | RequireInput
  | ProvideInput
  | CompleteTask
  | ReturnTask
  | ExpireTaskLease
  | CancelTask
  | DeadLetterTask
  | RemoveDeadLetter
  | RetryTask
  | AcceptResult;

/** A command once its task is known to exist. */
export type Decide<C extends TaskCommand> = (command: C, state: KnownState) => Decision<TaskEvent>;

const VERB: Record<TaskCommand['type'], string> = {
  SubmitTask: 'submit',
  ReleaseTask: 'release',
  EndDependency: 'end a dependency of',
  ChangeTask: 'change',
  PauseTask: 'pause',
  ResumeTask: 'resume',
  ExpireTask: 'expire',
  AssignTask: 'assign',
  StartTask: 'start',
  RequireInput: 'ask for input to',
  ProvideInput: 'provide input to',
  CompleteTask: 'complete',
  ReturnTask: 'take back',
  ExpireTaskLease: 'expire the lease of',
  CancelTask: 'cancel',
  DeadLetterTask: 'dead-letter',
  RemoveDeadLetter: 'remove the dead letter of',
  RetryTask: 'retry',
  AcceptResult: 'accept a late result of',
};

export function unknownTask({ type, data }: TaskCommand): Rejection {
  const why = 'there is none with this id';
  return reject('not_found', 'task_not_found', `Expected to ${VERB[type]} task '${data.task_id}', but ${why}`);
}

export function invalid({ type, data }: TaskCommand, code: string, why: string, pointer: string): Rejection {
  return reject('invalid', code, `Expected to ${VERB[type]} task '${data.task_id}', but ${why}`, pointer);
}

/** The state forbids it. */
export function refuse({ type, data }: TaskCommand, code: string, why: string): Rejection {
  return reject('conflict', code, `Expected to ${VERB[type]} task '${data.task_id}', but ${why}`);
}

export function hasEnded(command: TaskCommand, state: KnownState): Rejection {
  return refuse(command, 'task_ended', `it has ended: ${state.status}`);
}

export function superseded(command: TaskCommand, state: KnownState): Rejection {
  const now = isLeased(state) ? `agent '${state.lease.agent_id}' has it` : `it is ${state.status}`;
  return refuse(command, 'lease_superseded', `the lease is over; now ${now}`);
}

/** Whether the lease is the one that is meant. */
export function names(reference: LeaseReference, lease: { agent_id: string; lease_token: string }): boolean {
  if (reference.agent_id !== lease.agent_id) return false;
  return reference.lease_token === undefined || reference.lease_token === lease.lease_token;
}
