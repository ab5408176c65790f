import { startRun } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId, type Rejection } from '@ao/kernel';
import { EVENT_LOG } from '@ao/platform';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { answerableFor } from '../../http/principal';
import type { Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { RUNS } from '../../projections/runs/run.projection';
import { RunQueries } from '../../projections/runs/run.queries';
import { notFound } from '../platform/path-id';
import { runIds, workflowIds } from '../prefixed-id';
import { ListQueryDto } from '../query.schemas';
import { presentDetailedRun, presentOperationsRun } from './run.presenter';
import { ExecuteWorkflowDto, OperationsRunListQueryDto, RunEnvelopeDto, RunPageDto } from './run.schemas';
import { RUN_STATUSES_OF } from './run.words';
import { priorityOf } from './task.words';

const WORKFLOW = '/path/workflow_id';
const RUN = '/path/run_id';
const WRITE = {
  models: [RUNS],
  refusal: ({ code }: Rejection): Problem | undefined =>
    code === 'workflow_not_found' ? notFound('Workflow', WORKFLOW) : undefined,
};

/** Row 24, and the runs that it starts, as the operations document (seed 001) would speak of them. */
@ApiTags('operations')
@Controller('v1/workflows')
export class OperationsRunsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly runs: RunQueries,
    private readonly freshness: Freshness,
    @Inject(EVENT_LOG) private readonly log: EventReader,
  ) {}

  @Post(':workflow_id/execute')
  @HttpCode(201)
  @Access('workflows:run')
  @ApiCreatedResponse({ type: RunEnvelopeDto })
  async execute(
    @CurrentCall() call: Call,
    @Param('workflow_id') param: string,
    @Body() { parameters, priority }: ExecuteWorkflowDto,
  ): Promise<RunEnvelopeDto> {
    const data = {
      ...{ workflow_id: workflowIds.of(param, WORKFLOW), parameters, started_by: answerableFor(call.principal) },
      ...(priority && { priority: priorityOf(priority) }),
    };
    const { run_id } = await this.commands.send(call, startRun, data, WRITE);
    call.reply.header('location', `/v1/workflows/runs/${runIds.shown(run_id)}`);
    return this.present(run_id);
  }

  /** From the log itself, so it is never behind. */
  @Get('runs/:run_id')
  @Access('workflows:read')
  @ApiOkResponse({ type: RunEnvelopeDto })
  async show(@Param('run_id') param: string, @Query() { at_least }: ListQueryDto): Promise<RunEnvelopeDto> {
    const id = runIds.of(param, RUN);
    await this.freshness.seen(RUNS, at_least);
    return this.present(id);
  }

  /** The newest first. */
  @Get(':workflow_id/runs')
  @Access('workflows:read')
  @ApiOkResponse({ type: RunPageDto })
  async list(
    @Param('workflow_id') param: string,
    @Query() { page, limit, status, at_least }: OperationsRunListQueryDto,
  ): Promise<RunPageDto> {
    const workflowId = workflowIds.of(param, WORKFLOW);
    await this.freshness.seen(RUNS, at_least);
    const [first] = await this.log.readStream(streamId('workflow', workflowId), { limit: 1 });
    if (!first) throw notFound('Workflow', WORKFLOW);
    const { runs, total } = await this.runs.list({
      ...{ workflowId, limit, offset: (page - 1) * limit },
      ...(status && { statuses: RUN_STATUSES_OF[status] }),
    });
    return {
      data: runs.map(presentOperationsRun),
      pagination: { page, limit, total, pages: Math.ceil(total / limit) },
    };
  }

  private async present(id: string): Promise<RunEnvelopeDto> {
    const run = await this.runs.whole(id);
    if (!run) throw notFound('Run', RUN);
    return { data: presentDetailedRun(run) };
  }
}
