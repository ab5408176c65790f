import { submitTask, submitTasks } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { EVENT_LOG } from '@ao/platform';
import { foldAsOf } from '@ao/projections';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { Freshness } from '../../projections/moment';
import { TASKS, taskProjection } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import { ListQueryDto } from '../query.schemas';
import { taskId } from '../task-id';
import { announcePage } from './paging';
import { notFound } from './path-id';
import { BulkBodyDto, TaskBodyDto } from './task-order.schemas';
import { inMessages } from './task.messages';
import { TaskOrders } from './task.orders';
import { presentEvent, presentTask, presentTaskStats } from './task.presenter';
import {
  ShownTaskDto,
  SubmittedTaskDto,
  SubmittedTasksDto,
  TaskEventsQueryDto,
  TaskHistoryDto,
  TaskListQueryDto,
  TaskLogsDto,
  TaskLogsQueryDto,
  TaskQueryDto,
  TaskStatsDto,
} from './task.schemas';

/** Rows 54 to 57: tasks under `/api/v1`, handed in and looked at. */
@ApiTags('platform')
@Controller('api/v1/tasks')
export class PlatformTasksController {
  constructor(
    private readonly commands: CommandPath,
    private readonly tasks: TaskQueries,
    private readonly directory: AgentDirectory,
    private readonly freshness: Freshness,
    private readonly orders: TaskOrders,
    @Inject(EVENT_LOG) private readonly log: EventReader,
  ) {}

  @Post()
  @Access('tasks:submit')
  @ApiCreatedResponse({ type: SubmittedTaskDto })
  async submit(@CurrentCall() call: Call, @Body() body: TaskBodyDto): Promise<SubmittedTaskDto> {
    const order = await this.orders.orderOf(call, body, '');
    const submitted = await this.commands.send(call, submitTask, order, { models: [TASKS] });
    return { id: submitted.task_id, ...submitted };
  }

  @Post('bulk')
  @Access('tasks:submit')
  @ApiCreatedResponse({ type: SubmittedTasksDto })
  async submitMany(@CurrentCall() call: Call, @Body() body: BulkBodyDto): Promise<SubmittedTasksDto> {
    const tasks = await Promise.all(
      body.tasks.map((task, index) => this.orders.orderOf(call, task, `/tasks/${index}`)),
    );
    const messages = inMessages(tasks);
    const task_ids: string[] = [];
    let submittedAt: string | undefined;
    for (const [part, message] of messages.entries()) {
      // Only the last part is waited for: the models pass the others on the way.
      const models = part === messages.length - 1 ? [TASKS] : [];
      const submitted = await this.commands.send(call, submitTasks, { tasks: message }, { models, part });
      task_ids.push(...submitted.task_ids);
      submittedAt ??= submitted.submitted_at;
    }
    return { task_ids, count: task_ids.length, submitted_at: submittedAt ?? '' };
  }

  @Get()
  @Access('tasks:read')
  @ApiOkResponse({ type: [ShownTaskDto] })
  async list(@CurrentCall() call: Call, @Query() query: TaskListQueryDto): Promise<ShownTaskDto[]> {
    await this.freshness.seen(TASKS, query.at_least);
    const { limit, offset, priority, run_id: runId } = query;
    const status = query.status ?? query.status_filter;
    const statuses = status && [status];
    const agentId = query.agent_id === undefined ? undefined : await this.directory.idOf(call, query.agent_id);
    // An agent that does not exist has no tasks.
    const nobody = query.agent_id !== undefined && agentId === undefined;
    const { tasks, total } = nobody
      ? { tasks: [], total: 0 }
      : await this.tasks.list({ statuses, agentId, runId, priority, limit, offset });
    announcePage(call, { total, limit, offset });
    const progress = await this.tasks.progressOf(tasks.filter(({ status }) => status === 'running'));
    return tasks.map((task) => presentTask(task, progress.get(task.task_id)));
  }

  /** How many tasks there are, by status and by priority. */
  @Get('stats')
  @Access('tasks:read')
  @ApiOkResponse({ type: TaskStatsDto })
  async stats(@Query() { at_least }: ListQueryDto): Promise<TaskStatsDto> {
    await this.freshness.seen(TASKS, at_least);
    return presentTaskStats(await this.tasks.statistics());
  }

  @Get(':id')
  @Access('tasks:read')
  @ApiOkResponse({ type: ShownTaskDto })
  async show(@Param('id') param: string, @Query() { at_least, as_of }: TaskQueryDto): Promise<ShownTaskDto> {
    const id = taskId(param);
    await this.freshness.seen(TASKS, at_least);
    if (as_of) return presentTask(await this.past(id, as_of));
    const task = await this.tasks.find(id);
    if (!task) throw notFound('Task');
    const progress = task.status === 'running' ? await this.tasks.progressOf([task]) : undefined;
    return presentTask(task, progress?.get(id));
  }

  /** From the log itself, so it is never behind. */
  @Get([':id/events', ':id/history'])
  @Access('tasks:read')
  @ApiOkResponse({ type: TaskHistoryDto })
  async events(
    @Param('id') param: string,
    @Query() { from_version, limit }: TaskEventsQueryDto,
  ): Promise<TaskHistoryDto> {
    const stream = streamId('task', taskId(param));
    const events = await this.log.readStream(stream, { fromVersion: from_version, limit });
    if (events.length === 0 && (await this.log.readStream(stream, { limit: 1 })).length === 0) throw notFound('Task');
    const last = events.at(-1);
    return {
      events: events.map(presentEvent),
      next_version: last && events.length === limit ? last.version + 1 : null,
    };
  }

  /** What the task's agents logged: telemetry, so it is there a moment later and not for ever. */
  @Get(':id/logs')
  @Access('tasks:read')
  @ApiOkResponse({ type: TaskLogsDto })
  async logs(@Param('id') param: string, @Query() { after, limit }: TaskLogsQueryDto): Promise<TaskLogsDto> {
    const id = taskId(param);
    const [task, logs] = await Promise.all([this.tasks.find(id), this.tasks.logsOf(id, { after, limit })]);
    if (!task) throw notFound('Task');
    return { logs, last: logs.at(-1)?.id ?? after };
  }

  private async past(id: string, asOf: NonNullable<TaskQueryDto['as_of']>): Promise<TaskReadModel> {
    const moment = await this.freshness.past(asOf);
    const found = await foldAsOf(this.log, taskProjection, streamId('task', id), moment);
    if (!found) throw notFound('Task');
    return found.document;
  }
}
