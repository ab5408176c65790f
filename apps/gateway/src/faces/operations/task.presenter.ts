import { isoTime } from '@ao/kernel';
import { prefixedAgentId } from '../../projections/agents/agent.directory';
import type { TaskLogLine, TaskProgress } from '../../projections/tasks/task.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import { prefixedTaskId } from '../task-id';
import { estimateCompletion } from './task.estimate';
import type { DetailedTask, ListedTask } from './task.schemas';
import { operationsPriority, operationsTaskStatus } from './task.words';

/** What is known of a task besides its document. */
export interface TaskSurroundings {
  readonly progress?: TaskProgress;
  readonly logs: readonly TaskLogLine[];
  /** Of completed tasks of its type, in milliseconds. */
  readonly durations: readonly number[];
  /** Unix milliseconds. */
  readonly now: number;
}

/** A task as a list of the operations API shows it. */
export function presentListedTask(task: TaskReadModel): ListedTask {
  const agent = task.agent_id ?? task.requirements.agent_id;
  return {
    id: prefixedTaskId(task.task_id),
    agent_id: agent === undefined ? null : prefixedAgentId(agent),
    type: task.type,
    status: operationsTaskStatus(task.status),
    status_detail: task.status,
    priority: operationsPriority(task.priority),
    created_at: task.submitted_at,
    started_at: task.started_at,
    completed_at: task.ended_at,
    duration: secondsBetween(task.started_at, task.ended_at),
    result: task.result,
  };
}

/** A task by itself. */
export function presentDetailedTask(task: TaskReadModel, around: TaskSurroundings): DetailedTask {
  return {
    ...presentListedTask(task),
    payload: task.payload,
    progress: task.status === 'completed' ? 100 : (around.progress?.progress ?? 0),
    estimated_completion: estimateOf(task, around),
    scheduled_for: task.not_before ?? null,
    ...(task.schedule_id !== undefined && { schedule_id: task.schedule_id }),
    ...(task.run && { workflow_run: { run_id: task.run.run_id, step: task.run.node } }),
    failure: task.failure,
    reason: task.reason,
    logs: around.logs.map(({ timestamp, level, message }) => ({ timestamp, level, message })),
  };
}

/** Only of what is being worked at: for how long something waits nobody knows. */
function estimateOf({ status, started_at }: TaskReadModel, { durations, now }: TaskSurroundings): string | null {
  if (status !== 'running' || started_at === null) return null;
  const estimate = estimateCompletion(Date.parse(started_at), now, durations);
  return estimate === undefined ? null : isoTime(estimate);
}

function secondsBetween(start: string | null, end: string | null): number | null {
  return start === null || end === null ? null : Math.max(0, Date.parse(end) - Date.parse(start)) / 1000;
}
