import { z } from 'zod';
import { command, event, type DataOf, type EventOf } from '../contract';
import { Id, Time, Word } from '../text';
import { RetryPolicy, TaskSpecification } from './task.specification';

const { max_attempts, initial_delay_ms, factor, max_delay_ms, jitter, non_retryable } = RetryPolicy.shape;

/** Parts of a retry policy: what is absent is as the next source says. */
export const RetryOverrides = z
  .object({
    max_attempts: max_attempts.unwrap(),
    initial_delay_ms: initial_delay_ms.unwrap(),
    factor: factor.unwrap(),
    max_delay_ms: max_delay_ms.unwrap(),
    jitter: jitter.unwrap(),
    non_retryable: non_retryable.unwrap(),
  })
  .partial();
export type RetryOverrides = z.infer<typeof RetryOverrides>;

/** What a task of a type is like where its submission does not say. */
export const TaskTypeDefaults = z.object({
  retry: RetryOverrides.optional(),
  lease_seconds: TaskSpecification.shape.lease_seconds.optional(),
  on_agent_lost: TaskSpecification.shape.on_agent_lost,
  priority: TaskSpecification.shape.priority.optional(),
});
export type TaskTypeDefaults = z.infer<typeof TaskTypeDefaults>;

const CATEGORY = 'tasktype';

/** The defaults of a task type: stream `tasktype-<derivedId('tasktype', type)>`. */
export const taskTypeEvents = {
  /** Always all of them; what is absent has no default of its own. */
  TaskTypeConfigured: event(
    CATEGORY,
    'TaskTypeConfigured',
    1,
    TaskTypeDefaults.extend({ task_type_id: Id, type: Word, at: Time }),
  ),
  TaskTypeDeleted: event(CATEGORY, 'TaskTypeDeleted', 1, z.object({ task_type_id: Id, type: Word, at: Time })),
} as const;
export type TaskTypeEvent = EventOf<typeof taskTypeEvents>;

export const TaskTypeDocument = TaskTypeDefaults.extend({
  task_type_id: Id,
  type: Word,
  created_at: Time,
  updated_at: Time,
});
export type TaskTypeDocument = z.infer<typeof TaskTypeDocument>;

export function evolveTaskType(
  document: TaskTypeDocument | undefined,
  event: TaskTypeEvent,
): TaskTypeDocument | undefined {
  switch (event.type) {
    case 'TaskTypeConfigured': {
      const { at, ...data } = event.data;
      return { ...data, created_at: document?.created_at ?? at, updated_at: at };
    }
    case 'TaskTypeDeleted':
      return undefined;
    default:
      return document;
  }
}

/** Replaces the defaults of the type. */
export const configureTaskType = command(
  'tasks.configure_task_type',
  TaskTypeDefaults.extend({ type: Word }),
  z.object({ task_type_id: Id, created: z.boolean() }),
);
export type ConfigureTaskType = DataOf<typeof configureTaskType>;

/** Tasks that were submitted keep what they got. */
export const deleteTaskType = command(
  'tasks.delete_task_type',
  z.object({ task_type_id: Id }),
  z.object({ deleted_at: Time }),
);
export type DeleteTaskType = DataOf<typeof deleteTaskType>;
