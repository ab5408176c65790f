import {
  DEFAULT_THRESHOLDS,
  budgetEvents,
  budgetIn,
  evolveBudget,
  isReached,
  schemaVersionsOf,
  type BudgetDocument,
  type BudgetEvent,
  type BudgetTerms,
  type SetBudgetTerms,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';

/** Undefined: the scope has none. */
export type BudgetState = BudgetDocument | undefined;

/** `default_currency`: of a new budget that names none. */
export type SetBudget = Command<
  'SetBudget',
  SetBudgetTerms & { readonly budget_id: string; readonly default_currency: string }
>;
/** So much of the month counts against the limit now: what thresholds that has reached is for the decider to say. */
export type CountSpending = Command<
  'CountSpending',
  { readonly budget_id: string; readonly month: string; readonly spent_micros: number }
>;
export type ResetBudget = Command<
  'ResetBudget',
  { readonly budget_id: string; readonly month: string; readonly spent_micros: number }
>;
export type RemoveBudget = Command<'RemoveBudget', { readonly budget_id: string }>;
export type BudgetCommand = SetBudget | CountSpending | ResetBudget | RemoveBudget;

export const budgetDecider: Decider<BudgetState, BudgetCommand, BudgetEvent> = {
  initialState: () => undefined,
  evolve: evolveBudget,
  decide(command, budget): Decision<BudgetEvent> {
    const { data, type } = command;
    const at = command.metadata.time;
    const { budget_id } = data;
    switch (type) {
      case 'SetBudget':
        return set(command, budget);
      case 'CountSpending':
        return accept(budget ? thresholdsReached(command, budget) : []);
      case 'ResetBudget': {
        if (!budget) return missing('reset', budget_id);
        const { month, spent_micros: forgiven_micros } = data;
        return accept([{ type: 'BudgetReset', data: { budget_id, month, forgiven_micros, at } }], { budget_id, at });
      }
      case 'RemoveBudget':
        if (!budget) return missing('remove', budget_id);
        return accept([{ type: 'BudgetRemoved', data: { budget_id, at } }], { budget_id, at });
      default:
        return assertNever(type);
    }
  },
};

function set({ data, metadata }: SetBudget, budget: BudgetState): Decision<BudgetEvent> {
  const { budget_id, scope, default_currency } = data;
  const {
    monthly_limit_micros = budget?.monthly_limit_micros,
    currency = budget?.currency ?? default_currency,
    thresholds = budget?.thresholds ?? DEFAULT_THRESHOLDS,
  } = data;
  if (monthly_limit_micros === undefined) {
    const why = 'it is new and has no monthly limit';
    const message = `Expected to set budget '${budget_id}', but ${why}`;
    return reject('invalid', 'monthly_limit_required', message, '/monthly_limit_micros');
  }
  const inOrder = [...thresholds].sort((a, b) => a.percent - b.percent);
  const terms: BudgetTerms = { scope, monthly_limit_micros, currency, thresholds: inOrder };
  if (budget && isSameJson(terms, termsOf(budget))) return accept([], { budget_id, at: budget.updated_at });
  const at = metadata.time;
  return accept([{ type: 'BudgetSet', data: { budget_id, ...terms, at } }], { budget_id, at });
}

function termsOf({ scope, monthly_limit_micros, currency, thresholds }: BudgetDocument): BudgetTerms {
  return { scope, monthly_limit_micros, currency, thresholds };
}

/** Each once in a month: counting again finds them reached. */
function thresholdsReached({ data, metadata }: CountSpending, budget: BudgetDocument): BudgetEvent[] {
  const { budget_id, month } = data;
  const { reached, forgiven_micros } = budgetIn(budget, month);
  const { monthly_limit_micros } = budget;
  const spent_micros = Math.max(0, data.spent_micros - forgiven_micros);
  return budget.thresholds
    .filter(({ percent }) => isReached(percent, spent_micros, monthly_limit_micros))
    .filter(({ percent }) => !reached.some((before) => before.percent === percent))
    .map(({ percent, action }) => ({
      type: 'BudgetThresholdReached',
      data: { budget_id, month, percent, action, spent_micros, monthly_limit_micros, at: metadata.time },
    }));
}

function missing(verb: string, budgetId: string): Rejection {
  return reject('not_found', 'budget_not_found', `Expected to ${verb} budget '${budgetId}', but there is none`);
}

/** Stream `budget-<derivedId('budget', ...budgetKey(scope))>`. */
export const budgetAggregate: Aggregate<BudgetState, BudgetCommand, BudgetEvent> = {
  category: 'budget',
  decider: budgetDecider,
  schemaVersions: schemaVersionsOf(budgetEvents),
  freshIds: 0,
};
