import { findAgents, recordHeartbeat, registerAgent, reportAgentStatus, type AgentDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { isoTime, streamId, type Clock } from '@ao/kernel';
import { CLOCK, EVENT_LOG } from '@ao/platform';
import { foldAsOf } from '@ao/projections';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AGENTS, agentProjection } from '../../projections/agents/agent.projection';
import { AgentQueries, NO_TELEMETRY, type AgentNow } from '../../projections/agents/agent.queries';
import { Freshness } from '../../projections/moment';
import { ListQueryDto, OneQueryDto } from '../query.schemas';
import { presentAgent } from './agent.presenter';
import {
  AgentRegisteredDto,
  AgentShownDto,
  AgentsDiscoveredDto,
  DiscoverAgentsDto,
  HeartbeatDto,
  HeartbeatReceivedDto,
  RegisterAgentDto,
  StatusUpdatedDto,
  UpdateStatusDto,
} from './agent.schemas';

const DEFAULT_MAX_CONCURRENT_TASKS = 10;

/** Rows 1 to 5: agents as the coordinator's document (seed 000) speaks of them. */
@ApiTags('coordinator')
@Controller('agents')
export class CoordinatorAgentsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
    private readonly freshness: Freshness,
    private readonly authentication: Authentication,
    @Inject(EVENT_LOG) private readonly log: EventReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('register')
  @HttpCode(200)
  @Access('agents:register', 'coordinator')
  @ApiOkResponse({ type: AgentRegisteredDto })
  async register(@CurrentCall() call: Call, @Body() body: RegisterAgentDto): Promise<AgentRegisteredDto> {
    const { agent_id, agent_type, capabilities, services, endpoints, metadata } = body;
    const { registered_at } = await this.commands.send(
      call,
      registerAgent,
      {
        external_id: agent_id,
        ...{ agent_type, capabilities, services, endpoints, metadata },
        name: body.name ?? agent_id,
        version: body.version ?? textIn(metadata['version'], 64) ?? '',
        tags: body.tags ?? tagsIn(metadata['tags']),
        max_concurrent_tasks: body.max_concurrent_tasks ?? DEFAULT_MAX_CONCURRENT_TASKS,
        heartbeat_interval_seconds:
          body.heartbeat_interval_seconds ?? this.authentication.settings['agents.heartbeat_interval_seconds'],
      },
      { models: [AGENTS] },
    );
    return { status: 'success', message: `Agent ${agent_id} registered successfully`, agent_id, registered_at };
  }

  @Post('discover')
  @HttpCode(200)
  @Access('agents:read', 'coordinator')
  @ApiOkResponse({ type: AgentsDiscoveredDto })
  async discover(
    @CurrentCall() call: Call,
    @Query() { at_least }: ListQueryDto,
    @Body() query: DiscoverAgentsDto,
  ): Promise<AgentsDiscoveredDto> {
    await this.freshness.seen(AGENTS, at_least);
    const seen = Math.max(at_least ?? 0, this.commands.lastWriteOf(AGENTS));
    const agents: AgentNow[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.commands.query(call, findAgents, {
        ...query,
        capabilities: query.capabilities ?? [],
        services: query.services ?? [],
        at_least: seen,
        limit: 200,
        after,
      });
      agents.push(...page.agents);
      if (page.next === null) break;
      after = page.next;
    }
    const shown = agents.map(presentAgent);
    return {
      status: 'success',
      query: { ...query },
      agents: shown,
      count: shown.length,
      timestamp: isoTime(this.clock.now()),
    };
  }

  @Get(':agent_id')
  @Access('agents:read', 'coordinator')
  @ApiOkResponse({ type: AgentShownDto })
  async show(
    @CurrentCall() call: Call,
    @Param('agent_id') idOrAlias: string,
    @Query() { at_least, as_of }: OneQueryDto,
  ): Promise<AgentShownDto> {
    await this.freshness.seen(AGENTS, at_least);
    const id = await this.directory.require(call, idOrAlias);
    const agent = as_of ? await this.past(id, as_of) : await this.agents.find(id);
    if (!agent) throw agentNotFound('/path/agent_id');
    return { status: 'success', agent: presentAgent(agent), timestamp: isoTime(this.clock.now()) };
  }

  @Put(':agent_id/status')
  @Access('agents:act', 'coordinator')
  @ApiOkResponse({ type: StatusUpdatedDto })
  async updateStatus(
    @CurrentCall() call: Call,
    @Param('agent_id') idOrAlias: string,
    @Body() body: UpdateStatusDto,
  ): Promise<StatusUpdatedDto> {
    const agent_id = await this.directory.require(call, idOrAlias);
    const { updated_at } = await this.commands.send(
      call,
      reportAgentStatus,
      { agent_id, status: body.status, load_metrics: body.load_metrics },
      { models: [AGENTS], refusal: agentRefusal },
    );
    return {
      status: 'success',
      message: `Agent ${idOrAlias} status updated`,
      agent_id: idOrAlias,
      new_status: body.status,
      updated_at,
    };
  }

  @Post(':agent_id/heartbeat')
  @HttpCode(200)
  @Access('agents:act', 'coordinator')
  @ApiOkResponse({ type: HeartbeatReceivedDto })
  async heartbeat(
    @CurrentCall() call: Call,
    @Param('agent_id') idOrAlias: string,
    @Body() body: HeartbeatDto,
  ): Promise<HeartbeatReceivedDto> {
    const agent_id = await this.directory.require(call, idOrAlias);
    const { received_at, heartbeat_interval_seconds } = await this.commands.send(
      call,
      recordHeartbeat,
      { agent_id, load_metrics: body.load_metrics, health: body.health },
      { refusal: agentRefusal, telemetry: true },
    );
    return {
      status: 'success',
      message: `Heartbeat received from agent ${idOrAlias}`,
      agent_id: idOrAlias,
      received_at,
      heartbeat_interval: heartbeat_interval_seconds,
    };
  }

  private async past(id: string, asOf: NonNullable<OneQueryDto['as_of']>): Promise<AgentNow | undefined> {
    const moment = await this.freshness.past(asOf);
    const found = await foldAsOf<AgentDocument>(this.log, agentProjection, streamId('agent', id), moment);
    return found && { ...found.document, ...NO_TELEMETRY };
  }
}

/** The coordinator's own sentence for an agent that is not there. */
function agentRefusal(rejection: { readonly rejection: string }) {
  return rejection.rejection === 'not_found' ? agentNotFound('/path/agent_id') : undefined;
}

function textIn(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value.length <= most ? value : undefined;
}

function tagsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((tag) => (textIn(tag, 128) ?? '') !== '').slice(0, 100) : [];
}
