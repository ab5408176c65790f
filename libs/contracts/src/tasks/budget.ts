import { z } from 'zod';
import { Month } from '../calendar';
import { command, event, type DataOf, type EventOf } from '../contract';
import { Currency } from '../money';
import { Id, Time, Word } from '../text';

/** Whose spending counts: everybody's, one agent's, or that for tasks of one type. */
export const BudgetScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('installation') }),
  z.object({ kind: z.literal('agent'), agent_id: Id }),
  z.object({ kind: z.literal('task_type'), task_type: Word }),
]);
export type BudgetScope = z.infer<typeof BudgetScope>;

/** From the mildest on. `throttle` gives out so many tasks a minute, `stop` none for the rest of the month. */
export const BUDGET_ACTIONS = ['warn', 'throttle', 'stop'] as const;
export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

export const BudgetThreshold = z.object({
  /** Of the monthly limit. */
  percent: z.int().min(1).max(1_000),
  action: z.enum(BUDGET_ACTIONS),
  /** Of `throttle`: tasks that are given out per minute. */
  tasks_per_minute: z.int().min(1).max(10_000).optional(),
});
export type BudgetThreshold = z.infer<typeof BudgetThreshold>;

export const DEFAULT_TASKS_PER_MINUTE = 6;

const Micros = z.int().min(0);

const BudgetTerms = z.object({
  scope: BudgetScope,
  monthly_limit_micros: Micros,
  currency: Currency,
  /** In ascending order; no percentage twice. */
  thresholds: z.array(BudgetThreshold).max(20),
});
export type BudgetTerms = z.infer<typeof BudgetTerms>;

const CATEGORY = 'budget';

/** The budget aggregate: stream `budget-<derivedId('budget', ...budgetKey(scope))>`, so that each scope has one. */
export const budgetEvents = {
  BudgetSet: event(CATEGORY, 'BudgetSet', 1, BudgetTerms.extend({ budget_id: Id, at: Time })),
  /** Once per month and threshold, unless the budget is reset or its limit raised meanwhile. */
  BudgetThresholdReached: event(
    CATEGORY,
    'BudgetThresholdReached',
    1,
    z.object({
      budget_id: Id,
      month: Month,
      percent: z.int(),
      action: z.enum(BUDGET_ACTIONS),
      /** What counted then, in millionths. */
      spent_micros: Micros,
      monthly_limit_micros: Micros,
      at: Time,
    }),
  ),
  /** What was spent in the month until now does not count against the limit any more. */
  BudgetReset: event(
    CATEGORY,
    'BudgetReset',
    1,
    z.object({ budget_id: Id, month: Month, forgiven_micros: Micros, at: Time }),
  ),
  /** May be set again later, in the same stream. */
  BudgetRemoved: event(CATEGORY, 'BudgetRemoved', 1, z.object({ budget_id: Id, at: Time })),
} as const;
export type BudgetEvent = EventOf<typeof budgetEvents>;

/** A budget as the log tells it. */
export interface BudgetDocument extends BudgetTerms {
  readonly budget_id: string;
  /** What `reached` and `forgiven_micros` speak of; null before the first. In any other month nothing was reached yet. */
  readonly month: string | null;
  readonly forgiven_micros: number;
  readonly reached: readonly { readonly percent: number; readonly spent_micros: number; readonly at: string }[];
  readonly updated_at: string;
}

/** The parts of a budget's id. */
export function budgetKey(scope: BudgetScope): readonly string[] {
  switch (scope.kind) {
    case 'installation':
      return [scope.kind];
    case 'agent':
      return [scope.kind, scope.agent_id];
    case 'task_type':
      return [scope.kind, scope.task_type];
  }
}

/** Whether so much of a limit is spent. */
export function isReached(percent: number, spentMicros: number, limitMicros: number): boolean {
  return BigInt(spentMicros) * 100n >= BigInt(percent) * BigInt(limitMicros);
}

/** The budget after one more event; every reader folds with this function. */
export function evolveBudget(budget: BudgetDocument | undefined, event: BudgetEvent): BudgetDocument | undefined {
  switch (event.type) {
    case 'BudgetSet': {
      const { at, ...terms } = event.data;
      const { month = null, forgiven_micros = 0 } = budget ?? {};
      const before = budget?.reached ?? [];
      const spent = Math.max(0, ...before.map(({ spent_micros }) => spent_micros));
      // A limit that was raised leaves some of them ahead again.
      const reached = before.filter(
        ({ percent }) =>
          terms.thresholds.some((threshold) => threshold.percent === percent) &&
          isReached(percent, spent, terms.monthly_limit_micros),
      );
      return { month, forgiven_micros, reached, ...terms, updated_at: at };
    }
    case 'BudgetThresholdReached': {
      if (!budget) return budget;
      const { month, percent, spent_micros, at } = event.data;
      const same = budget.month === month;
      const reached = [...(same ? budget.reached : []), { percent, spent_micros, at }];
      return { ...budget, month, reached, forgiven_micros: same ? budget.forgiven_micros : 0 };
    }
    case 'BudgetReset': {
      if (!budget) return budget;
      const { month, forgiven_micros, at } = event.data;
      return { ...budget, month, forgiven_micros, reached: [], updated_at: at };
    }
    case 'BudgetRemoved':
      return undefined;
    default:
      return budget;
  }
}

/** What was reached in a month, and forgiven. */
export function budgetIn(
  { month, reached, forgiven_micros }: BudgetDocument,
  asked: string,
): Pick<BudgetDocument, 'reached' | 'forgiven_micros'> {
  return month === asked ? { reached, forgiven_micros } : { reached: [], forgiven_micros: 0 };
}

/** The strictest threshold that a month has reached; of two as strict, the higher. */
export function thresholdInForce(budget: BudgetDocument, month: string): BudgetThreshold | undefined {
  const percents = new Set(budgetIn(budget, month).reached.map(({ percent }) => percent));
  const rank = ({ action }: BudgetThreshold) => BUDGET_ACTIONS.indexOf(action);
  let strictest: BudgetThreshold | undefined;
  for (const threshold of budget.thresholds) {
    if (percents.has(threshold.percent) && (!strictest || rank(threshold) >= rank(strictest))) strictest = threshold;
  }
  return strictest;
}

/** What a new budget warns of where nobody says otherwise. */
export const DEFAULT_THRESHOLDS: readonly BudgetThreshold[] = [50, 80, 100].map((percent) => ({
  percent,
  action: 'warn',
}));

/** What is absent stays; 422 `monthly_limit_required` where there is nothing yet that could. */
export const setBudget = command(
  'tasks.set_budget',
  z.object({
    scope: BudgetScope,
    monthly_limit_micros: Micros.min(1).optional(),
    currency: Currency.optional(),
    thresholds: z
      .array(BudgetThreshold)
      .max(20)
      .refine(
        (thresholds) => new Set(thresholds.map(({ percent }) => percent)).size === thresholds.length,
        'must not name a percentage twice',
      )
      .optional(),
  }),
  z.object({ budget_id: Id, at: Time }),
);
export type SetBudgetTerms = DataOf<typeof setBudget>;

/** 404 `budget_not_found` where the scope has none. */
export const resetBudget = command(
  'tasks.reset_budget',
  z.object({ scope: BudgetScope }),
  z.object({ budget_id: Id, at: Time }),
);

export const removeBudget = command(
  'tasks.remove_budget',
  z.object({ scope: BudgetScope }),
  z.object({ budget_id: Id, at: Time }),
);
