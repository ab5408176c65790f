import { taskEvents, type TaskEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { schemaVersionsOf } from '../schema-versions';
import { taskDecider, type TaskCommand } from './task.decider';
import type { TaskState } from './task.state';

export const taskAggregate: Aggregate<TaskState, TaskCommand, TaskEvent> = {
  category: 'task',
  decider: taskDecider,
  schemaVersions: schemaVersionsOf(taskEvents),
  freshIds: 1,
};
