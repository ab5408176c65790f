import {
  changeSecret,
  createSecret,
  deleteSecret,
  revealSecret,
  rotateSecret,
  showPolicies,
  type SecretDocument,
} from '@ao/contracts';
import type { Clock, Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { SECRETS } from '../../projections/secrets/secret.projection';
import { SecretQueries } from '../../projections/secrets/secret.queries';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentSecret, requireMayReveal } from './secret.presenter';
import {
  ExpiringQueryDto,
  NewSecretDto,
  RotationDto,
  SecretChangesDto,
  SecretListQueryDto,
  SecretQueryDto,
  ShownSecretDto,
} from './secret.schemas';
import { DeletedDto } from './user.schemas';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Rows 175 to 181: the vault. A value leaves by `?reveal=true` alone. */
@ApiTags('secrets')
@Controller('api/v1/secrets')
export class SecretsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly secrets: SecretQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('secrets:manage')
  @ApiOkResponse({ type: [ShownSecretDto] })
  async list(@CurrentCall() call: Call, @Query() query: SecretListQueryDto): Promise<ShownSecretDto[]> {
    await this.freshness.seen(SECRETS, query.at_least);
    const { category, limit, offset } = query;
    const { secrets, total } = await this.secrets.list({ category, limit, offset });
    announcePage(call, { total, limit, offset });
    return secrets.map((secret) => this.shown(secret));
  }

  @Post()
  @Access('secrets:manage')
  @ApiCreatedResponse({ type: ShownSecretDto })
  async create(@CurrentCall() call: Call, @Body() body: NewSecretDto): Promise<ShownSecretDto> {
    const { secret_id } = await this.commands.send(call, createSecret, body, { models: [SECRETS] });
    return this.fresh(secret_id);
  }

  /** Those that expire within so many days, the soonest first; what has expired already stands at the beginning. */
  @Get('expiring')
  @Access('secrets:manage')
  @ApiOkResponse({ type: [ShownSecretDto] })
  async expiring(@Query() { days, limit, at_least }: ExpiringQueryDto): Promise<ShownSecretDto[]> {
    await this.freshness.seen(SECRETS, at_least);
    const by = new Date(this.clock.now() + days * DAY_MS);
    const secrets = await this.secrets.listExpiring(by, limit);
    return secrets.map((secret) => this.shown(secret));
  }

  @Get(':id')
  @Access('secrets:manage')
  @ApiOkResponse({ type: ShownSecretDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { reveal, version, at_least }: SecretQueryDto,
  ): Promise<ShownSecretDto> {
    const secret_id = pathId(param, 'Secret');
    await this.freshness.seen(SECRETS, at_least);
    // HEAD must change nothing, so it reveals nothing.
    if (reveal === 'true' && call.reply.request.method === 'GET') return this.reveal(call, secret_id, version);
    return this.shown(await this.secrets.find(secret_id));
  }

  @Put(':id')
  @Access('secrets:manage')
  @ApiOkResponse({ type: ShownSecretDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: SecretChangesDto,
  ): Promise<ShownSecretDto> {
    const secret_id = pathId(param, 'Secret');
    await this.commands.send(call, changeSecret, { secret_id, ...body }, WRITE);
    return this.fresh(secret_id);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Access('secrets:manage')
  @ApiOkResponse({ type: ShownSecretDto })
  async rotate(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: RotationDto,
  ): Promise<ShownSecretDto> {
    const secret_id = pathId(param, 'Secret');
    await this.commands.send(call, rotateSecret, { secret_id, ...body }, WRITE);
    return this.fresh(secret_id);
  }

  /** Destroys the key of the value and of all its versions. */
  @Delete(':id')
  @Access('secrets:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const secret_id = pathId(param, 'Secret');
    const { deleted_at } = await this.commands.send(call, deleteSecret, { secret_id }, WRITE);
    return { deleted: true, id: secret_id, deleted_at };
  }

  private async reveal(call: Call, secret_id: string, asked: number | undefined): Promise<ShownSecretDto> {
    const { security } = await this.commands.query(call, showPolicies, {});
    requireMayReveal(call.principal, { now: this.clock.now(), recentLoginMinutes: security.recent_login_minutes });
    const { version, value } = await this.commands.send(call, revealSecret, { secret_id, version: asked }, WRITE);
    return { ...(await this.fresh(secret_id)), value, version, revealed: true };
  }

  private async fresh(id: string): Promise<ShownSecretDto> {
    return this.shown(await this.secrets.fresh(id));
  }

  private shown(secret: SecretDocument | undefined): ShownSecretDto {
    if (!secret) throw notFound('Secret');
    return presentSecret(secret, this.clock.now());
  }
}

const WRITE = {
  models: [SECRETS],
  refusal: ({ rejection, code }: Rejection): Problem | undefined =>
    rejection === 'not_found' && code === 'secret_not_found' ? notFound('Secret') : undefined,
};
