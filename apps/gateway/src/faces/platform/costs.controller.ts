import { addDays, changeSettings, dayOf } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Get, Inject, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { COSTS } from '../../projections/costs/cost.projection';
import { CostQueries, EVER } from '../../projections/costs/cost.queries';
import { Freshness } from '../../projections/moment';
import {
  periodsAt,
  presentAgents,
  presentDays,
  presentProviders,
  presentSummary,
  type CostCalendar,
} from './cost.presenter';
import {
  AgentCostDto,
  AgentCostQueryDto,
  CostQueryDto,
  CostSummaryDto,
  DailyCostDto,
  DailyCostQueryDto,
  PricesDto,
  ProviderCostDto,
} from './cost.schemas';
import { costCalendar } from './cost.terms';
import { announcePage } from './paging';

/** Rows 106 to 109: what usage has cost, by the price table as it is now. */
@ApiTags('costs')
@Controller('api/v1/cost')
export class CostsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly costs: CostQueries,
    private readonly freshness: Freshness,
    private readonly authentication: Authentication,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('summary')
  @Access('costs:read')
  @ApiOkResponse({ type: CostSummaryDto })
  async summary(@Query() { at_least }: CostQueryDto): Promise<CostSummaryDto> {
    await this.freshness.seen(COSTS, at_least);
    const calendar = this.calendar();
    const { prices } = calendar;
    const { today, last_30_days, last_month } = periodsAt(calendar);
    const from = last_month.from < last_30_days.from ? last_month.from : last_30_days.from;
    const [ever, daily] = await Promise.all([
      this.costs.usage({ ...EVER, prices }),
      this.costs.usage({ from, to: today.to, by: { day: true }, prices }),
    ]);
    return presentSummary(ever, daily, calendar);
  }

  /** The last so many days, today included. */
  @Get('daily')
  @Access('costs:read')
  @ApiOkResponse({ type: [DailyCostDto] })
  async daily(@Query() { days, at_least }: DailyCostQueryDto): Promise<DailyCostDto[]> {
    await this.freshness.seen(COSTS, at_least);
    const calendar = this.calendar();
    const span = lastDays(calendar, days);
    const rows = await this.costs.usage({ ...span, by: { day: true }, prices: calendar.prices });
    return presentDays(rows, span, calendar);
  }

  @Get('by-agent')
  @Access('costs:read')
  @ApiOkResponse({ type: [AgentCostDto] })
  async byAgent(
    @CurrentCall() call: Call,
    @Query() { days, limit, offset, at_least }: AgentCostQueryDto,
  ): Promise<AgentCostDto[]> {
    await this.freshness.seen(COSTS, at_least);
    const calendar = this.calendar();
    const rows = await this.costs.usage({
      ...{ ...lastDays(calendar, days), by: { agent: true } },
      prices: calendar.prices,
    });
    const ids = new Set(rows.flatMap(({ agent_id }) => agent_id ?? []));
    const agents = presentAgents(rows, await this.costs.agentNames([...ids]), calendar);
    announcePage(call, { total: agents.length, limit, offset });
    return agents.slice(offset, offset + limit);
  }

  @Get('by-provider')
  @Access('costs:read')
  @ApiOkResponse({ type: [ProviderCostDto] })
  async byProvider(@Query() { days, at_least }: DailyCostQueryDto): Promise<ProviderCostDto[]> {
    await this.freshness.seen(COSTS, at_least);
    const calendar = this.calendar();
    const rows = await this.costs.usage({ ...lastDays(calendar, days), prices: calendar.prices });
    return presentProviders(rows, calendar);
  }

  @Get('prices')
  @Access('costs:read')
  @ApiOkResponse({ type: PricesDto })
  prices(): PricesDto {
    return { prices: [...this.calendar().prices] };
  }

  /** The setting `costs.prices`. Costs of the past follow it at once, from each price's first day on. */
  @Put('prices')
  @Access('costs:manage')
  @ApiOkResponse({ type: PricesDto })
  async changePrices(@CurrentCall() call: Call, @Body() { prices }: PricesDto): Promise<PricesDto> {
    await this.commands.send(call, changeSettings, { changes: [{ name: 'costs.prices', value: prices }] });
    return { prices };
  }

  private calendar(): CostCalendar {
    return costCalendar(this.authentication.settings, this.clock.now());
  }
}

function lastDays({ now, timeZone }: CostCalendar, days: number) {
  const to = dayOf(now, timeZone);
  return { from: addDays(to, 1 - days), to };
}
