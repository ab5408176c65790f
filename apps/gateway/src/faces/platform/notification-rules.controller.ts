import { changeRule, createRule, deleteRule, dryRunRule, type RuleDocument, type RuleTerms } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField, type Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { NOTIFICATION_RULES } from '../../projections/notification-rules/rule.projection';
import { RuleQueries } from '../../projections/notification-rules/rule.queries';
import { UserQueries } from '../../projections/users/user.queries';
import { eventsOf, presentRule } from './notification-rule.presenter';
import {
  NewRuleDryRunDto,
  NewRuleDto,
  RuleChangesDto,
  RuleDryRunDto,
  RuleDryRunReportDto,
  RuleListQueryDto,
  RuleQueryDto,
  ShownRuleDto,
} from './notification-rule.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { DeletedDto } from './user.schemas';

const WHAT = 'Notification rule';
/** 200,000 events are looked at in some seconds; asked again after half of it, it is still the same run. */
const DRY_RUN_TIMEOUT_MS = 60_000;

/** Rows 153 to 156: what is told when, to whom and where. */
@ApiTags('notifications')
@Controller('api/v1/notifications/rules')
export class NotificationRulesController {
  constructor(
    private readonly commands: CommandPath,
    private readonly rules: RuleQueries,
    private readonly users: UserQueries,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('notifications:manage')
  @ApiOkResponse({ type: [ShownRuleDto] })
  async list(@CurrentCall() call: Call, @Query() query: RuleListQueryDto): Promise<ShownRuleDto[]> {
    await this.freshness.seen(NOTIFICATION_RULES, query.at_least);
    const { enabled, limit, offset } = query;
    const { rules, total } = await this.rules.list({ enabled, limit, offset });
    announcePage(call, { total, limit, offset });
    return rules.map(presentRule);
  }

  @Post()
  @Access('notifications:manage')
  @ApiCreatedResponse({ type: ShownRuleDto })
  async create(@CurrentCall() call: Call, @Body() { event, ...body }: NewRuleDto): Promise<ShownRuleDto> {
    const terms = { ...body, events: eventsOf({ event, events: body.events }) ?? [] };
    await this.requireUsers(terms);
    const { rule_id } = await this.commands.send(call, createRule, terms, { models: [NOTIFICATION_RULES] });
    call.reply.header('location', `/api/v1/notifications/rules/${rule_id}`);
    return this.fresh(rule_id);
  }

  /** What a rule would have sent that there is not yet; nothing is sent. */
  @Post('dry-run')
  @HttpCode(200)
  @Access('notifications:manage')
  @ApiOkResponse({ type: RuleDryRunReportDto })
  async dryRunOfNew(
    @CurrentCall() call: Call,
    @Body() { hours, event, ...body }: NewRuleDryRunDto,
  ): Promise<RuleDryRunReportDto> {
    const terms = { ...body, events: eventsOf({ event, events: body.events }) ?? [] };
    return this.commands.query(call, dryRunRule, { terms, hours }, { timeoutMs: DRY_RUN_TIMEOUT_MS });
  }

  @Get(':id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: ShownRuleDto })
  async show(@Param('id') param: string, @Query() { at_least }: RuleQueryDto): Promise<ShownRuleDto> {
    const rule_id = pathId(param, WHAT);
    await this.freshness.seen(NOTIFICATION_RULES, at_least);
    return shown(await this.rules.find(rule_id));
  }

  /** From now on: what it has gathered by then is told by its new terms, or not at all where it is disabled. */
  @Put(':id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: ShownRuleDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { event, ...body }: RuleChangesDto,
  ): Promise<ShownRuleDto> {
    const rule_id = pathId(param, WHAT);
    const changes = { ...body, events: eventsOf({ event, events: body.events }) };
    await this.requireUsers(changes);
    await this.commands.send(call, changeRule, { ...changes, rule_id }, WRITE);
    return this.fresh(rule_id);
  }

  @Delete(':id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const rule_id = pathId(param, WHAT);
    const { deleted_at } = await this.commands.send(call, deleteRule, { rule_id }, WRITE);
    return { deleted: true, id: rule_id, deleted_at };
  }

  /** What it would have sent in the last hours, had it been there and enabled; nothing is sent. */
  @Post(':id/dry-run')
  @HttpCode(200)
  @Access('notifications:manage')
  @ApiOkResponse({ type: RuleDryRunReportDto })
  async dryRun(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { hours }: RuleDryRunDto,
  ): Promise<RuleDryRunReportDto> {
    const rule_id = pathId(param, WHAT);
    return this.commands.query(call, dryRunRule, { rule_id, hours }, { ...WRITE, timeoutMs: DRY_RUN_TIMEOUT_MS });
  }

  /** @throws Problem 422 for a person that there is not */
  private async requireUsers({ recipients }: Partial<RuleTerms>): Promise<void> {
    const { users = [] } = recipients ?? {};
    const known = await this.users.findMany(users);
    for (const [index, id] of users.entries()) {
      if (known.has(id) || (await this.users.fresh(id))) continue;
      throw invalidField(`/recipients/users/${index}`, 'names no user');
    }
  }

  private async fresh(id: string): Promise<ShownRuleDto> {
    return shown(await this.rules.fresh(id));
  }
}

function shown(rule: RuleDocument | undefined): ShownRuleDto {
  if (!rule) throw notFound(WHAT);
  return presentRule(rule);
}

const WRITE = {
  models: [NOTIFICATION_RULES],
  refusal: ({ rejection }: Rejection): Problem | undefined => (rejection === 'not_found' ? notFound(WHAT) : undefined),
};
