import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  enableWebhook,
  replayWebhook,
  rotateWebhookSecret,
  testWebhook,
  webhookProgress,
  type WebhookDocument,
} from '@ao/contracts';
import { lastBefore, type EventLog } from '@ao/event-log';
import type { Clock, Rejection } from '@ao/kernel';
import { CLOCK, EVENT_LOG } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField, Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { WEBHOOKS } from '../../projections/webhooks/webhook.projection';
import { WebhookQueries } from '../../projections/webhooks/webhook.queries';
import { DeliveryTestDto } from './delivery.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { DeletedDto } from './user.schemas';
import { presentWebhook } from './webhook.presenter';
import {
  NewWebhookDto,
  ShownWebhookDto,
  StartedReplayDto,
  WebhookChangesDto,
  WebhookDetailsDto,
  WebhookEnableDto,
  WebhookListQueryDto,
  WebhookQueryDto,
  WebhookReplayDto,
  WebhookRotationDto,
} from './webhook.schemas';

/** Half of it is more than an attempt may take, so that none is asked for twice. */
const TEST_TIMEOUT_MS = 40_000;

const WHAT = 'Webhook';
const refusal = ({ code }: Rejection): Problem | undefined =>
  code === 'webhook_not_found' ? notFound(WHAT) : undefined;
const WRITE = { models: [WEBHOOKS], refusal };

