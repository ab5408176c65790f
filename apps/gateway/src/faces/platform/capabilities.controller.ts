import {
  agentHealth,
  listCapabilities,
  registerCapability,
  removeCapability,
  showCapability,
  type ResultOf,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AGENTS } from '../../projections/agents/agent.projection';
import { RECORDED_CAPABILITIES } from '../../projections/recorded-capabilities/recorded-capability.projection';
import { OneQueryDto } from '../query.schemas';
import { capabilityIdOf, prefixedCapabilityId } from './capability-id';
import { DiscoveryReads, CAPABILITIES } from './discovery.reads';
import { presentCapability } from './discovery.presenter';
import {
  CapabilitiesDto,
  CapabilityDeletedDto,
  CapabilityDto,
  CapabilityListQueryDto,
  NewCapabilityDto,
  type ShownCapability,
} from './discovery.schemas';
import { announcePage } from './paging';
import { notFound } from './path-id';

type Found = ResultOf<typeof listCapabilities>['capabilities'];

/** Rows 194 to 197: what agents can do. */
@ApiTags('discovery')
@Controller('api/v1/discovery/capabilities')
export class CapabilitiesController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly reads: DiscoveryReads,
  ) {}

  /** Registering the same name for the same agent again changes the record. */
  @Post()
  @Access('capabilities:manage')
  @ApiCreatedResponse({ type: CapabilityDto })
  async register(@CurrentCall() call: Call, @Body() body: NewCapabilityDto): Promise<CapabilityDto> {
    const { capability: name, metadata, groups } = body;
    const agent_id = await this.directory.require(call, body.agent_id, '/agent_id');
    const { capability_id } = await this.commands.send(
      call,
      registerCapability,
      { agent_id, name, metadata, groups },
      { models: [AGENTS, RECORDED_CAPABILITIES], views: [CAPABILITIES], refusal: refusalOf },
    );
    return { data: await this.find(call, capability_id) };
  }

  @Get()
  @Access('agents:read')
  @ApiOkResponse({ type: CapabilitiesDto })
  async list(@CurrentCall() call: Call, @Query() query: CapabilityListQueryDto): Promise<CapabilitiesDto> {
    const { capability, group, limit, offset } = query;
    const at_least = await this.reads.since(query.at_least);
    const agent_id =
      query.agent_id === undefined ? undefined : await this.directory.require(call, query.agent_id, '/query/agent_id');
    const found: Found = [];
    let total = 0;
    // A reply may carry fewer than were asked for.
    do {
      const page = await this.commands.query(call, listCapabilities, {
        ...{ agent_id, capability, group, at_least },
        limit: limit - found.length,
        offset: offset + found.length,
      });
      found.push(...page.capabilities);
      total = page.total;
      if (page.capabilities.length === 0) break;
    } while (found.length < limit && offset + found.length < total);
    if (agent_id !== undefined && total === 0) {
      const { agent } = await this.commands.query(call, agentHealth, { agent_id, at_least });
      if (!agent) throw agentNotFound('/query/agent_id');
    }
    announcePage(call, { total, limit, offset });
    return { data: { capabilities: found.map(presentCapability) } };
  }

  @Get(':capability_id')
  @Access('agents:read')
  @ApiOkResponse({ type: CapabilityDto })
  async show(
    @CurrentCall() call: Call,
    @Param('capability_id') param: string,
    @Query() { at_least }: OneQueryDto,
  ): Promise<CapabilityDto> {
    return { data: await this.find(call, idOf(param), at_least) };
  }

  @Delete(':capability_id')
  @Access('capabilities:manage')
  @ApiOkResponse({ type: CapabilityDeletedDto })
  async remove(@CurrentCall() call: Call, @Param('capability_id') param: string): Promise<CapabilityDeletedDto> {
    const capability_id = idOf(param);
    const { removed_at } = await this.commands.send(
      call,
      removeCapability,
      { capability_id },
      { models: [AGENTS, RECORDED_CAPABILITIES], views: [CAPABILITIES], refusal: refusalOf },
    );
    return { data: { deleted: true, id: prefixedCapabilityId(capability_id), deleted_at: removed_at } };
  }

  private async find(call: Call, capability_id: string, asked?: number): Promise<ShownCapability> {
    const at_least = await this.reads.since(asked);
    const { capability } = await this.commands.query(call, showCapability, { capability_id, at_least });
    if (!capability) throw capabilityNotFound();
    return presentCapability(capability);
  }
}

/** @throws Problem 404: no capability has such an id */
function idOf(param: string): string {
  const id = capabilityIdOf(param);
  if (id === undefined) throw capabilityNotFound();
  return id;
}

function capabilityNotFound(): Problem {
  return notFound('Capability', '/path/capability_id');
}

function refusalOf({ code }: Rejection): Problem | undefined {
  if (code === 'agent_not_found') return agentNotFound('/agent_id');
  return code === 'capability_not_found' ? capabilityNotFound() : undefined;
}
