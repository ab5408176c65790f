import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, Word, text } from '../text';

/** What a breaker guards: an agent, the tasks of a type, or a target (the concurrency key that tasks name). */
export const BREAKER_KINDS = ['agent', 'task_type', 'target'] as const;
export type BreakerKind = (typeof BREAKER_KINDS)[number];

/** As a value: every agent, every type, every target, each of which gets a breaker of its own when it must be opened. */
export const EVERY = '*';

export const BreakerScope = z.object({
  kind: z.enum(BREAKER_KINDS),
  /** An agent's id, a task type, a concurrency key; `*`: each of them. */
  value: Word,
});
export type BreakerScope = z.infer<typeof BreakerScope>;

/** When it opens, for how long, and how it is tried whether it can be closed. */
export const BreakerPolicy = z.object({
  /** Failed attempts within the window that open it. */
  failure_threshold: z.int().min(1).max(10_000),
  /** Length of the window that outcomes are counted in. */
  window_seconds: z.int().min(1).max(86_400),
  /** Not opened before so many outcomes are in the window. */
  minimum_calls: z.int().min(1).max(100_000),
  /** Share of the outcomes in the window that must have failed as well; 0: the number alone decides. */
  failure_ratio: z.number().min(0).max(1),
  /** Seconds that it stays open before it lets tasks through again to try. */
  cooldown_seconds: z.number().min(0.1).max(86_400),
  /** Half-open: at most so many tasks at a time, and so many that succeed close it. */
  half_open_max: z.int().min(1).max(1_000),
});
export type BreakerPolicy = z.infer<typeof BreakerPolicy>;

/** As people choose it. The breakers that a breaker for `*` makes are called `<its name>:<value>`. */
export const BreakerName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, 'must be 1 to 100 of A-Z a-z 0-9 . _ @ -');
const AnyName = text(300, 1);

/** What was counted when it opened. */
export const BreakerCounts = z.object({ calls: z.int().min(0), failures: z.int().min(0) });
export type BreakerCounts = z.infer<typeof BreakerCounts>;

const CATEGORY = 'circuitbreaker';
const Reason = text(500);

/** A circuit breaker: stream `circuitbreaker-<derivedId('circuitbreaker', name)>`. */
export const breakerEvents = {
  /** Always the whole configuration. The first one makes it, closed; its scope stays. */
  BreakerConfigured: event(
    CATEGORY,
    'BreakerConfigured',
    1,
    BreakerPolicy.extend({
      breaker_id: Id,
      name: AnyName,
      scope: BreakerScope,
      /** The breaker for `*` that made it. It is there as long as it is not closed. */
      made_by: AnyName.optional(),
      at: Time,
    }),
  ),
  /** Holds back what it guards, until `retry_at`. */
  BreakerOpened: event(
    CATEGORY,
    'BreakerOpened',
    1,
    z.object({
      breaker_id: Id,
      at: Time,
      retry_at: Time,
      reason: z.enum(['failures', 'probe_failed']),
      counts: BreakerCounts,
      /** The task whose failure opened it. */
      task_id: Id,
    }),
  ),
  /** Lets a few tasks through, whose outcomes decide. */
  BreakerHalfOpened: event(CATEGORY, 'BreakerHalfOpened', 1, z.object({ breaker_id: Id, at: Time })),
  /** The tasks that it let through have succeeded. */
  BreakerClosed: event(CATEGORY, 'BreakerClosed', 1, z.object({ breaker_id: Id, at: Time })),
  /** Somebody holds it open, or closed, whatever happens, until it is forced the other way or reset. */
  BreakerForced: event(
    CATEGORY,
    'BreakerForced',
    1,
    z.object({ breaker_id: Id, state: z.enum(['forced_open', 'forced_closed']), reason: Reason, at: Time }),
  ),
  /** Closed, and counts from nothing. */
  BreakerReset: event(CATEGORY, 'BreakerReset', 1, z.object({ breaker_id: Id, reason: Reason, at: Time })),
  BreakerDeleted: event(CATEGORY, 'BreakerDeleted', 1, z.object({ breaker_id: Id, at: Time })),
} as const;
export type BreakerEvent = EventOf<typeof breakerEvents>;

export const BREAKER_STATES = ['closed', 'open', 'half_open', 'forced_open', 'forced_closed'] as const;
export type BreakerStateName = (typeof BREAKER_STATES)[number];

/** A breaker as the log tells it. */
export const BreakerDocument = BreakerPolicy.extend({
  breaker_id: Id,
  name: AnyName,
  scope: BreakerScope,
  made_by: AnyName.nullable(),
  state: z.enum(BREAKER_STATES),
  /** How often its state has changed: a transition that was decided on an older one is refused. */
  revision: z.int(),
  since: Time,
  /** Of the force or the reset, or why it opened. */
  reason: Reason.nullable(),
  /** While it is open: when it is half-opened. */
  retry_at: Time.nullable(),
  /** When it opened last, and on what counts. */
  opened_at: Time.nullable(),
  opened_on: BreakerCounts.nullable(),
  created_at: Time,
  updated_at: Time,
});
export type BreakerDocument = z.infer<typeof BreakerDocument>;

/** The breaker after one more event; undefined: there is none (any more). Pure; an unknown event changes nothing. */
export function evolveBreaker(breaker: BreakerDocument | undefined, event: BreakerEvent): BreakerDocument | undefined {
  if (event.type === 'BreakerConfigured') return configured(breaker, event.data);
  if (!breaker) return breaker;
  const { at } = event.data;
  switch (event.type) {
    case 'BreakerOpened': {
      const { retry_at, reason, counts } = event.data;
      return { ...moved(breaker, 'open', at), reason, retry_at, opened_at: at, opened_on: counts };
    }
    case 'BreakerHalfOpened':
      return moved(breaker, 'half_open', at);
    case 'BreakerForced':
      return { ...moved(breaker, event.data.state, at), reason: event.data.reason };
    case 'BreakerClosed':
      return breaker.made_by === null ? moved(breaker, 'closed', at) : undefined;
    case 'BreakerReset':
      return breaker.made_by === null ? { ...moved(breaker, 'closed', at), reason: event.data.reason } : undefined;
    case 'BreakerDeleted':
      return undefined;
    default:
      return breaker;
  }
}

type Configured = Extract<BreakerEvent, { type: 'BreakerConfigured' }>['data'];

function configured(breaker: BreakerDocument | undefined, { at, made_by, ...data }: Configured): BreakerDocument {
  if (breaker) return { ...breaker, ...data, updated_at: at };
  return {
    ...data,
    made_by: made_by ?? null,
    state: 'closed',
    revision: 0,
    since: at,
    reason: null,
    retry_at: null,
    opened_at: null,
    opened_on: null,
    created_at: at,
    updated_at: at,
  };
}

function moved(breaker: BreakerDocument, state: BreakerStateName, since: string): BreakerDocument {
  return { ...breaker, state, since, revision: breaker.revision + 1, reason: null, retry_at: null };
}
