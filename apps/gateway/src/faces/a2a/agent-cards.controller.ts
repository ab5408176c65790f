import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AgentQueries, CARD_MODELS } from '../../projections/agents/agent.queries';
import { Freshness } from '../../projections/moment';
import { RecordedCapabilityQueries } from '../../projections/recorded-capabilities/recorded-capability.queries';
import { ListQueryDto } from '../query.schemas';
import { agentCard, controlPlaneCard } from './agent-card.presenter';
import { AgentCardDto } from './agent-card.schemas';
import { publicOrigin } from './public-origin';
import { revalidated } from './revalidation';

/** Any cache may keep it: it is the same for everyone, and changes with a release or a setting. */
const FOR_ANYONE = 'public, max-age=300';
/** Only the one who asked, and never without asking again: agents change, and permissions end. */
const FOR_THE_CALLER = 'private, no-cache';

/**
 * Agent cards of A2A: the control plane's where RFC 8615 has it, an agent's at the same path below its own URL, for that
 * is where A2A clients look that are given this URL as an agent's.
 */
@ApiTags('a2a')
@Controller()
export class AgentCardsController {
  constructor(
    private readonly authentication: Authentication,
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
    private readonly recorded: RecordedCapabilityQueries,
    private readonly freshness: Freshness,
  ) {}

  @Get('.well-known/agent-card.json')
  @Access('public')
  @ApiOkResponse({ type: AgentCardDto })
  ofControlPlane(@CurrentCall() call: Call): AgentCardDto | undefined {
    const { settings } = this.authentication;
    const card = controlPlaneCard(publicOrigin(call, settings), settings['general.installation_name']);
    return revalidated(call, card, FOR_ANYONE);
  }

  @Get('api/v1/agents/:id/.well-known/agent-card.json')
  @Access('agents:read')
  @ApiOkResponse({ type: AgentCardDto })
  async ofAgent(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Query() { at_least }: ListQueryDto,
  ): Promise<AgentCardDto | undefined> {
    await this.freshness.seen(CARD_MODELS, at_least);
    const id = await this.directory.require(call, idOrAlias, '/path/id');
    const [agent, recorded] = await Promise.all([this.agents.find(id), this.recorded.ofAgent(id)]);
    if (!agent) throw agentNotFound('/path/id');
    const card = agentCard(publicOrigin(call, this.authentication.settings), agent, recorded);
    return revalidated(call, card, FOR_THE_CALLER);
  }
}
