import { evolveBudget, type BudgetDocument, type BudgetEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const BUDGETS = 'budgets';

/** One row per budget that there is. */
export const budgetProjection: Projection<BudgetDocument> = {
  name: BUDGETS,
  version: 1,
  categories: ['budget'],
  table: 'read_models.budgets',
  key: (event) => idOf(event.stream_id),
  evolve: (budget, event) => evolveBudget(budget, event as RecordedEvent & BudgetEvent),
};
