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

/** For AssignTask alone, which needs a lease token: ids are made for every command, and random bytes are not free. */
export const assignableTaskAggregate: typeof taskAggregate = { ...taskAggregate, freshIds: 1 };
