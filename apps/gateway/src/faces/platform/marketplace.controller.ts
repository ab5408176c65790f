import {
  describeTemplate,
  installTemplate,
  isEnded,
  listTemplates,
  RUN_STATUSES,
  uninstallTemplate,
  type InstallationDocument,
  type Permission,
  type Template,
} from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authentication } from '../../access/authentication';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { forbidden, Problem } from '../../http/problem';
import { AGENTS } from '../../projections/agents/agent.projection';
import { INSTALLATIONS } from '../../projections/installations/installation.projection';
import { InstallationQueries } from '../../projections/installations/installation.queries';
import { Freshness } from '../../projections/moment';
import { RUNS } from '../../projections/runs/run.projection';
import { RunQueries } from '../../projections/runs/run.queries';
import { TASKS } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import { TRIGGERS } from '../../projections/triggers/trigger.projection';
import { WORKFLOWS } from '../../projections/workflows/workflow.projection';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentInstallation, presentTemplate } from './marketplace.presenter';
import {
  InstallationListQueryDto,
  InstallationQueryDto,
  InstallTemplateDto,
  ListedTemplateDto,
  ShownInstallationDto,
  ShownTemplateDto,
  TemplateListQueryDto,
  TemplateQueryDto,
  UninstalledDto,
  UninstallQueryDto,
} from './marketplace.schemas';

const TEMPLATE = 'Template';
const INSTALLATION = 'Installation';
const TEMPLATE_ID = /^[a-z][a-z0-9-]{1,62}$/;
/** Several services have their part in it. */
const TIMEOUT_MS = 20_000;
const MODELS = [INSTALLATIONS, AGENTS, WORKFLOWS, TRIGGERS];
const WRITE = { models: MODELS, refusal, timeoutMs: TIMEOUT_MS };
const OPEN_RUNS = RUN_STATUSES.filter((status) => !isEnded(status));
/** So many of each part are named. */
const NAMED = 3;

/** Rows 187 to 189: templates of agents and workflows, and what was installed of them. */
@ApiTags('marketplace')
@Controller('api/v1/marketplace')
export class MarketplaceController {
  constructor(
    private readonly commands: CommandPath,
    private readonly installations: InstallationQueries,
    private readonly freshness: Freshness,
    private readonly authentication: Authentication,
    private readonly tasks: TaskQueries,
    private readonly runs: RunQueries,
  ) {}

  @Get('templates')
  @Access('workflows:read')
  @ApiOkResponse({ type: [ListedTemplateDto] })
  async list(@CurrentCall() call: Call, @Query() filter: TemplateListQueryDto): Promise<ListedTemplateDto[]> {
    const { templates } = await this.commands.query(call, listTemplates, filter);
    announcePage(call, { total: templates.length, limit: templates.length, offset: 0 });
    return templates;
  }

