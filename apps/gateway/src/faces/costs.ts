import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { BudgetQueries } from '../projections/budgets/budget.queries';
import { CostQueries } from '../projections/costs/cost.queries';
import { AgentUsageController } from './platform/agent-usage.controller';
import { BudgetsController } from './platform/budgets.controller';
import { CostsController } from './platform/costs.controller';
import { TaskUsageController } from './platform/task-usage.controller';

/** The routes of usage, costs and budgets. */
export const costControllers = [CostsController, BudgetsController, AgentUsageController, TaskUsageController];

export const costProviders = [
  made(CostQueries, [POOL], (pool: Pool) => new CostQueries(pool)),
  made(BudgetQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new BudgetQueries(pool, log)),
];
