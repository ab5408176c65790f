import { dayOf, microsOf, monthOf, removeBudget, resetBudget, setBudget, type BudgetScope } from '@ao/contracts';
import type { Clock, Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem, invalidField } from '../../http/problem';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AgentQueries } from '../../projections/agents/agent.queries';
import { BUDGETS } from '../../projections/budgets/budget.projection';
import { BudgetQueries } from '../../projections/budgets/budget.queries';
import { COSTS } from '../../projections/costs/cost.projection';
import { CostQueries } from '../../projections/costs/cost.queries';
import type { UsageRow } from '../../projections/costs/cost.report';
import { Freshness } from '../../projections/moment';
import { presentBudget, type CostCalendar } from './cost.presenter';
import {
  BudgetBodyDto,
  BudgetRemovedDto,
  BudgetScopeDto,
  BudgetsDto,
  CostQueryDto,
  ShownBudgetDto,
} from './cost.schemas';
import { costCalendar } from './cost.terms';

const INSTALLATION: BudgetScope = { kind: 'installation' };

const WRITE = {
  models: [BUDGETS],
  refusal: ({ code }: Rejection): Problem | undefined => {
    if (code === 'budget_not_found') return new Problem(404, code, 'Budget not found');
    if (code === 'monthly_limit_required')
      return invalidField('/monthly_limit', 'is required for a new budget', 422, code);
    return undefined;
  },
};

/** Rows 110 and 111: what may be spent in a month, and what happens when it is. */
@ApiTags('costs')
@Controller('api/v1/cost/budget')
export class BudgetsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly budgets: BudgetQueries,
    private readonly costs: CostQueries,
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
    private readonly freshness: Freshness,
    private readonly authentication: Authentication,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('costs:read')
  @ApiOkResponse({ type: BudgetsDto })
  async show(@Query() { at_least }: CostQueryDto): Promise<BudgetsDto> {
    await this.freshness.seen(COSTS, at_least);
    await this.freshness.seen(BUDGETS, at_least);
    const calendar = this.calendar();
    const [budgets, rows] = await Promise.all([this.budgets.all(), this.usage(calendar)]);
    const own = budgets.find(({ scope }) => scope.kind === 'installation');
    const others = budgets.filter((budget) => budget !== own);
    return {
      ...presentBudget(INSTALLATION, own, rows, calendar),
      budgets: others.map((budget) => presentBudget(budget.scope, budget, rows, calendar)),
    };
  }

  /** Sets or changes one; what is absent stays. */
  @Put()
  @Access('costs:manage')
  @ApiOkResponse({ type: ShownBudgetDto })
  async set(@CurrentCall() call: Call, @Body() body: BudgetBodyDto): Promise<ShownBudgetDto> {
    const scope = await this.scopeOf(call, body, '');
    if (scope.kind === 'agent' && !(await this.agents.fresh(scope.agent_id))) throw agentNotFound('/agent_id');
    const { monthly_limit, currency, alert_thresholds: thresholds } = body;
    const terms = {
      ...(monthly_limit !== undefined && { monthly_limit_micros: microsOf(monthly_limit) }),
      ...{ scope, currency, thresholds },
    };
    const { budget_id } = await this.commands.send(call, setBudget, terms, WRITE);
    return this.fresh(scope, budget_id);
  }

  /** What was spent in the month until now does not count any more: what was throttled or stopped goes on. */
  @Post('reset')
  @HttpCode(200)
  @Access('costs:manage')
  @ApiOkResponse({ type: ShownBudgetDto })
  async reset(@CurrentCall() call: Call, @Body() body: BudgetScopeDto): Promise<ShownBudgetDto> {
    const scope = await this.scopeOf(call, body, '');
    const { budget_id } = await this.commands.send(call, resetBudget, { scope }, WRITE);
    return this.fresh(scope, budget_id);
  }

  @Delete()
  @Access('costs:manage')
  @ApiOkResponse({ type: BudgetRemovedDto })
  async remove(@CurrentCall() call: Call, @Query() query: BudgetScopeDto): Promise<BudgetRemovedDto> {
    const scope = await this.scopeOf(call, query, '/query');
    const { budget_id, at } = await this.commands.send(call, removeBudget, { scope }, WRITE);
    return { deleted: true, id: budget_id, deleted_at: at };
  }

  private async scopeOf(call: Call, { agent_id, task_type }: BudgetScopeDto, pointer: string): Promise<BudgetScope> {
    if (task_type !== undefined) return { kind: 'task_type', task_type };
    if (agent_id === undefined) return INSTALLATION;
    return { kind: 'agent', agent_id: await this.directory.require(call, agent_id, `${pointer}/agent_id`) };
  }

  private async fresh(scope: BudgetScope, budgetId: string): Promise<ShownBudgetDto> {
    const calendar = this.calendar();
    const [budget, rows] = await Promise.all([this.budgets.fresh(budgetId), this.usage(calendar)]);
    return presentBudget(scope, budget, rows, calendar);
  }

  /** This month's. */
  private usage({ now, timeZone, prices }: CostCalendar): Promise<UsageRow[]> {
    const today = dayOf(now, timeZone);
    const by = { agent: true, taskType: true };
    return this.costs.usage({ from: `${monthOf(today)}-01`, to: `${monthOf(today)}-31`, by, prices });
  }

  private calendar(): CostCalendar {
    return costCalendar(this.authentication.settings, this.clock.now());
  }
}
