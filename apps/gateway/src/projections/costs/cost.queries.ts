import { join } from 'node:path';
import type { Price } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import type { Pool } from 'pg';
import type { UsageRow } from './cost.report';

const USAGE = sqlFile(join(__dirname, 'sql', 'usage.sql'));

/** All the days there are. */
export const EVER = { from: '0000-00-00', to: '9999-99-99' } as const;

export interface UsageQuery {
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  /** What to tell apart besides providers and models. */
  readonly by?: { readonly day?: boolean; readonly agent?: boolean; readonly taskType?: boolean };
  readonly prices: readonly Price[];
}

type Row = Omit<UsageRow, 'cost'> & { readonly cost_currency: string | null; readonly cost_micros: number };

/** Reads of the model `costs`. */
export class CostQueries {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Sums, each of usage that has one price. */
  async usage({ from, to, by = {}, prices }: UsageQuery): Promise<UsageRow[]> {
    const begins = [...new Set(prices.map(({ effective_from }) => effective_from))].sort();
    const { rows } = await this.pool.query<Row>({
      name: 'cost_usage',
      text: USAGE,
      values: [from, to, begins, by.day ?? false, by.agent ?? false, by.taskType ?? false],
    });
    return rows.map(({ cost_currency, cost_micros, ...row }) => ({
      ...row,
      cost: cost_currency === null ? null : { micros: cost_micros, currency: cost_currency },
    }));
  }

  /** Of those that there are or were. */
  async agentNames(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.pool.query<{ id: string; name: string }>({
      name: 'cost_agent_names',
      text: `select id, document ->> 'name' as name from read_models.agents where id = any($1)`,
      values: [ids],
    });
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
