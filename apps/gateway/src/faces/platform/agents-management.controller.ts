import {
  changeAgent,
  createAgent,
  deregisterAgent,
  NO_DETAILS,
  startAgent,
  stopAgent,
  type AgentProfile,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AGENTS } from '../../projections/agents/agent.projection';
import { AgentQueries } from '../../projections/agents/agent.queries';
import { announceRevision, expectedRevision } from '../if-match';
import { presentAgent } from './agent.presenter';
import { ShownAgentDto } from './agent.schemas';
import { AgentGoneDto, ChangePlatformAgentDto, changesIn, CreatePlatformAgentDto } from './agent-changes.schemas';

const DEFAULT_AGENT_TYPE = 'llm';
const DEFAULT_MAX_CONCURRENT_TASKS = 1;

/** Rows 31, 32, 48, 50 to 53: making, changing, starting, stopping and deleting agents under `/api/v1`. */
@ApiTags('platform')
@Controller('api/v1/agents')
export class PlatformAgentManagementController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
    private readonly authentication: Authentication,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('agents:register')
  @ApiCreatedResponse({ type: ShownAgentDto })
  async create(@CurrentCall() call: Call, @Body() body: CreatePlatformAgentDto): Promise<ShownAgentDto> {
    const profile: AgentProfile = {
      name: body.name,
      agent_type: body.agent_type ?? DEFAULT_AGENT_TYPE,
      capabilities: body.capabilities ?? [],
      services: body.services ?? [],
      endpoints: body.endpoints ?? {},
      metadata: body.metadata ?? {},
      version: body.version ?? '',
      tags: body.tags ?? [],
      max_concurrent_tasks: body.max_concurrent_tasks ?? DEFAULT_MAX_CONCURRENT_TASKS,
      heartbeat_interval_seconds:
        body.heartbeat_interval_seconds ?? this.authentication.settings['agents.heartbeat_interval_seconds'],
      details: {
        labels: body.labels ?? NO_DETAILS.labels,
        assigned_targets: body.assignedTargets ?? body.assigned_targets ?? NO_DETAILS.assigned_targets,
        description: body.description ?? NO_DETAILS.description,
        role: body.role ?? NO_DETAILS.role,
        llm_provider: body.llm_provider ?? NO_DETAILS.llm_provider,
        llm_model: body.llm_model ?? NO_DETAILS.llm_model,
        system_prompt: body.system_prompt ?? NO_DETAILS.system_prompt,
        enabled_tools: body.enabled_tools ?? NO_DETAILS.enabled_tools,
        worker_id: body.worker_id ?? NO_DETAILS.worker_id,
        configuration: body.configuration ?? NO_DETAILS.configuration,
        environment: body.environment ?? NO_DETAILS.environment,
        weight: body.weight ?? NO_DETAILS.weight,
      },
    };
    const { agent_id } = await this.commands.send(call, createAgent, profile, { models: [AGENTS] });
    call.reply.header('location', `/api/v1/agents/${agent_id}`);
    return this.fresh(call, agent_id);
  }

  @Put(':id')
  @Access('agents:manage')
  @ApiOkResponse({ type: ShownAgentDto })
  put(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Body() body: ChangePlatformAgentDto,
  ): Promise<ShownAgentDto> {
    return this.change(call, idOrAlias, body);
  }

  /** The same as PUT: both documents send only what they change. */
  @Patch(':id')
  @Access('agents:manage')
  @ApiOkResponse({ type: ShownAgentDto })
  patch(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Body() body: ChangePlatformAgentDto,
  ): Promise<ShownAgentDto> {
    return this.change(call, idOrAlias, body);
  }

  /** Hidden from now on; what it did stays in the log, and `?as_of=` shows it. */
  @Delete(':id')
  @Access('agents:manage')
  @ApiOkResponse({ type: AgentGoneDto })
  async delete(@CurrentCall() call: Call, @Param('id') idOrAlias: string): Promise<AgentGoneDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    const data = { agent_id, expected_revision: expectedRevision(call) };
    const { deleted_at } = await this.commands.send(call, deregisterAgent, data, OPTIONS);
    return { deleted: true, id: agent_id, deleted_at };
  }

  @Post(':id/start')
  @HttpCode(200)
  @Access('agents:manage')
  @ApiOkResponse({ type: ShownAgentDto })
  async start(@CurrentCall() call: Call, @Param('id') idOrAlias: string): Promise<ShownAgentDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    await this.commands.send(call, startAgent, { agent_id }, OPTIONS);
    return this.fresh(call, agent_id);
  }

  @Post(':id/stop')
  @HttpCode(200)
  @Access('agents:manage')
  @ApiOkResponse({ type: ShownAgentDto })
  async stop(@CurrentCall() call: Call, @Param('id') idOrAlias: string): Promise<ShownAgentDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    await this.commands.send(call, stopAgent, { agent_id }, OPTIONS);
    return this.fresh(call, agent_id);
  }

  private async change(call: Call, idOrAlias: string, body: ChangePlatformAgentDto): Promise<ShownAgentDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    const data = { agent_id, changes: changesIn(body), expected_revision: expectedRevision(call) };
    await this.commands.send(call, changeAgent, data, OPTIONS);
    return this.fresh(call, agent_id);
  }

  private async fresh(call: Call, agentId: string): Promise<ShownAgentDto> {
    const agent = await this.agents.fresh(agentId);
    if (!agent) throw agentNotFound('/path/id');
    announceRevision(call, agent.revision);
    return presentAgent(agent);
  }
}

const OPTIONS = { models: [AGENTS], refusal: agentRefusal };

function agentRefusal(rejection: Rejection): Problem | undefined {
  return rejection.rejection === 'not_found' ? agentNotFound('/path/id') : undefined;
}
