import { issueRegistrationToken, revokeRegistrationToken } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { Freshness } from '../../projections/moment';
import { REGISTRATION_TOKENS } from '../../projections/registration-tokens/registration-token.projection';
import { RegistrationTokenQueries } from '../../projections/registration-tokens/registration-token.queries';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentRegistrationToken } from './registration-tokens.presenter';
import {
  IssuedRegistrationTokenDto,
  NewRegistrationTokenDto,
  RegistrationTokenListQueryDto,
  ShownRegistrationTokenDto,
} from './registration-tokens.schemas';
import { RevokedDto } from './user.schemas';

/** With what deployment agents enrol (API conflict 18). Single use, a day at most, kept as a hash. */
@ApiTags('enrolment')
@Controller('api/v1/agents/registration-tokens')
export class RegistrationTokensController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly tokens: RegistrationTokenQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('agents:enrol')
  @ApiOkResponse({ type: [ShownRegistrationTokenDto] })
  async list(
    @CurrentCall() call: Call,
    @Query() query: RegistrationTokenListQueryDto,
  ): Promise<ShownRegistrationTokenDto[]> {
    await this.freshness.seen(REGISTRATION_TOKENS, query.at_least);
    const { limit, offset, include_spent } = query;
    const now = this.clock.now();
    const { tokens, total } = await this.tokens.list({ includeSpent: include_spent === 'true', now, limit, offset });
    announcePage(call, { total, limit, offset });
    return tokens.map((token) => presentRegistrationToken(token, now));
  }

  /** The token is in this answer alone; the same request again (Idempotency-Key) does not get it a second time. */
  @Post()
  @Access('agents:enrol')
  @ApiCreatedResponse({ type: IssuedRegistrationTokenDto })
  async issue(@CurrentCall() call: Call, @Body() body: NewRegistrationTokenDto): Promise<IssuedRegistrationTokenDto> {
    const agent_id = body.agent_id === null ? null : await this.directory.require(call, body.agent_id, '/agent_id');
    const data = { ...body, agent_id };
    const { token, ...issued } = await this.commands.send(call, issueRegistrationToken, data, {
      models: [REGISTRATION_TOKENS],
      refusal: ({ rejection }) => (rejection === 'not_found' ? agentNotFound('/agent_id') : undefined),
    });
    const { name, labels } = body;
    const document = { ...issued, name, labels, agent_id, used_at: null, used_by: null, revoked_at: null };
    return { ...presentRegistrationToken(document, this.clock.now()), token };
  }

  @Delete(':id')
  @Access('agents:enrol')
  @ApiOkResponse({ type: RevokedDto })
  async revoke(@CurrentCall() call: Call, @Param('id') param: string): Promise<RevokedDto> {
    const token_id = pathId(param, 'Registration token');
    const { revoked_at } = await this.commands.send(
      call,
      revokeRegistrationToken,
      { token_id },
      {
        models: [REGISTRATION_TOKENS],
        refusal: ({ rejection }) => (rejection === 'not_found' ? notFound('Registration token') : undefined),
      },
    );
    return { revoked: true, id: token_id, revoked_at };
  }
}
