import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access';
import { Freshness } from '../../projections/moment';
import { WORKFLOWS } from '../../projections/workflows/workflow.projection';
import { WorkflowQueries } from '../../projections/workflows/workflow.queries';
import { notFound } from '../platform/path-id';
import { workflowIds } from '../prefixed-id';
import { ListQueryDto } from '../query.schemas';
import { presentOperationsWorkflow } from './workflow.presenter';
import {
  OperationsWorkflowEnvelopeDto,
  OperationsWorkflowListQueryDto,
  OperationsWorkflowPageDto,
} from './workflow.schemas';

const POINTER = '/path/workflow_id';

/** Row 23: workflows as the operations document (seed 001) speaks of them. */
@ApiTags('operations')
@Controller('v1/workflows')
export class OperationsWorkflowsController {
  constructor(
    private readonly workflows: WorkflowQueries,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('workflows:read')
  @ApiOkResponse({ type: OperationsWorkflowPageDto })
  async list(@Query() query: OperationsWorkflowListQueryDto): Promise<OperationsWorkflowPageDto> {
    const { page, limit, status, at_least } = query;
    await this.freshness.seen(WORKFLOWS, at_least);
    const { workflows, total } = await this.workflows.list({ status, limit, offset: (page - 1) * limit });
    return {
      data: workflows.map(presentOperationsWorkflow),
      pagination: { page, limit, total, pages: Math.ceil(total / limit) },
    };
  }

  @Get(':workflow_id')
  @Access('workflows:read')
  @ApiOkResponse({ type: OperationsWorkflowEnvelopeDto })
  async show(
    @Param('workflow_id') param: string,
    @Query() { at_least }: ListQueryDto,
  ): Promise<OperationsWorkflowEnvelopeDto> {
    const workflow_id = workflowIds.of(param, POINTER);
    await this.freshness.seen(WORKFLOWS, at_least);
    const workflow = await this.workflows.find(workflow_id);
    if (!workflow) throw notFound('Workflow', POINTER);
    return { data: presentOperationsWorkflow(workflow) };
  }
}