/** Rows 157 to 162: URLs that are told what happens, signed by Standard Webhooks 1.0. */
@ApiTags('webhooks')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly commands: CommandPath,
    private readonly webhooks: WebhookQueries,
    private readonly freshness: Freshness,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('webhooks:manage')
  @ApiOkResponse({ type: [ShownWebhookDto] })
  async list(@CurrentCall() call: Call, @Query() query: WebhookListQueryDto): Promise<ShownWebhookDto[]> {
    await this.freshness.seen(WEBHOOKS, query.at_least);
    const { status, limit, offset } = query;
    const { webhooks, total } = await this.webhooks.list({ status, limit, offset });
    announcePage(call, { total, limit, offset });
    return webhooks.map((webhook) => presentWebhook(webhook, this.clock.now()));
  }

  /** A secret that is made up is in this answer alone; the same request again (Idempotency-Key) does not get it a second time. */
  @Post()
  @Access('webhooks:manage')
  @ApiCreatedResponse({ type: ShownWebhookDto })
  async create(@CurrentCall() call: Call, @Body() body: NewWebhookDto): Promise<ShownWebhookDto> {
    const { webhook_id, secret } = await this.commands.send(call, createWebhook, body, WRITE);
    call.reply.header('location', `/api/v1/webhooks/${webhook_id}`);
    return this.fresh(webhook_id, secret);
  }

  @Get(':id')
  @Access('webhooks:manage')
  @ApiOkResponse({ type: WebhookDetailsDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { at_least }: WebhookQueryDto,
  ): Promise<WebhookDetailsDto> {
    const webhook_id = pathId(param, WHAT);
    await this.freshness.seen(WEBHOOKS, at_least);
    const shown = this.shown(await this.webhooks.find(webhook_id));
    return { ...shown, progress: await this.progressOf(call, webhook_id) };
  }

  @Put(':id')
  @Access('webhooks:manage')
  @ApiOkResponse({ type: ShownWebhookDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { secret: _never, ...body }: WebhookChangesDto,
  ): Promise<ShownWebhookDto> {
    const webhook_id = pathId(param, WHAT);
    await this.commands.send(call, changeWebhook, { ...body, webhook_id }, WRITE);
    return this.fresh(webhook_id);
  }

  /** What has not been delivered yet is dropped, and its secret is destroyed. */
  @Delete(':id')
  @Access('webhooks:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const webhook_id = pathId(param, WHAT);
    const { deleted_at } = await this.commands.send(call, deleteWebhook, { webhook_id }, WRITE);
    return { deleted: true, id: webhook_id, deleted_at };
  }

  /** One signed delivery of the type `test`, now and never again. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('webhooks:manage')
  @ApiOkResponse({ type: DeliveryTestDto })
  async test(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeliveryTestDto> {
    const webhook_id = pathId(param, WHAT);
    return this.commands.send(call, testWebhook, { webhook_id }, { refusal, timeoutMs: TEST_TIMEOUT_MS });
  }

  /** The former secret signs for 24 h more. One that is made up is in this answer alone. */
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Access('webhooks:manage')
  @ApiOkResponse({ type: ShownWebhookDto })
  async rotate(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: WebhookRotationDto,
  ): Promise<ShownWebhookDto> {
    const webhook_id = pathId(param, WHAT);
    const { secret } = await this.commands.send(call, rotateWebhookSecret, { ...body, webhook_id }, WRITE);
    return this.fresh(webhook_id, secret);
  }

  /** Takes it up again after it was disabled, however that came; by default with what it has missed. */
  @Post(':id/enable')
  @HttpCode(200)
  @Access('webhooks:manage')
  @ApiOkResponse({ type: ShownWebhookDto })
  async enable(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { backfill }: WebhookEnableDto,
  ): Promise<ShownWebhookDto> {
    const webhook_id = pathId(param, WHAT);
    await this.commands.send(call, enableWebhook, { webhook_id, backfill }, WRITE);
    return this.fresh(webhook_id);
  }

  /** Delivers what the log has once more, also from before the webhook existed. Goes on after the answer. */
  @Post(':id/replay')
  @HttpCode(202)
  @Access('webhooks:manage')
  @ApiAcceptedResponse({ type: StartedReplayDto })
  async replay(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: WebhookReplayDto,
  ): Promise<StartedReplayDto> {
    const webhook_id = pathId(param, WHAT);
    const { per_second } = body;
    const options = {
      ...WRITE,
      refusal: (rejection: Rejection) => refusal(rejection) ?? rangeRefusal(rejection, body),
    };
    const range = await this.rangeOf(body);
    const started = await this.commands.send(call, replayWebhook, { webhook_id, per_second, ...range }, options);
    return { replay_id: started.replay_id, from_position: started.from, to_position: started.to, per_second };
  }

  private async rangeOf({ from_position, from_time, to_position, to_time }: WebhookReplayDto) {
    const [from, to] = await Promise.all([
      from_time === undefined ? from_position : lastBefore(this.log, Date.parse(from_time)),
      to_time === undefined ? to_position : lastBefore(this.log, Date.parse(to_time), { inclusive: true }),
    ]);
    return { from_position: from ?? 0, ...(to !== undefined && { to_position: to }) };
  }

  /** Null where notifications does not answer: the webhook is shown all the same. */
  private async progressOf(call: Call, webhook_id: string): Promise<WebhookDetailsDto['progress']> {
    try {
      return await this.commands.query(call, webhookProgress, { webhook_id });
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  private async fresh(id: string, secret?: string): Promise<ShownWebhookDto> {
    return this.shown(await this.webhooks.fresh(id), secret);
  }

  private shown(webhook: WebhookDocument | undefined, secret?: string): ShownWebhookDto {
    if (!webhook) throw notFound(WHAT);
    return presentWebhook(webhook, this.clock.now(), secret);
  }
}

/** The service knows of positions alone: the field that was given is the one that is named, and times in their own words. */
function rangeRefusal(
  { code, pointer, message }: Rejection,
  { from_time, to_time }: WebhookReplayDto,
): Problem | undefined {
  if (code !== 'range_invalid') return undefined;
  const given = { '/from_position': from_time && '/from_time', '/to_position': to_time && '/to_time' };
  const field = given[pointer as keyof typeof given] ?? pointer ?? '';
  const isByTime = from_time !== undefined || to_time !== undefined;
  return invalidField(field, isByTime ? 'must leave events of the log between it and the other end' : message);
}
