import { TaskTypeDefaults } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Priority } from './task-order.schemas';
import { Timestamp } from './user.schemas';

/** `PUT /api/v1/task-types/{type}`: all of its defaults; what is left out is as everywhere. */
export class TaskTypeBodyDto extends createZodDto(
  TaskTypeDefaults.extend({
    /** A name of the five bands or 0 to 100. */
    priority: Priority.optional(),
  }).meta({
    example: { retry: { max_attempts: 5, non_retryable: ['bad_input'] }, lease_seconds: 300, priority: 'low' },
  }),
) {}

export const ShownTaskType = TaskTypeDefaults.extend({
  id: z.uuid(),
  type: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ShownTaskType = z.infer<typeof ShownTaskType>;
export class ShownTaskTypeDto extends createZodDto(ShownTaskType) {}
