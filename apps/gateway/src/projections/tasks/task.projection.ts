import type { TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import { countersOf, type Projection } from '@ao/projections';
import { evolveTaskReadModel, type TaskReadModel } from './task.read-model';
import { contribution } from './task.statistics';

export const TASKS = 'tasks';

/** One row per task, and the sums that statistics and queue sizes are read from. */
export const taskProjection: Projection<TaskReadModel> = {
  name: TASKS,
  version: 2,
  categories: ['task'],
  table: 'read_models.tasks',
  key: (event) => idOf(event.stream_id),
  begins: (event) => event.version === 1,
  evolve: (task, event) => evolveTaskReadModel(task, event as RecordedEvent & TaskEvent),
  columns: (task) => ({
    status: task.status,
    priority: task.priority,
    agent_id: task.agent_id,
    type: task.type,
    pinned_agent_id: task.requirements.agent_id ?? null,
    run_id: task.run?.run_id ?? null,
    failure_class: task.failure?.class ?? null,
    submitted_at: task.submitted_at,
    started_at: task.started_at,
    ended_at: task.ended_at,
  }),
  counters: countersOf('read_models.task_counters', contribution),
};
