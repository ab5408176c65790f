import { addStep, changeWorkflow, createWorkflow, deleteWorkflow, type WorkflowDocument } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField, Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { WORKFLOWS } from '../../projections/workflows/workflow.projection';
import { WorkflowQueries } from '../../projections/workflows/workflow.queries';
import { announceRevision, expectedRevision } from '../if-match';
import { workflowIds } from '../prefixed-id';
import { announcePage } from './paging';
import { notFound } from './path-id';
import { DeletedDto } from './user.schemas';
import { WorkflowDesk } from './workflow.desk';
import { presentListedVersion, presentListedWorkflow, presentVersion, presentWorkflow } from './workflow.presenter';
import {
  ListedVersionDto,
  ListedWorkflowDto,
  NewStepDto,
  NewWorkflowDto,
  ShownVersionDto,
  ShownWorkflowDto,
  WorkflowChangesDto,
  WorkflowListQueryDto,
  WorkflowQueryDto,
  WorkflowToValidateDto,
  WorkflowValidationDto,
  WorkflowVersionListQueryDto,
} from './workflow.schemas';

const WHAT = 'Workflow';

/** Rows 60 to 64: definitions of workflows, every change of one the next version. */
@ApiTags('workflows')
@Controller('api/v1/workflows')
export class WorkflowsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly workflows: WorkflowQueries,
    private readonly freshness: Freshness,
    private readonly desk: WorkflowDesk,
  ) {}

  @Get()
  @Access('workflows:read')
  @ApiOkResponse({ type: [ListedWorkflowDto] })
  async list(@CurrentCall() call: Call, @Query() query: WorkflowListQueryDto): Promise<ListedWorkflowDto[]> {
    await this.freshness.seen(WORKFLOWS, query.at_least);
    const { is_template: isTemplate, status, search, limit, offset } = query;
    const { workflows, total } = await this.workflows.list({ isTemplate, status, search, limit, offset });
    announcePage(call, { total, limit, offset });
    return workflows.map(presentListedWorkflow);
  }

  /** JSON, or the same as YAML. */
  @Post()
  @Access('workflows:manage')
  @ApiCreatedResponse({ type: ShownWorkflowDto })
  async create(@CurrentCall() call: Call, @Body() body: NewWorkflowDto): Promise<ShownWorkflowDto> {
    const taken = await this.desk.whole(call, body);
    const { name, description, is_template } = body;
    const data = { name, description, is_template, config: taken.config ?? {}, definition: taken.definition };
    const { workflow_id } = await this.desk.answerFor(call, taken, () =>
      this.commands.send(call, createWorkflow, data, WRITE),
    );
    call.reply.header('location', `/api/v1/workflows/${workflow_id}`);
    return this.fresh(call, workflow_id);
  }

  /** Everything that is wrong with a definition, by its place in the body; nothing is kept. */
  @Post('validate')
  @HttpCode(200)
  @Access('workflows:manage')
  @ApiOkResponse({ type: WorkflowValidationDto })
  async validate(@CurrentCall() call: Call, @Body() body: WorkflowToValidateDto): Promise<WorkflowValidationDto> {
    const errors = await this.desk.problemsOf(call, body);
    return { valid: errors.length === 0, errors };
  }

  @Get(':id')
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownWorkflowDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { at_least }: WorkflowQueryDto,
  ): Promise<ShownWorkflowDto> {
    const workflow_id = workflowIds.of(param);
    await this.freshness.seen(WORKFLOWS, at_least);
    return shown(call, await this.workflows.find(workflow_id));
  }

  @Put(':id')
  @Access('workflows:manage')
  @ApiOkResponse({ type: ShownWorkflowDto })
  change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: WorkflowChangesDto,
  ): Promise<ShownWorkflowDto> {
    return this.changed(call, param, body);
  }

  @Patch(':id')
  @Access('workflows:manage')
  @ApiOkResponse({ type: ShownWorkflowDto })
  patch(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: WorkflowChangesDto,
  ): Promise<ShownWorkflowDto> {
    return this.changed(call, param, body);
  }

  /** Its runs go on; steps of other workflows that would start it fail. */
  @Delete(':id')
  @Access('workflows:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const workflow_id = workflowIds.of(param);
    const { deleted_at } = await this.commands.send(call, deleteWorkflow, { workflow_id }, WRITE);
    return { deleted: true, id: workflow_id, deleted_at };
  }

  /** At the end, as the next version. */
  @Post(':id/steps')
  @Access('workflows:manage')
  @ApiCreatedResponse({ type: ShownWorkflowDto })
  async addStep(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: NewStepDto,
  ): Promise<ShownWorkflowDto> {
    const workflow_id = workflowIds.of(param);
    const workflow = await this.workflows.fresh(workflow_id);
    const { step, places } = await this.desk.step(call, body, workflow?.definition.steps ?? []);
    if (!workflow) throw notFound(WHAT);
    await this.desk.answerFor(call, { places }, () =>
      this.commands.send(call, addStep, { workflow_id, step }, { ...WRITE, refusal: stepRefusal }),
    );
    return this.fresh(call, workflow_id);
  }

  /** Newest first. */
  @Get(':id/versions')
  @Access('workflows:read')
  @ApiOkResponse({ type: [ListedVersionDto] })
  async versions(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { limit, offset }: WorkflowVersionListQueryDto,
  ): Promise<ListedVersionDto[]> {
    const versions = await this.workflows.versions(workflowIds.of(param));
    if (!versions) throw notFound(WHAT);
    announcePage(call, { total: versions.length, limit, offset });
    return versions
      .reverse()
      .slice(offset, offset + limit)
      .map(presentListedVersion);
  }

  @Get(':id/versions/:version')
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownVersionDto })
  async version(@Param('id') param: string, @Param('version') number: string): Promise<ShownVersionDto> {
    const workflow_id = workflowIds.of(param);
    const version = /^[1-9]\d{0,8}$/.test(number)
      ? await this.workflows.version(workflow_id, Number(number))
      : undefined;
    if (!version) throw notFound('Workflow version', '/path/version');
    return presentVersion(workflow_id, version);
  }

  private async changed(call: Call, param: string, body: WorkflowChangesDto): Promise<ShownWorkflowDto> {
    const workflow_id = workflowIds.of(param);
    const { definition, config, places } = await this.desk.changes(call, body);
    const { name, description, is_template } = body;
    const data = { workflow_id, name, description, is_template, config, definition };
    const expected_revision = expectedRevision(call);
    const present = definition && (await this.workflows.fresh(workflow_id))?.definition;
    await this.desk.answerFor(call, { places, definition: { ...present, ...definition } }, () =>
      this.commands.send(call, changeWorkflow, { ...data, expected_revision }, WRITE),
    );
    return this.fresh(call, workflow_id);
  }

  /** What was just written, as the log has it. */
  private async fresh(call: Call, workflowId: string): Promise<ShownWorkflowDto> {
    return shown(call, await this.workflows.fresh(workflowId));
  }
}

function shown(call: Call, workflow: WorkflowDocument | undefined): ShownWorkflowDto {
  if (!workflow) throw notFound(WHAT);
  announceRevision(call, workflow.revision);
  return presentWorkflow(workflow);
}

function refusal({ rejection, code, message, pointer }: Rejection): Problem | undefined {
  if (rejection === 'not_found') return notFound(WHAT);
  return code === 'config_too_large' ? invalidField(pointer ?? '/config', message, 422, code) : undefined;
}

function stepRefusal(rejection: Rejection): Problem | undefined {
  const { code, message } = rejection;
  if (code !== 'step_key_taken') return refusal(rejection);
  return new Problem(409, code, message, { errors: [{ pointer: '/key', message }] });
}

const WRITE = { models: [WORKFLOWS], refusal };
