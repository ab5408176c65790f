import { z } from 'zod';
import { command, event, query, type EventOf } from '../contract';
import { Id, Time, Word } from '../text';

/** The class of a failure that has none. */
export const UNCLASSIFIED = 'unclassified';

/** Which dead letters; absent: all. */
export const DeadLetterFilter = z.object({
  /** Of the failure; UNCLASSIFIED: those without. */
  failure_class: Word.optional(),
  type: Word.optional(),
  /** Of the latest assignment. */
  agent_id: Id.optional(),
  /** Dead-lettered then or later. */
  since: Time.optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

const RatePerSecond = z.number().min(0.01).max(10_000);
const CATEGORY = 'deadletterretry';
/** Of a part that was done and cut off before it was told, nothing is counted: its tasks are retried all the same. */
const Counted = { retried: z.int().min(0), skipped: z.int().min(0) };

/** The retry of many dead letters, stream `deadletterretry-<uuid>`: what is left of it goes on after any stop. */
export const deadLetterRetryEvents = {
  DeadLetterRetryStarted: event(
    CATEGORY,
    'DeadLetterRetryStarted',
    1,
    z.object({
      retry_id: Id,
      filter: DeadLetterFilter,
      /** The tasks become ready one after another at this rate; absent: at once. */
      rate_per_second: RatePerSecond.optional(),
      /** Position of the log: what is dead-lettered later is not meant. */
      until: z.int().min(0),
      /** How many there were. */
      count: z.int().min(0),
      started_at: Time,
    }),
  ),
  /** Those up to `through` are done. */
  DeadLetterRetryAdvanced: event(
    CATEGORY,
    'DeadLetterRetryAdvanced',
    1,
    z.object({ retry_id: Id, through: z.int().min(0), ...Counted, at: Time }),
  ),
  DeadLetterRetryFinished: event(
    CATEGORY,
    'DeadLetterRetryFinished',
    1,
    z.object({ retry_id: Id, ...Counted, finished_at: Time }),
  ),
} as const;
export type DeadLetterRetryEvent = EventOf<typeof deadLetterRetryEvents>;

/** Retries every dead letter that the filter names, a part at a time, whoever waits for it. */
export const retryDeadLetters = command(
  'tasks.retry_dead_letters',
  z.object({ filter: DeadLetterFilter, rate_per_second: RatePerSecond.optional() }),
  z.object({ retry_id: Id, count: z.int(), started_at: Time }),
);

/** How many that would be. */
export const countDeadLetters = query(
  'tasks.count_dead_letters',
  z.object({ filter: DeadLetterFilter }),
  z.object({ count: z.int() }),
);

/** How far it is. */
export const deadLetterRetry = query(
  'tasks.dead_letter_retry',
  z.object({ retry_id: Id }),
  z.object({
    retry_id: Id,
    status: z.enum(['running', 'finished']),
    filter: DeadLetterFilter,
    rate_per_second: RatePerSecond.nullable(),
    count: z.int(),
    retried: z.int(),
    /** That were no dead letters any more. */
    skipped: z.int(),
    started_at: Time,
    finished_at: Time.nullable(),
  }),
);
