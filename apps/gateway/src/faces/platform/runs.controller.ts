import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { EVENT_LOG } from '@ao/platform';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { RUNS } from '../../projections/runs/run.projection';
import { RunQueries, type RunFilter } from '../../projections/runs/run.queries';
import { runIds, workflowIds, type PrefixedIds } from '../prefixed-id';
import { announcePage } from './paging';
import { notFound } from './path-id';
import { presentListedRun, presentRun } from './run.presenter';
import {
  ListedRunDto,
  RunEventsQueryDto,
  RunQueryDto,
  RunsQueryDto,
  ShownRunDto,
  WorkflowRunsQueryDto,
} from './run.schemas';
import { presentEvent } from './task.presenter';
import { TaskHistoryDto } from './task.schemas';

/** What workflows did, and do. */
@ApiTags('workflows')
@Controller('api/v1/workflows')
export class RunsController {
  constructor(
    private readonly runs: RunQueries,
    private readonly freshness: Freshness,
    @Inject(EVENT_LOG) private readonly log: EventReader,
  ) {}

  /** Of all workflows, the newest first. */
  @Get('runs')
  @Access('workflows:read')
  @ApiOkResponse({ type: [ListedRunDto] })
  async list(@CurrentCall() call: Call, @Query() query: RunsQueryDto): Promise<ListedRunDto[]> {
    const { workflow_id, parent, at_least } = query;
    await this.freshness.seen(RUNS, at_least);
    return this.page(call, query, {
      ...(workflow_id !== undefined && { workflowId: idIn(workflowIds, workflow_id, '/query/workflow_id') }),
      ...(parent !== undefined && { parent: idIn(runIds, parent, '/query/parent') }),
    });
  }

  /** Its steps, what each was given and gave; as of a past moment too. From the log itself, so it is never behind. */
  @Get('runs/:id')
  @Access('workflows:read')
  @ApiOkResponse({ type: ShownRunDto })
  async show(@Param('id') param: string, @Query() { at_least, as_of }: RunQueryDto): Promise<ShownRunDto> {
    const id = runIds.of(param);
    await this.freshness.seen(RUNS, at_least);
    const run = await this.runs.whole(id, as_of && (await this.freshness.past(as_of)));
    if (!run) throw notFound('Run');
    return presentRun(run);
  }

  /** From the log itself. A page of large events is shorter than was asked for. */
  @Get('runs/:id/events')
  @Access('workflows:read')
  @ApiOkResponse({ type: TaskHistoryDto })
  async events(
    @Param('id') param: string,
    @Query() { from_version, limit }: RunEventsQueryDto,
  ): Promise<TaskHistoryDto> {
    const id = runIds.of(param);
    const { events, more } = await this.runs.events(id, from_version, limit);
    if (events.length === 0 && !(await this.isThere('run', id))) throw notFound('Run');
    return { events: events.map(presentEvent), next_version: more ? events.at(-1)!.version + 1 : null };
  }

  /** Of one workflow, deleted ones too: their runs stay. */
  @Get(':id/runs')
  @Access('workflows:read')
  @ApiOkResponse({ type: [ListedRunDto] })
  async ofWorkflow(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() query: WorkflowRunsQueryDto,
  ): Promise<ListedRunDto[]> {
    const workflowId = workflowIds.of(param);
    await this.freshness.seen(RUNS, query.at_least);
    if (!(await this.isThere('workflow', workflowId))) throw notFound('Workflow');
    return this.page(call, query, { workflowId });
  }

  private async page(
    call: Call,
    query: WorkflowRunsQueryDto,
    filter: Pick<RunFilter, 'workflowId' | 'parent'>,
  ): Promise<ListedRunDto[]> {
    const { status, started_after: after, started_before: before, limit, offset } = query;
    const found = { ...filter, ...(status && { statuses: [status] }), started: { after, before } };
    const { runs, total } = await this.runs.list({ ...found, limit, offset });
    announcePage(call, { total, limit, offset });
    return runs.map(presentListedRun);
  }

  private async isThere(category: string, id: string): Promise<boolean> {
    return (await this.log.readStream(streamId(category, id), { limit: 1 })).length > 0;
  }
}

/** @throws Problem 422 for what is no id */
function idIn(ids: PrefixedIds, text: string, pointer: string): string {
  const id = ids.in(text);
  if (id === undefined) throw invalidField(pointer, 'must be an id');
  return id;
}
