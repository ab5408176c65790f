import {
  changeTrigger,
  createTrigger,
  deleteTrigger,
  receiveHook,
  rotateTriggerSecret,
  testTrigger,
  toggleTrigger,
  triggerHistory,
  type Permission,
  type TriggerAction,
  type TriggerDocument,
} from '@ao/contracts';
import type { Clock, Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { validationProblem } from '../../http/failures';
import { forbidden, invalidField, type Problem } from '../../http/problem';
import type { SignedBody } from '../../http/signed-body';
import { Freshness } from '../../projections/moment';
import { TASKS } from '../../projections/tasks/task.projection';
import { TRIGGERS } from '../../projections/triggers/trigger.projection';
import { TriggerQueries } from '../../projections/triggers/trigger.queries';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentEntry, presentTest, presentTrigger } from './trigger.presenter';
import {
  configOf,
  NewTriggerDto,
  TriggerRotationDto,
  ShownTriggerDto,
  TakenHookDto,
  TestedTriggerDto,
  ToggledTriggerDto,
  TriggerChangesDto,
  TriggerHistoryEntryDto,
  TriggerHistoryQueryDto,
  TriggerListQueryDto,
  TriggerQueryDto,
  TriggerTestDto,
  TriggerToggleDto,
} from './trigger.schemas';
import { DeletedDto } from './user.schemas';

const WHAT = 'Trigger';
const refusal = ({ code }: Rejection): Problem | undefined =>
  code === 'trigger_not_found' ? notFound(WHAT) : undefined;
const WRITE = { models: [TRIGGERS], refusal };

/** A trigger does what who makes it may do: a key for triggers alone is none for tasks. */
const NEEDED: Readonly<Record<TriggerAction['type'], Permission>> = {
  create_task: 'tasks:submit',
  execute_workflow: 'workflows:run',
  send_notification: 'triggers:manage',
};

/** Headers that are signed, prove something, or may be told; no other travels on. */
const HOOK_HEADERS = [
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-hub-signature-256'],
  ...['content-type', 'user-agent', 'x-github-event', 'x-github-delivery', 'x-gitlab-event', 'x-event-type'],
];
const MAX_HEADER = 1_000;