  @Get('templates/:id')
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownTemplateDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') id: string,
    @Query() { version }: TemplateQueryDto,
  ): Promise<ShownTemplateDto> {
    return presentTemplate(await this.described(call, id, version));
  }

  /** Makes all of it or nothing. `installing`: a service cannot be reached just now, and the rest follows by itself. */
  @Post('templates/:id/install')
  @HttpCode(201)
  @Access('workflows:manage')
  @ApiCreatedResponse({ type: ShownInstallationDto })
  async install(
    @CurrentCall() call: Call,
    @Param('id') id: string,
    @Body() { version, parameters, name }: InstallTemplateDto,
  ): Promise<ShownInstallationDto> {
    requireAll(call, neededFor((await this.described(call, id, version)).template));
    const heartbeat_interval_seconds = this.authentication.settings['agents.heartbeat_interval_seconds'];
    const data = { template_id: id, version, parameters, name, heartbeat_interval_seconds };
    const { installation_id } = await this.commands.send(call, installTemplate, data, WRITE);
    call.reply.header('location', `/api/v1/marketplace/installations/${installation_id}`);
    return shown(await this.installations.fresh(installation_id));
  }

  /** Newest first, those that are gone too. */
  @Get('installations')
  @Access('workflows:read')
  @ApiOkResponse({ type: [ShownInstallationDto] })
  async installed(
    @CurrentCall() call: Call,
    @Query() query: InstallationListQueryDto,
  ): Promise<ShownInstallationDto[]> {
    await this.freshness.seen(INSTALLATIONS, query.at_least);
    const { template_id: templateId, status, limit, offset } = query;
    const { installations, total } = await this.installations.list({ templateId, status, limit, offset });
    announcePage(call, { total, limit, offset });
    return installations.map(presentInstallation);
  }

  @Get('installations/:id')
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownInstallationDto })
  async showInstallation(
    @Param('id') param: string,
    @Query() { at_least }: InstallationQueryDto,
  ): Promise<ShownInstallationDto> {
    const id = pathId(param, INSTALLATION);
    await this.freshness.seen(INSTALLATIONS, at_least);
    return shown(await this.installations.find(id));
  }

  /** Takes away what it made. What its agents have in hand, and runs that have not ended, are looked for first. */
  @Delete('installations/:id')
  @Access('workflows:manage')
  @ApiOkResponse({ type: UninstalledDto })
  async uninstall(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { force }: UninstallQueryDto,
  ): Promise<UninstalledDto> {
    const installation_id = pathId(param, INSTALLATION);
    const installation = await this.installations.fresh(installation_id);
    if (!installation) throw notFound(INSTALLATION);
    requireAll(call, ['agents:manage', ...(installation.triggers.length > 0 ? (['triggers:manage'] as const) : [])]);
    if (!force && installation.status === 'installed') await this.refuseAtWork(installation);
    const data = { installation_id, force };
    const { status, left, at } = await this.commands.send(call, uninstallTemplate, data, WRITE);
    return { id: installation_id, status, left, uninstalled_at: at };
  }

  /** @throws Problem 409 that names them. What begins in this moment is not seen. */
  private async refuseAtWork({ made }: InstallationDocument): Promise<void> {
    await this.freshness.current([TASKS, RUNS]);
    const page = { limit: NAMED, offset: 0 };
    const found = await Promise.all(
      made.map(async ({ kind, key, id }) => {
        if (kind === 'agent') {
          const { tasks } = await this.tasks.list({ agentId: id, statuses: IN_HAND, ...page });
          return tasks.map(({ task_id }) => `agent '${key}' (${id}) has task ${task_id} in hand`);
        }
        if (kind !== 'workflow') return [];
        const { runs } = await this.runs.list({ workflowId: id, statuses: OPEN_RUNS, ...page });
        return runs.map(({ run_id }) => `run ${run_id} of workflow '${key}' (${id}) has not ended`);
      }),
    );
    const atWork = found.flat();
    if (atWork.length === 0) return;
    const errors = atWork.map((message) => ({ pointer: '/path/id', message }));
    const detail = `Something of the installation is at work: ${atWork.join('; ')}. With force=true it goes all the same`;
    throw new Problem(409, 'installation_in_use', detail, { errors });
  }

  private described(call: Call, id: string, version: number | undefined) {
    if (!TEMPLATE_ID.test(id)) throw notFound(TEMPLATE);
    return this.commands.query(call, describeTemplate, { template_id: id, version }, { refusal });
  }
}

const IN_HAND = ['assigned', 'running', 'paused', 'input_required'] as const;

/** Installing makes what its parts would be made by, and triggers do what who makes them may do. */
function neededFor({ agents, triggers }: Template): readonly Permission[] {
  return [
    ...(agents.length > 0 ? (['agents:register'] as const) : []),
    ...(triggers.length > 0 ? (['triggers:manage', 'workflows:run'] as const) : []),
  ];
}

/** @throws Problem 403 */
function requireAll({ principal }: Call, permissions: readonly Permission[]): void {
  const missing = permissions.find((permission) => !principal.permissions.has(permission));
  if (missing) throw forbidden(missing);
}

function shown(installation: InstallationDocument | undefined): ShownInstallationDto {
  if (!installation) throw notFound(INSTALLATION);
  return presentInstallation(installation);
}

function refusal({ code, message }: Rejection): Problem | undefined {
  if (code === 'template_not_found') return notFound(TEMPLATE);
  if (code === 'installation_not_found') return notFound(INSTALLATION);
  if (code !== 'template_version_not_found') return undefined;
  return new Problem(404, code, message, { errors: [{ pointer: '/version', message: 'names no version of it' }] });
}
