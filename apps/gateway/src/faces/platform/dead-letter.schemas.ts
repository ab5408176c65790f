import { DeadLetterFilter, Word, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { DEAD_LETTER_AGES } from '../../projections/tasks/dead-letter.queries';
import { AtLeast, wholeNumber } from '../query.schemas';
import { AnyTime } from '../time.schemas';
import { AgentReference, TaskReference } from './task-order.schemas';
import { ShownTask } from './task.schemas';

/** Which dead letters. `reason` is another name of `class`: the class of the failure, `unclassified` for those without. */
const Filter = z.object({
  class: Word.optional(),
  reason: Word.optional(),
  type: Word.optional(),
  agent_id: AgentReference.optional(),
  /** Dead-lettered then or later. */
  since: AnyTime.optional(),
});
export type FilterWords = z.infer<typeof Filter>;

export class DeadLetterListQueryDto extends createZodDto(
  Filter.extend({
    limit: wholeNumber(200, 1).default(50),
    offset: wholeNumber(100_000).default(0),
    at_least: AtLeast,
  }),
) {}

/** `POST /api/v1/dead-letter` */
export class NewDeadLetterDto extends createZodDto(
  z
    .object({ task_id: TaskReference, reason: text(500, 1).default('moved by an operator') })
    .meta({ example: { task_id: '01890a5d-ac96-774b-bcce-b302099a8057', reason: 'the target is gone' } }),
) {}

/** `POST /api/v1/dead-letter/retry-all` */
export class RetryAllDto extends createZodDto(
  Filter.extend({
    /** Only says how many it would be. */
    dry_run: z.boolean().default(false),
    /** The tasks become ready one after another at this rate; default: at once. */
    rate_per_second: z.number().min(0.01).max(10_000).optional(),
  }).meta({ example: { class: 'timeout', rate_per_second: 10 } }),
) {}

const Timestamp = z.iso.datetime();

export const ShownDeadLetter = ShownTask.extend({ dead_lettered_at: Timestamp, failure_class: z.string() });
export class ShownDeadLetterDto extends createZodDto(ShownDeadLetter) {}

export class RetryAllAnsweredDto extends createZodDto(
  z.object({
    dry_run: z.boolean(),
    /** How many the filter names. */
    count: z.int(),
    /** Null where it was only asked how many it would be. */
    retry_id: z.uuid().nullable(),
    started_at: Timestamp.nullable(),
  }),
) {}

export class DeadLetterRetryDto extends createZodDto(
  z.object({
    retry_id: z.uuid(),
    status: z.enum(['running', 'finished']),
    filter: DeadLetterFilter,
    rate_per_second: z.number().nullable(),
    count: z.int(),
    retried: z.int(),
    /** That were no dead letters any more. */
    skipped: z.int(),
    started_at: Timestamp,
    finished_at: Timestamp.nullable(),
  }),
) {}

export const DeadLetterStats = z.object({
  total: z.int(),
  /** The most frequent first. */
  by_class: z.array(z.object({ class: z.string(), count: z.int() })),
  by_type: z.array(z.object({ type: z.string(), count: z.int() })),
  /** At most an hour, a day, a week old, or older. */
  by_age: z.record(z.enum(DEAD_LETTER_AGES), z.int()),
  oldest_at: Timestamp.nullable(),
  newest_at: Timestamp.nullable(),
});
export type DeadLetterStats = z.infer<typeof DeadLetterStats>;
export class DeadLetterStatsDto extends createZodDto(DeadLetterStats) {}
