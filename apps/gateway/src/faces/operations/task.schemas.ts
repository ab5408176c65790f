import { JsonObject, TASK_STATUSES, TaskFailure, TaskLogEntry, Word } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AgentReference } from '../platform/task-order.schemas';
import { AtLeast, wholeNumber } from '../query.schemas';
import { AnyTime } from '../time.schemas';
import { CronSchedule, issuesOfCron } from './scheduled-task';
import { OPERATIONS_PRIORITIES, OPERATIONS_STATUSES } from './task.words';

/** The shapes of seed document 001, tasks. */

export class OperationsTaskListQueryDto extends createZodDto(
  z.object({
    page: wholeNumber(1_000, 1).default(1),
    limit: wholeNumber(100, 1).default(20),
    agent_id: AgentReference.optional(),
    status: z.enum(OPERATIONS_STATUSES).optional(),
    priority: z.enum(OPERATIONS_PRIORITIES).optional(),
    created_after: AnyTime.optional(),
    created_before: AnyTime.optional(),
    at_least: AtLeast,
  }),
) {}

const SCHEDULE_TYPES = 'must be immediate, at, delay or cron';

/** When it may be given out first. One task: what makes many of them is a schedule, and has no task's id or status. */
const Schedule = z
  .discriminatedUnion(
    'type',
    [
      z.object({ type: z.literal('immediate') }),
      z.object({ type: z.literal('at'), at: AnyTime }),
      z.object({ type: z.literal('delay'), delay_seconds: z.number().min(0).max(31_536_000) }),
      CronSchedule,
    ],
    { error: ({ code }) => (code === 'invalid_union' ? SCHEDULE_TYPES : undefined) },
  )
  .superRefine((schedule, context) => {
    if (schedule.type !== 'cron') return;
    for (const issue of issuesOfCron(schedule)) context.addIssue({ code: 'custom', ...issue });
  });

/** `POST /v1/tasks` */
export const CreateTaskBody = z
  .object({
    /** Pins it to one agent; without it any agent may have it that meets the requirements. */
    agent_id: AgentReference.optional(),
    type: Word,
    /** Default: its type's, else medium. */
    priority: z.enum(OPERATIONS_PRIORITIES).optional(),
    payload: JsonObject.default({}),
    schedule: Schedule.default({ type: 'immediate' }),
    requirements: z
      .object({ capabilities: z.array(Word).max(100).default([]), agent_type: Word.optional() })
      .default({ capabilities: [] }),
  })
  .meta({
    example: {
      agent_id: 'agent_123',
      type: 'data_processing',
      priority: 'medium',
      payload: {
        source: 'database',
        query: 'SELECT * FROM users WHERE active = true',
        output_format: 'json',
      },
      schedule: { type: 'immediate' },
    },
  });
export type CreateTaskBody = z.infer<typeof CreateTaskBody>;
export class CreateTaskDto extends createZodDto(CreateTaskBody) {}

const Timestamp = z.iso.datetime();

const ListedTask = z.object({
  id: z.string(),
  /** Who has it or had it last; before that, who alone may have it. */
  agent_id: z.string().nullable(),
  type: z.string(),
  status: z.enum(OPERATIONS_STATUSES),
  /** The same more exactly. */
  status_detail: z.enum(TASK_STATUSES),
  priority: z.enum(OPERATIONS_PRIORITIES),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  /** When it ended, however it ended. */
  completed_at: Timestamp.nullable(),
  /** Seconds from its start to its end. */
  duration: z.number().nullable(),
  result: z.unknown(),
});
export type ListedTask = z.infer<typeof ListedTask>;

const DetailedTask = ListedTask.extend({
  payload: z.record(z.string(), z.unknown()),
  /** Per cent, as its agent last told; 0 until it does. */
  progress: z.number().min(0).max(100),
  /** From how long tasks of its type took; null while that is not known. */
  estimated_completion: Timestamp.nullable(),
  /** Not given out before. */
  scheduled_for: Timestamp.nullable(),
  /** Of the schedule that made it, or will make it. */
  schedule_id: z.uuid().optional(),
  /** The run of a workflow that made it, and for which of its steps. */
  workflow_run: z.object({ run_id: z.uuid(), step: z.string() }).optional(),
  failure: TaskFailure.nullable(),
  /** Why it was cancelled or paused. */
  reason: z.string().nullable(),
  /** The newest lines that its agents logged, oldest first. */
  logs: z.array(TaskLogEntry),
});
export type DetailedTask = z.infer<typeof DetailedTask>;

export class TaskPageDto extends createZodDto(
  z.object({
    data: z.array(ListedTask),
    pagination: z.object({ page: z.int(), limit: z.int(), total: z.int(), pages: z.int() }),
  }),
) {}
export class TaskEnvelopeDto extends createZodDto(z.object({ data: DetailedTask })) {}
