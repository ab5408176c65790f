import { PRIORITY_NAMES, TASK_STATUSES, TaskDocument, TaskLogEntry, bandRange, isPriorityName } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AsOf, AtLeast, wholeNumber } from '../query.schemas';
import { AgentReference } from './task-order.schemas';

export const MAX_TASKS_PER_PAGE = 200;
const MAX_OFFSET = 100_000;

/** `status_filter` is another name of `status`. */
const StatusWord = z.enum(TASK_STATUSES).optional();

export class TaskListQueryDto extends createZodDto(
  z.object({
    status: StatusWord,
    status_filter: StatusWord,
    /** A band's name, or a number. */
    priority: z
      .string()
      .max(16)
      .transform((value, context) => {
        if (isPriorityName(value)) return bandRange(value);
        if (/^\d{1,3}$/.test(value) && Number(value) <= 100) return { lowest: Number(value), highest: Number(value) };
        context.addIssue({ code: 'custom', message: 'must be a priority name or a number 0 to 100' });
        return z.NEVER;
      })
      .optional(),
    agent_id: AgentReference.optional(),
    /** The run of a workflow that made them. */
    run_id: z.uuid().toLowerCase().optional(),
    limit: wholeNumber(MAX_TASKS_PER_PAGE, 1).default(50),
    offset: wholeNumber(MAX_OFFSET).default(0),
    at_least: AtLeast,
  }),
) {}

export class TaskQueryDto extends createZodDto(z.object({ at_least: AtLeast, as_of: AsOf })) {}

export class TaskEventsQueryDto extends createZodDto(
  z.object({ from_version: wholeNumber(1_000_000_000, 1).default(1), limit: wholeNumber(1_000, 1).default(500) }),
) {}

const Timestamp = z.iso.datetime();

export const SubmittedTask = z.object({ id: z.uuid(), task_id: z.uuid(), submitted_at: Timestamp });
export class SubmittedTaskDto extends createZodDto(SubmittedTask) {}

export const SubmittedTasks = z.object({ task_ids: z.array(z.uuid()), count: z.int(), submitted_at: Timestamp });
export class SubmittedTasksDto extends createZodDto(SubmittedTasks) {}

export const CancelledTask = z.object({ task_id: z.uuid(), status: z.literal('cancelled'), cancelled_at: Timestamp });
export class CancelledTaskDto extends createZodDto(CancelledTask) {}

export const ShownTask = z.object({
  id: z.uuid(),
  ...TaskDocument.omit({ run: true }).shape,
  /** The run of a workflow that made it, and for which of its steps. */
  workflow_run: z.object({ run_id: z.uuid(), step: z.string() }).optional(),
  /** Since when it could be given out for the first time. */
  ready_at: Timestamp.nullable(),
  assignments: z.int(),
  failed_assignments: z.int(),
  /** The band of the priority. */
  priority_name: z.enum(PRIORITY_NAMES),
  /** Per cent, as its agent last told; null when it did not, or for a past moment. */
  progress: z.number().nullable(),
  progress_message: z.string().nullable(),
});
export type ShownTask = z.infer<typeof ShownTask>;
export class ShownTaskDto extends createZodDto(ShownTask) {}

/** `GET /api/v1/tasks/stats` */
const PerPriority = z.object({
  urgent: z.int(),
  critical: z.int(),
  high: z.int(),
  normal: z.int(),
  low: z.int(),
});
export const TaskStats = z.object({
  total: z.int(),
  by_status: z.record(z.enum(TASK_STATUSES), z.int()),
  by_priority: PerPriority,
  by_status_and_priority: z.record(z.enum(TASK_STATUSES), PerPriority),
});
export class TaskStatsDto extends createZodDto(TaskStats) {}

export const TaskHistory = z.object({
  events: z.array(
    z.object({
      position: z.int(),
      version: z.int(),
      type: z.string(),
      schema_version: z.int(),
      data: z.record(z.string(), z.unknown()),
      metadata: z.record(z.string(), z.unknown()),
      recorded_at: z.string(),
    }),
  ),
  /** Where the next page begins; null: this is the end for now. */
  next_version: z.int().nullable(),
});
export class TaskHistoryDto extends createZodDto(TaskHistory) {}

export class TaskLogsQueryDto extends createZodDto(
  z.object({ after: wholeNumber(Number.MAX_SAFE_INTEGER).default(0), limit: wholeNumber(1_000, 1).default(500) }),
) {}

export const TaskLogs = z.object({
  logs: z.array(TaskLogEntry.extend({ id: z.int(), agent_id: z.uuid() })),
  /** For `after` of the next page. */
  last: z.int(),
});
export class TaskLogsDto extends createZodDto(TaskLogs) {}
