import { changeAgent, createAgent, deregisterAgent, NO_DETAILS, type AgentProfile } from '@ao/contracts';
import { type Clock, type Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AGENTS } from '../../projections/agents/agent.projection';
import { AgentQueries, type AgentNow } from '../../projections/agents/agent.queries';
import { Freshness } from '../../projections/moment';
import { announceRevision, expectedRevision } from '../if-match';
import { ListQueryDto } from '../query.schemas';
import { presentDetailed, presentListed } from './agent.presenter';
import {
  AgentDeletedDto,
  AgentEnvelopeDto,
  AgentPageDto,
  CreateAgentDto,
  OperationsAgentListQueryDto,
  UpdateAgentDto,
} from './agent.schemas';

const DEFAULT_MAX_CONCURRENT_TASKS = 10;
const POINTER = '/path/agent_id';

/** Rows 15 to 19: agents as the operations document (seed 001) speaks of them. */
@ApiTags('operations')
@Controller('v1/agents')
export class OperationsAgentsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
    private readonly freshness: Freshness,
    private readonly authentication: Authentication,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('agents:read')
  @ApiOkResponse({ type: AgentPageDto })
  async list(@Query() query: OperationsAgentListQueryDto): Promise<AgentPageDto> {
    const { page, limit, status, type } = query;
    await this.freshness.seen(AGENTS, query.at_least);
    const { agents, total } = await this.agents.list({
      ...(status && { status: { of: 'operations', word: status } }),
      ...(type !== undefined && { agentType: type }),
      limit,
      offset: (page - 1) * limit,
    });
    const work = await this.agents.workOf(agents.map(({ agent_id }) => agent_id));
    return {
      data: agents.map((agent) => presentListed(agent, work.get(agent.agent_id))),
      pagination: { page, limit, total, pages: Math.ceil(total / limit) },
    };
  }

  @Get(':agent_id')
  @Access('agents:read')
  @ApiOkResponse({ type: AgentEnvelopeDto })
  async show(
    @CurrentCall() call: Call,
    @Param('agent_id') idOrAlias: string,
    @Query() { at_least }: ListQueryDto,
  ): Promise<AgentEnvelopeDto> {
    await this.freshness.seen(AGENTS, at_least);
    return this.present(call, await this.agents.find(await this.directory.require(call, idOrAlias)));
  }

  @Post()
  @HttpCode(201)
  @Access('agents:register')
  @ApiCreatedResponse({ type: AgentEnvelopeDto })
  async create(@CurrentCall() call: Call, @Body() body: CreateAgentDto): Promise<AgentEnvelopeDto> {
    const { name, type, configuration, environment, capabilities, version } = body;
    const profile: AgentProfile = {
      ...{ name, capabilities, version, agent_type: type },
      ...{ services: [], endpoints: {}, metadata: {}, tags: [] },
      max_concurrent_tasks: concurrencyIn(configuration) ?? DEFAULT_MAX_CONCURRENT_TASKS,
      heartbeat_interval_seconds: this.authentication.settings['agents.heartbeat_interval_seconds'],
      details: { ...NO_DETAILS, configuration, environment },
    };
    const { agent_id } = await this.commands.send(call, createAgent, profile, { models: [AGENTS] });
    call.reply.header('location', `/v1/agents/${agent_id}`);
    return this.fresh(call, agent_id);
  }

  @Put(':agent_id')
  @Access('agents:manage')
  @ApiOkResponse({ type: AgentEnvelopeDto })
  async update(
    @CurrentCall() call: Call,
    @Param('agent_id') idOrAlias: string,
    @Body() body: UpdateAgentDto,
  ): Promise<AgentEnvelopeDto> {
    const agent_id = await this.directory.require(call, idOrAlias);
    const { name, type, configuration, environment, capabilities, version } = body;
    const changes = {
      ...{ name, capabilities, version, agent_type: type },
      max_concurrent_tasks: configuration && concurrencyIn(configuration),
      details: { configuration, environment },
    };
    const data = { agent_id, changes, expected_revision: expectedRevision(call) };
    await this.commands.send(call, changeAgent, data, { models: [AGENTS], refusal: agentRefusal });
    return this.fresh(call, agent_id);
  }

  @Delete(':agent_id')
  @Access('agents:manage')
  @ApiOkResponse({ type: AgentDeletedDto })
  async delete(@CurrentCall() call: Call, @Param('agent_id') idOrAlias: string): Promise<AgentDeletedDto> {
    const agent_id = await this.directory.require(call, idOrAlias);
    const data = { agent_id, expected_revision: expectedRevision(call) };
    const options = { models: [AGENTS], refusal: agentRefusal };
    const { deleted_at } = await this.commands.send(call, deregisterAgent, data, options);
    return { message: 'Agent deleted successfully', deleted_at };
  }

  /** What was just written, as the log has it. */
  private async fresh(call: Call, agentId: string): Promise<AgentEnvelopeDto> {
    return this.present(call, await this.agents.fresh(agentId));
  }

  private async present(call: Call, agent: AgentNow | undefined): Promise<AgentEnvelopeDto> {
    if (!agent) throw agentNotFound(POINTER);
    const work = await this.agents.workOf([agent.agent_id]);
    announceRevision(call, agent.revision);
    return { data: presentDetailed(agent, work.get(agent.agent_id), this.clock.now()) };
  }
}

function concurrencyIn({ max_concurrent_tasks: most }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof most === 'number' ? most : undefined;
}

function agentRefusal(rejection: Rejection): Problem | undefined {
  return rejection.rejection === 'not_found' ? agentNotFound(POINTER) : undefined;
}
