import {
  JsonObject,
  NODE_STATUSES,
  PRIORITY_NAMES,
  RUN_STATUSES,
  RunCause,
  RunStatus,
  STEP_TYPES,
  StepFailure,
  StepKey,
  Json,
  Word,
  text,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AsOf, AtLeast, wholeNumber } from '../query.schemas';
import { AnyTime } from '../time.schemas';
import { Priority } from './task-order.schemas';
import { Page, Timestamp } from './user.schemas';

/** `POST /api/v1/workflows/{id}/execute` */
export class ExecuteBodyDto extends createZodDto(
  z
    .object({
      parameters: JsonObject.default({}),
      /** Of the tasks whose steps do not say one. */
      priority: Priority.optional(),
      /** Default: the newest. */
      version: z.int().min(1).optional(),
    })
    .meta({
      example: { parameters: { source_database: 'production', output_location: 's3://bucket/output/' }, priority: 60 },
    }),
) {}

export class RunReasonDto extends createZodDto(z.object({ reason: text(500).default('') })) {}

/** To a run that one knows. */
export class RunSignalDto extends createZodDto(
  z
    .object({
      name: Word,
      /** For a step that waits for one. */
      correlation: text(500, 1).optional(),
      payload: Json.default(null),
    })
    .meta({ example: { name: 'delivered', payload: { parcels: 2 } } }),
) {}

/** To whichever run waits for this name and correlation, or will. */
export class SignalDto extends createZodDto(
  z
    .object({ name: Word, correlation: text(500, 1), payload: Json.default(null) })
    .meta({ example: { name: 'delivered', correlation: 'order-4711', payload: { parcels: 2 } } }),
) {}

export class RetryRunDto extends createZodDto(
  z.object({
    /** This step and all that follow it; default: those that failed. */
    from: StepKey.optional(),
  }),
) {}

export class ForkRunDto extends createZodDto(
  z
    .object({
      /** The first step that is done anew. */
      from: StepKey,
      /** Instead of the original's. */
      parameters: JsonObject.optional(),
    })
    .meta({ example: { from: 'transform' } }),
) {}

/** A run's or workflow's id, bare or prefixed. */
const Reference = z.string().min(1).max(128);

const Filters = Page.extend({
  status: z.enum(RUN_STATUSES).optional(),
  started_after: AnyTime.optional(),
  started_before: AnyTime.optional(),
});
export class WorkflowRunsQueryDto extends createZodDto(Filters) {}
export class RunsQueryDto extends createZodDto(
  Filters.extend({
    workflow_id: Reference.optional(),
    /** The run whose steps started them. */
    parent: Reference.optional(),
  }),
) {}
export class RunQueryDto extends createZodDto(z.object({ at_least: AtLeast, as_of: AsOf })) {}
export class RunEventsQueryDto extends createZodDto(
  z.object({ from_version: wholeNumber(1_000_000_000, 1).default(1), limit: wholeNumber(1_000, 1).default(200) }),
) {}

const Place = z.object({ run_id: z.uuid(), node: z.string() });

const RunFailure = StepFailure.extend({
  /** Where it failed; null: not in one place. */
  node: z.string().nullable(),
});

const Head = z.object({
  id: z.uuid(),
  workflow_id: z.uuid(),
  workflow_name: z.string(),
  version: z.int(),
  status: RunStatus,
  priority: z.int(),
  /** The band of the priority. */
  priority_name: z.enum(PRIORITY_NAMES),
  cause: RunCause,
  /** The step of the run that started it. */
  parent: Place.nullable(),
  depth: z.int(),
  fork: z.object({ run_id: z.uuid(), from: z.string() }).nullable(),
  /** `<type>:<id>`. */
  started_by: z.string().nullable(),
  failure: RunFailure.nullable(),
  /** What was to be taken back is. */
  compensated: z.boolean(),
  deadline: Timestamp.nullable(),
  started_at: Timestamp,
  paused_at: Timestamp.nullable(),
  updated_at: Timestamp,
  ended_at: Timestamp.nullable(),
  /** From its start to its end. */
  duration_seconds: z.number().nullable(),
});

/** How many steps stand where; `waiting` have not begun, or wait for their next attempt. */
const StepCounts = z.object({
  total: z.int(),
  ...(Object.fromEntries(NODE_STATUSES.map((status) => [status, z.int()])) as Record<
    (typeof NODE_STATUSES)[number],
    z.ZodInt
  >),
});

export const ListedRun = Head.extend({
  steps: StepCounts,
  /** Keys of those at work, the first twenty. */
  current_steps: z.array(z.string()),
  waiting_approvals: z.array(z.object({ node: z.string(), approval_id: z.uuid() })),
  revision: z.int(),
});
export type ListedRun = z.infer<typeof ListedRun>;
export class ListedRunDto extends createZodDto(ListedRun) {}

const ShownNode = z.object({
  /** `pages/3` of a step `pages`; `undo:` before it: what takes it back. */
  node: z.string(),
  type: z.enum(STEP_TYPES).nullable(),
  status: z.enum(['not_started', ...NODE_STATUSES]),
  attempts: z.int(),
  /** What it was given: a task's payload, the parameters of a run, what is to be approved. */
  input: z.unknown(),
  output: z.unknown(),
  /** The answer has no room left: input and output are in the run's events. */
  withheld: z.boolean(),
  failure: StepFailure.nullable(),
  /** Taken over from the run that this one was forked from. */
  carried: z.boolean(),
  task_id: z.uuid().nullable(),
  approval_id: z.uuid().nullable(),
  child_run_id: z.uuid().nullable(),
  started_at: Timestamp.nullable(),
  timeout_at: Timestamp.nullable(),
  retry_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
});
export type ShownNode = z.infer<typeof ShownNode>;

const ShownStep = ShownNode.extend({
  key: z.string(),
  name: z.string(),
  depends_on: z.array(z.string()),
  /** Branches of a parallel, items of a map: those that have begun. */
  items: z.array(ShownNode),
});

export const ShownRun = Head.extend({
  parameters: JsonObject,
  output: z.unknown(),
  steps: z.array(ShownStep),
  /** What takes steps back, in the order in which it is done. */
  compensations: z.array(ShownNode),
  /** Not taken by a step yet, oldest first. */
  signals: z.array(
    z.object({
      signal_id: z.uuid(),
      name: z.string(),
      correlation: z.string().nullable(),
      payload: z.unknown(),
      at: Timestamp,
    }),
  ),
});
export type ShownRun = z.infer<typeof ShownRun>;
export class ShownRunDto extends createZodDto(ShownRun) {}

export class SignalSentDto extends createZodDto(
  z.object({
    signal_id: z.uuid(),
    /** Who has it; null: it is kept until a run waits for it. */
    run_id: z.uuid().nullable(),
    received_at: Timestamp,
  }),
) {}
