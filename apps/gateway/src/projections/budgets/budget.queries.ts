import type { BudgetDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { budgetProjection } from './budget.projection';

/** Reads of the model `budgets`. */
export class BudgetQueries extends DocumentReader<BudgetDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, budgetProjection);
  }

  /** Every one there is: one per scope that somebody set. */
  async all(): Promise<BudgetDocument[]> {
    const { rows } = await this.database.query<{ document: BudgetDocument }>({
      name: 'list_budgets',
      text: 'select document from read_models.budgets order by id',
    });
    return rows.map(({ document }) => document);
  }
}
