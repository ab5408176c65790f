import { z } from 'zod';
import { command, event, query, type DataOf, type EventOf } from '../contract';
import { isPriorityName } from '../priority';
import { Id, Time, text } from '../text';

/** What a limit counts by: the task's type, its concurrency key, or the band of its priority (its queue). */
export const DISPATCH_LIMIT_SCOPES = ['task_type', 'concurrency_key', 'queue'] as const;
export const DispatchLimitScope = z.enum(DISPATCH_LIMIT_SCOPES);
export type DispatchLimitScope = z.infer<typeof DispatchLimitScope>;

/** Each value of the scope by itself, unless it has a limit of its own. */
export const EVERY_VALUE = '*';

export const DispatchRate = z.object({
  /** So many at once, and then … */
  tasks: z.int().min(1).max(1_000_000),
  /** … evenly so many in these seconds. */
  per_seconds: z.number().min(1).max(86_400),
});
export type DispatchRate = z.infer<typeof DispatchRate>;

/** At least one of them is said. */
export const DispatchLimitTerms = z.object({
  /** Tasks that agents have at a time; 0 gives out none. */
  max_concurrent: z.int().min(0).max(1_000_000).optional(),
  rate: DispatchRate.optional(),
});
export type DispatchLimitTerms = z.infer<typeof DispatchLimitTerms>;

export const DispatchLimitTarget = z.object({ scope: DispatchLimitScope, value: text(128, 1) });
export type DispatchLimitTarget = z.infer<typeof DispatchLimitTarget>;

/** A queue that there is, or any value of another scope. */
export function isLimitable({ scope, value }: DispatchLimitTarget): boolean {
  return scope !== 'queue' || value === EVERY_VALUE || isPriorityName(value);
}

const CATEGORY = 'dispatchlimit';

/** A dispatch limit: stream `dispatchlimit-<derivedId('dispatchlimit', scope, value)>`, so that each value has one. */
export const dispatchLimitEvents = {
  /** Always all of it: what is absent is not limited. */
  DispatchLimitSet: event(
    CATEGORY,
    'DispatchLimitSet',
    1,
    DispatchLimitTarget.extend({ limit_id: Id, ...DispatchLimitTerms.shape, at: Time }),
  ),
  DispatchLimitRemoved: event(
    CATEGORY,
    'DispatchLimitRemoved',
    1,
    DispatchLimitTarget.extend({ limit_id: Id, at: Time }),
  ),
} as const;
export type DispatchLimitEvent = EventOf<typeof dispatchLimitEvents>;

export const DispatchLimitDocument = DispatchLimitTarget.extend({
  limit_id: Id,
  ...DispatchLimitTerms.shape,
  created_at: Time,
  updated_at: Time,
});
export type DispatchLimitDocument = z.infer<typeof DispatchLimitDocument>;

/** The limit after one more event; every reader folds with this function. */
export function evolveDispatchLimit(
  limit: DispatchLimitDocument | undefined,
  event: DispatchLimitEvent,
): DispatchLimitDocument | undefined {
  switch (event.type) {
    case 'DispatchLimitSet': {
      const { at, ...terms } = event.data;
      return { ...terms, created_at: limit?.created_at ?? at, updated_at: at };
    }
    case 'DispatchLimitRemoved':
      return undefined;
    default:
      return limit;
  }
}

/** Replaces the limit of that value. */
export const setDispatchLimit = command(
  'tasks.set_dispatch_limit',
  DispatchLimitTarget.extend(DispatchLimitTerms.shape)
    .refine(isLimitable, { path: ['value'], message: 'must be a queue or *' })
    .refine(({ max_concurrent, rate }) => max_concurrent !== undefined || rate !== undefined, {
      message: 'must limit something',
    }),
  z.object({ limit_id: Id, created: z.boolean(), limit: DispatchLimitDocument }),
);
export type SetDispatchLimitData = DataOf<typeof setDispatchLimit>;

/** 404 `dispatch_limit_not_found` where that value has none of its own. */
export const removeDispatchLimit = command(
  'tasks.remove_dispatch_limit',
  DispatchLimitTarget,
  z.object({ limit_id: Id, removed_at: Time }),
);

/** The limits in force, by scope and value, and what counts against them now. */
export const listDispatchLimits = query(
  'tasks.list_dispatch_limits',
  z.object({
    limit: z.int().min(1).max(200).default(100),
    offset: z.int().min(0).default(0),
    at_least: z.int().optional(),
  }),
  z.object({
    total: z.int(),
    limits: z.array(
      DispatchLimitDocument.extend({
        /** Tasks of that value that agents have now; absent for `*`. */
        running: z.int().optional(),
      }),
    ),
  }),
);
