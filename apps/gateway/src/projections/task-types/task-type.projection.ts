import { evolveTaskType, type TaskTypeDocument, type TaskTypeEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const TASK_TYPES = 'task_types';

/** One row per task type that has defaults of its own. */
export const taskTypeProjection: Projection<TaskTypeDocument> = {
  name: TASK_TYPES,
  version: 1,
  categories: ['tasktype'],
  table: 'read_models.task_types',
  key: (event) => idOf(event.stream_id),
  evolve: (taskType, event) => evolveTaskType(taskType, event as RecordedEvent & TaskTypeEvent),
  columns: ({ type }) => ({ type }),
};
