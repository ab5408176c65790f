import type { TaskChanges, TaskEvent } from '@ao/contracts';
import { accept, isRejection, type Decision } from '@ao/kernel';
import { assign } from './attempt.rules';
import { cancelled } from './ending.rules';
import { specificationOf } from './task-order';
import {
  hasEnded,
  invalid,
  refuse,
  type ChangeTask,
  type Decide,
  type EndDependency,
  type EndedDependency,
  type ExpireTask,
  type PauseTask,
  type ReleaseTask,
  type ResumeTask,
  type SubmitTask,
} from './task.commands';
import { evolve, initialState, isEnded, isLeased, mustWait, type KnownState, type TaskState } from './task.state';

/** What may be changed while an agent works by it. */
const WHILE_ASSIGNED: readonly (keyof TaskChanges)[] = ['title', 'description', 'instructions', 'priority', 'deadline'];

export function submit(command: SubmitTask, state: TaskState): Decision<TaskEvent> {
  if (state.status !== 'absent') return refuse(command, 'task_exists', 'it exists already');
  const { task_id, pool, ended = [], assignment } = command.data;
  const submitted_at = command.metadata.time;
  const specification = specificationOf(command.data.specification, submitted_at);
  const { deadline, not_before } = specification;
  if (deadline !== undefined && isBy(deadline, submitted_at)) return deadlineOver(command, deadline);
  if (deadline !== undefined && not_before !== undefined && isBy(deadline, not_before)) {
    return invalid(command, 'never_in_time', `it may not begin before ${not_before}, after its deadline`, '/deadline');
  }
  const events: TaskEvent[] = [{ type: 'TaskSubmitted', data: { ...specification, task_id, pool, submitted_at } }];
  let task = evolve(initialState(), events[0]!) as KnownState;
  for (const dependency of ended) {
    const following = dependencyEnded(task, dependency, submitted_at);
    events.push(...following);
    task = following.reduce(evolve, task as TaskState) as KnownState;
  }
  if (assignment && task.status === 'queued') {
    const data = { task_id, pool, ...assignment };
    const assigned = assign({ type: 'AssignTask', data, metadata: command.metadata }, task);
    if (!isRejection(assigned)) {
      return accept([...events, ...assigned.events], { task_id, submitted_at, lease: assigned.result });
    }
  }
  return accept(events, { task_id, submitted_at });
}

export const release: Decide<ReleaseTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (state.status !== 'scheduled') return refuse(command, 'task_not_scheduled', `it is ${state.status}`);
  const released_at = command.metadata.time;
  if (mustWait(state, released_at)) return refuse(command, 'task_not_due', 'it still waits');
  return accept([{ type: 'TaskReleased', data: { task_id: state.task_id, released_at } }], { released_at });
};

export const endDependency: Decide<EndDependency> = (command, state) => {
  return accept(dependencyEnded(state, command.data, command.metadata.time));
};

/** Nothing, when it does not wait for that task, or no longer. */
function dependencyEnded(state: KnownState, dependency: EndedDependency, at: string): TaskEvent[] {
  const { dependency_id, status } = dependency;
  if (isEnded(state) || !state.waits_for.includes(dependency_id)) return [];
  const { task_id } = state;
  const ended: TaskEvent = { type: 'TaskDependencyEnded', data: { task_id, dependency_id, status, at } };
  if (status !== 'completed' && state.on_dependency_failure !== 'run') {
    return [ended, cancelled(state, 'dependency_failed', at)];
  }
  const after = evolve(state, ended) as KnownState;
  if (after.status !== 'scheduled' || mustWait(after, at)) return [ended];
  return [ended, { type: 'TaskReleased', data: { task_id, released_at: at } }];
}

export const change: Decide<ChangeTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  const { changes } = command.data;
  const changed_at = command.metadata.time;
  const fields = Object.keys(changes) as (keyof TaskChanges)[];
  const fixed = fields.find((field) => !WHILE_ASSIGNED.includes(field));
  if (isLeased(state) && fixed !== undefined) {
    return refuse(command, 'task_assigned', `agent '${state.lease.agent_id}' works by its ${fixed}`);
  }
  const { deadline } = changes;
  if (typeof deadline === 'string' && isBy(deadline, changed_at)) return deadlineOver(command, deadline);
  const events: TaskEvent[] = [{ type: 'TaskChanged', data: { task_id: state.task_id, changes, changed_at } }];
  return accept(fields.length > 0 ? events : [], { changed_at });
};

/** The attempt of an agent that has it does not count. */
export const pause: Decide<PauseTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (state.status === 'paused') return accept([], { paused_at: state.paused_at });
  const agent_id = isLeased(state) ? state.lease.agent_id : undefined;
  const paused_at = command.metadata.time;
  const { reason } = command.data;
  return accept([{ type: 'TaskPaused', data: { task_id: state.task_id, paused_at, reason, agent_id } }], { paused_at });
};

export const resume: Decide<ResumeTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (state.status !== 'paused') return refuse(command, 'task_not_paused', `it is ${state.status}`);
  const resumed_at = command.metadata.time;
  return accept([{ type: 'TaskResumed', data: { task_id: state.task_id, resumed_at } }], { resumed_at });
};

export const expire: Decide<ExpireTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  const { task_id, deadline } = state;
  const expired_at = command.metadata.time;
  if (deadline === undefined || !isBy(deadline, expired_at)) {
    return refuse(command, 'task_not_due', deadline === undefined ? 'it has no deadline' : `it has until ${deadline}`);
  }
  const agent_id = isLeased(state) ? state.lease.agent_id : undefined;
  return accept([{ type: 'TaskExpired', data: { task_id, expired_at, agent_id } }]);
};

function deadlineOver(command: SubmitTask | ChangeTask, deadline: string) {
  return invalid(command, 'task_deadline_passed', `its deadline, ${deadline}, has passed`, '/deadline');
}

function isBy(time: string, other: string): boolean {
  return Date.parse(time) <= Date.parse(other);
}
