import { createOAuthClient, revokeOAuthClient } from '@ao/contracts';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Freshness } from '../../projections/moment';
import { OAUTH_CLIENTS } from '../../projections/oauth-clients/oauth-client.projection';
import { OAuthClientQueries } from '../../projections/oauth-clients/oauth-client.queries';
import { ownerOf, presentOAuthClient, requireScopesHeld } from './credential.presenter';
import {
  CreatedOAuthClientDto,
  CredentialListQueryDto,
  NewOAuthClientDto,
  ShownOAuthClientDto,
} from './credential.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { RevokedDto } from './user.schemas';

/** The clients of `POST /oauth/token`. */
@ApiTags('security')
@Controller('api/v1/security/oauth-clients')
export class OAuthClientsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly clients: OAuthClientQueries,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('security:manage')
  @ApiOkResponse({ type: [ShownOAuthClientDto] })
  async list(@CurrentCall() call: Call, @Query() query: CredentialListQueryDto): Promise<ShownOAuthClientDto[]> {
    await this.freshness.seen(OAUTH_CLIENTS, query.at_least);
    const { limit, offset, include_revoked } = query;
    const { clients, total } = await this.clients.list({ includeRevoked: include_revoked === 'true', limit, offset });
    announcePage(call, { total, limit, offset });
    return clients.map(presentOAuthClient);
  }

  /** The secret is in this answer alone. */
  @Post()
  @Access('security:manage')
  @ApiCreatedResponse({ type: CreatedOAuthClientDto })
  async create(@CurrentCall() call: Call, @Body() body: NewOAuthClientDto): Promise<CreatedOAuthClientDto> {
    const data = { ...body, owner: ownerOf(call.principal) };
    requireScopesHeld(call.principal, body.scopes);
    const created = await this.commands.send(call, createOAuthClient, data, { models: [OAUTH_CLIENTS] });
    const { client_id, client_secret, created_at } = created;
    return { ...presentOAuthClient({ ...data, client_id, created_at, revoked_at: null }), client_secret };
  }

  @Delete(':id')
  @Access('security:manage')
  @ApiOkResponse({ type: RevokedDto })
  async revoke(@CurrentCall() call: Call, @Param('id') param: string): Promise<RevokedDto> {
    const client_id = pathId(param, 'OAuth client');
    const { revoked_at } = await this.commands.send(
      call,
      revokeOAuthClient,
      { client_id },
      {
        models: [OAUTH_CLIENTS],
        refusal: ({ rejection }) => (rejection === 'not_found' ? notFound('OAuth client') : undefined),
      },
    );
    return { revoked: true, id: client_id, revoked_at };
  }
}