/** Rows 138 to 144: what starts something by itself. */
@ApiTags('triggers')
@Controller('api/v1/triggers')
export class TriggersController {
  constructor(
    private readonly commands: CommandPath,
    private readonly triggers: TriggerQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('workflows:read')
  @ApiOkResponse({ type: [ShownTriggerDto] })
  async list(@CurrentCall() call: Call, @Query() query: TriggerListQueryDto): Promise<ShownTriggerDto[]> {
    await this.freshness.seen(TRIGGERS, query.at_least);
    const { type, enabled, limit, offset } = query;
    const { triggers, total } = await this.triggers.list({ type, enabled, limit, offset });
    announcePage(call, { total, limit, offset });
    return triggers.map((trigger) => presentTrigger(trigger, this.clock.now()));
  }

  /** The secret of a webhook trigger that is made up is in this answer alone. */
  @Post()
  @Access('triggers:manage')
  @ApiCreatedResponse({ type: ShownTriggerDto })
  async create(@CurrentCall() call: Call, @Body() body: NewTriggerDto): Promise<ShownTriggerDto> {
    requireFor(call, body.action);
    const { trigger_id, secret } = await this.commands.send(call, createTrigger, body, WRITE);
    call.reply.header('location', `/api/v1/triggers/${trigger_id}`);
    return this.shown(await this.triggers.fresh(trigger_id), secret);
  }

  @Get(':id')
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownTriggerDto })
  async show(@Param('id') param: string, @Query() { at_least }: TriggerQueryDto): Promise<ShownTriggerDto> {
    const trigger_id = pathId(param, WHAT);
    await this.freshness.seen(TRIGGERS, at_least);
    return this.shown(await this.triggers.find(trigger_id));
  }

  /** From now on: what was due before is neither caught up nor fired again. */
  @Put(':id')
  @Access('triggers:manage')
  @ApiOkResponse({ type: ShownTriggerDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { type, config, secret: _masked, ...changes }: TriggerChangesDto,
  ): Promise<ShownTriggerDto> {
    const trigger_id = pathId(param, WHAT);
    if (changes.action) requireFor(call, changes.action);
    const before = await this.triggers.fresh(trigger_id);
    if (!before) throw notFound(WHAT);
    if (type !== undefined && type !== before.config.type) throw invalidField('/type', 'cannot be changed');
    const parsed = config && configOf(before.config.type, config);
    if (parsed && 'issues' in parsed) throw validationProblem(parsed, '/config');
    const data = { ...changes, trigger_id, ...(parsed && { config: parsed.config }) };
    await this.commands.send(call, changeTrigger, data, WRITE);
    return this.shown(await this.triggers.fresh(trigger_id));
  }

  /** Of a webhook trigger. The former one is good for 24 h more; one that is made up is in this answer alone. */
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Access('triggers:manage')
  @ApiOkResponse({ type: ShownTriggerDto })
  async rotate(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: TriggerRotationDto,
  ): Promise<ShownTriggerDto> {
    const trigger_id = pathId(param, WHAT);
    const { secret } = await this.commands.send(call, rotateTriggerSecret, { ...body, trigger_id }, WRITE);
    return this.shown(await this.triggers.fresh(trigger_id), secret);
  }

  /** What it made stays. */
  @Delete(':id')
  @Access('triggers:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const trigger_id = pathId(param, WHAT);
    const { deleted_at } = await this.commands.send(call, deleteTrigger, { trigger_id }, WRITE);
    return { deleted: true, id: trigger_id, deleted_at };
  }

  @Post(':id/toggle')
  @HttpCode(200)
  @Access('triggers:manage')
  @ApiOkResponse({ type: ToggledTriggerDto })
  async toggle(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { enabled }: TriggerToggleDto,
  ): Promise<ToggledTriggerDto> {
    const trigger_id = pathId(param, WHAT);
    const toggled = await this.commands.send(call, toggleTrigger, { trigger_id, enabled }, WRITE);
    return { id: trigger_id, enabled: toggled.enabled, updated_at: toggled.updated_at };
  }

  /** Fires it with a sample, whether it is enabled or not; `dry_run` only shows what it would do. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('triggers:manage')
  @ApiOkResponse({ type: TestedTriggerDto })
  async test(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { sample, dry_run }: TriggerTestDto,
  ): Promise<TestedTriggerDto> {
    const trigger_id = pathId(param, WHAT);
    const before = dry_run ? undefined : await this.triggers.fresh(trigger_id);
    if (before) requireFor(call, before.action);
    const write = { ...WRITE, models: dry_run ? [] : [TRIGGERS, TASKS] };
    return presentTest(await this.commands.send(call, testTrigger, { trigger_id, sample, dry_run }, write), dry_run);
  }

  /** What fired and what did not, and why, newest first: the newest 1,000 are kept. */
  @Get(':id/history')
  @Access('workflows:read')
  @ApiOkResponse({ type: [TriggerHistoryEntryDto] })
  async history(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { outcome, limit, offset }: TriggerHistoryQueryDto,
  ): Promise<TriggerHistoryEntryDto[]> {
    const trigger_id = pathId(param, WHAT);
    if (!(await this.triggers.fresh(trigger_id))) throw notFound(WHAT);
    const asked = { trigger_id, outcome, limit, offset: Math.min(offset, MAX_OFFSET) };
    const { entries, total } = await this.commands.query(call, triggerHistory, asked, { refusal });
    announcePage(call, { total, limit, offset });
    return entries.map(presentEntry);
  }

  /** Whoever has the secret fires it: no other credential is asked for. */
  @Post(':id/hook')
  @HttpCode(202)
  @Access('public')
  @ApiHeader({
    name: 'webhook-signature',
    required: false,
    description: 'Standard Webhooks 1.0, with webhook-id and webhook-timestamp',
  })
  @ApiHeader({
    name: 'X-Hub-Signature-256',
    required: false,
    description: 'as GitHub signs, where the trigger wants that',
  })
  @ApiAcceptedResponse({ type: TakenHookDto })
  async hook(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Headers() given: Record<string, string | string[] | undefined>,
    @Body() body: Partial<SignedBody>,
  ): Promise<TakenHookDto> {
    const trigger_id = pathId(param, WHAT);
    const headers = Object.fromEntries(HOOK_HEADERS.flatMap((name) => headerOf(name, given[name])));
    const data = { trigger_id, body: body.signed ?? '', headers };
    const { firing_id, fired, reason } = await this.commands.send(call, receiveHook, data, { refusal });
    return { firing_id, fired, reason };
  }

  private shown(trigger: TriggerDocument | undefined, secret?: string): ShownTriggerDto {
    if (!trigger) throw notFound(WHAT);
    return presentTrigger(trigger, this.clock.now(), secret);
  }
}

/** No more are kept. */
const MAX_OFFSET = 1_000;

/** @throws Problem 403 */
function requireFor({ principal }: Call, { type }: TriggerAction): void {
  if (!principal.permissions.has(NEEDED[type])) throw forbidden(NEEDED[type]);
}

/** What is longer, or holds what no header should, is no header of ours: then the signature does not fit either. */
function headerOf(name: string, value: string | string[] | undefined): [string, string][] {
  if (typeof value !== 'string' || value.length > MAX_HEADER) return [];
  return [[name, value]];
}
