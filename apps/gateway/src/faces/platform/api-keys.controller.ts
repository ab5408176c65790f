import { createApiKey, revokeApiKey } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField } from '../../http/problem';
import { API_KEYS } from '../../projections/api-keys/api-key.projection';
import { ApiKeyQueries } from '../../projections/api-keys/api-key.queries';
import { Freshness } from '../../projections/moment';
import { ownerOf, presentApiKey, requireMaySetLimit, requireScopesHeld } from './credential.presenter';
import { CreatedApiKeyDto, CredentialListQueryDto, NewApiKeyDto, ShownApiKeyDto } from './credential.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { RevokedDto } from './user.schemas';

/** Rows 130 to 132: one's own keys; with `security:manage` everybody's. */
@ApiTags('security')
@Controller('api/v1/security/api-keys')
export class ApiKeysController {
  constructor(
    private readonly commands: CommandPath,
    private readonly keys: ApiKeyQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('api_keys:own')
  @ApiOkResponse({ type: [ShownApiKeyDto] })
  async list(@CurrentCall() call: Call, @Query() query: CredentialListQueryDto): Promise<ShownApiKeyDto[]> {
    await this.freshness.seen(API_KEYS, query.at_least);
    const { limit, offset, include_revoked } = query;
    const includeRevoked = include_revoked === 'true';
    const { keys, total } = await this.keys.list({ ownerId: onlyOf(call), includeRevoked, limit, offset });
    announcePage(call, { total, limit, offset });
    return keys.map((key) => presentApiKey(key, this.clock.now()));
  }

  /** The key is in this answer alone; the same request again (Idempotency-Key) does not get it a second time. */
  @Post()
  @Access('api_keys:own')
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(@CurrentCall() call: Call, @Body() body: NewApiKeyDto): Promise<CreatedApiKeyDto> {
    const owner = ownerOf(call.principal);
    requireScopesHeld(call.principal, body.scopes);
    requireMaySetLimit(call.principal, body.rate_limit);
    if (body.expires_at !== null && Date.parse(body.expires_at) <= this.clock.now()) {
      throw invalidField('/expires_at', 'must be in the future');
    }
    const data = { ...body, owner };
    const { api_key_id, key, created_at } = await this.commands.send(call, createApiKey, data, { models: [API_KEYS] });
    const created = { ...data, api_key_id, created_at, revoked_at: null, last_used_at: null };
    return { ...presentApiKey(created, this.clock.now()), key };
  }

  @Delete(':id')
  @Access('api_keys:own')
  @ApiOkResponse({ type: RevokedDto })
  async revoke(@CurrentCall() call: Call, @Param('id') param: string): Promise<RevokedDto> {
    const api_key_id = pathId(param, 'API key');
    const { revoked_at } = await this.commands.send(
      call,
      revokeApiKey,
      { api_key_id, owner_id: onlyOf(call) },
      {
        models: [API_KEYS],
        refusal: ({ rejection }) => (rejection === 'not_found' ? notFound('API key') : undefined),
      },
    );
    return { revoked: true, id: api_key_id, revoked_at };
  }
}

/** Whose keys the caller may see; undefined: everybody's. */
function onlyOf({ principal }: Call): string | undefined {
  return principal.permissions.has('security:manage') ? undefined : ownerOf(principal).id;
}
