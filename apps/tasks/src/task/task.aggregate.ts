import { taskEvents, schemaVersionsOf, type TaskEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { taskDecider, type TaskCommand } from './task.decider';
import type { TaskState } from './task.state';

export const taskAggregate: Aggregate<TaskState, TaskCommand, TaskEvent> = {
  category: 'task',
  decider: taskDecider,
  schemaVersions: schemaVersionsOf(taskEvents),
  freshIds: 0,
};
