import {
  agentHealth,
  agentsOfGroup,
  findRoutes,
  listGroups,
  recordHeartbeat,
  removeAgentCapabilities,
  type ResultOf,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { notOneself } from '../../access/agent.principal';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AGENTS } from '../../projections/agents/agent.projection';
import { RECORDED_CAPABILITIES } from '../../projections/recorded-capabilities/recorded-capability.projection';
import { ListQueryDto } from '../query.schemas';
import { metricsOf, presentGroupAgent, presentHealth, presentRoute } from './discovery.presenter';
import { CAPABILITIES, DiscoveryReads } from './discovery.reads';
import {
  AgentHealthDto,
  BeatReceivedDto,
  CapabilitiesRemovedDto,
  DiscoveryHeartbeatDto,
  GroupAgentsDto,
  GroupsDto,
  PageQueryDto,
  RoutesDto,
  RoutesQueryDto,
} from './discovery.schemas';
import { announcePage } from './paging';
import { notFound } from './path-id';

const LONGEST_GROUP = 128;

/** Rows 198, 199 and 201 to 204: agents by what they can do, and how they fare. */
@ApiTags('discovery')
@Controller('api/v1/discovery')
export class DiscoveryController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly reads: DiscoveryReads,
  ) {}

  /** The agent to take first stands first. */
  @Get('agents')
  @Access('agents:read')
  @ApiOkResponse({ type: RoutesDto })
  async routes(@CurrentCall() call: Call, @Query() query: RoutesQueryDto): Promise<RoutesDto> {
    const at_least = await this.reads.since(query.at_least);
    const { routes, strategy } = await this.commands.query(call, findRoutes, { ...query, at_least });
    return { data: { agents: routes.map(presentRoute), strategy } };
  }

  /** Removes what the agent can do; the agent itself stays (API conflict 24). */
  @Delete('agents/:agent_id')
  @Access('capabilities:manage')
  @ApiOkResponse({ type: CapabilitiesRemovedDto })
  async removeAll(@CurrentCall() call: Call, @Param('agent_id') idOrAlias: string): Promise<CapabilitiesRemovedDto> {
    const agent_id = await this.directory.require(call, idOrAlias);
    const { removed } = await this.commands.send(
      call,
      removeAgentCapabilities,
      { agent_id },
      { models: [AGENTS, RECORDED_CAPABILITIES], views: [CAPABILITIES], refusal: agentRefusal('/path/agent_id') },
    );
    return { data: { agent_id: idOrAlias, removed } };
  }

  @Get('agents/:agent_id/health')
  @Access('agents:read')
  @ApiOkResponse({ type: AgentHealthDto })
  async health(
    @CurrentCall() call: Call,
    @Param('agent_id') idOrAlias: string,
    @Query() query: ListQueryDto,
  ): Promise<AgentHealthDto> {
    const at_least = await this.reads.since(query.at_least);
    const agent_id = await this.directory.require(call, idOrAlias);
    const { agent } = await this.commands.query(call, agentHealth, { agent_id, at_least });
    if (!agent) throw agentNotFound('/path/agent_id');
    return { data: presentHealth(agent) };
  }

  /** The one heartbeat of all faces, in the words of this one. */
  @Post('heartbeat')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: BeatReceivedDto })
  async heartbeat(@CurrentCall() call: Call, @Body() body: DiscoveryHeartbeatDto): Promise<BeatReceivedDto> {
    const agent_id = await this.directory.require(call, body.agent_id, '/agent_id');
    // The path does not name the agent, so the door could not tell.
    if (call.principal.kind === 'agent' && call.actor.id !== agent_id) throw notOneself();
    const received = await this.commands.send(
      call,
      recordHeartbeat,
      { agent_id, load_metrics: metricsOf(body) },
      { refusal: agentRefusal('/agent_id'), telemetry: true },
    );
    return { data: { agent_id: body.agent_id, ...beatOf(received) } };
  }

  @Get('groups')
  @Access('agents:read')
  @ApiOkResponse({ type: GroupsDto })
  async groups(@CurrentCall() call: Call, @Query() query: PageQueryDto): Promise<GroupsDto> {
    const { limit, offset } = query;
    const at_least = await this.reads.since(query.at_least);
    const { groups, total } = await this.commands.query(call, listGroups, { limit, offset, at_least });
    announcePage(call, { total, limit, offset });
    return { data: { groups } };
  }

  /** A group is a word that some capability names; there is no other. */
  @Get('groups/:group_name/agents')
  @Access('agents:read')
  @ApiOkResponse({ type: GroupAgentsDto })
  async agentsOfGroup(
    @CurrentCall() call: Call,
    @Param('group_name') group: string,
    @Query() query: PageQueryDto,
  ): Promise<GroupAgentsDto> {
    const { limit, offset } = query;
    if (group.length > LONGEST_GROUP || !group.isWellFormed() || group.includes('\u0000'))
      throw notFound('Group', '/path/group_name');
    const at_least = await this.reads.since(query.at_least);
    const { agents, total } = await this.commands.query(call, agentsOfGroup, {
      ...{ group: group.normalize('NFC'), limit, offset, at_least },
    });
    if (total === 0) throw notFound('Group', '/path/group_name');
    announcePage(call, { total, limit, offset });
    return { data: { agents: agents.map(presentGroupAgent) } };
  }
}

function beatOf({ received_at, heartbeat_interval_seconds }: ResultOf<typeof recordHeartbeat>) {
  return { received_at, heartbeat_interval_seconds };
}

const agentRefusal =
  (pointer: string) =>
  ({ code }: Rejection): Problem | undefined =>
    code === 'agent_not_found' ? agentNotFound(pointer) : undefined;
