import { createSchedule, submitTask, type TaskOrder } from '@ao/contracts';
import { derivedId, newId, type Clock } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { forbidden } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { SCHEDULES } from '../../projections/schedules/schedule.projection';
import { ScheduleQueries } from '../../projections/schedules/schedule.queries';
import { TASKS } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import { notFound } from '../platform/path-id';
import { TaskOrders } from '../platform/task.orders';
import { ListQueryDto } from '../query.schemas';
import { prefixedTaskId, taskId } from '../task-id';
import { presentScheduledTask, scheduleOf, type CronSchedule } from './scheduled-task';
import { MOST_DURATIONS } from './task.estimate';
import { presentDetailedTask, presentListedTask } from './task.presenter';
import {
  CreateTaskDto,
  OperationsTaskListQueryDto,
  TaskEnvelopeDto,
  TaskPageDto,
  type CreateTaskBody,
} from './task.schemas';
import { STATUSES_OF, prioritiesOf, priorityOf } from './task.words';

const POINTER = '/path/task_id';
const MOST_LOGS = 100;

/** Rows 20 to 22: tasks as the operations document (seed 001) speaks of them. */
@ApiTags('operations')
@Controller('v1/tasks')
export class OperationsTasksController {
  constructor(
    private readonly commands: CommandPath,
    private readonly tasks: TaskQueries,
    private readonly orders: TaskOrders,
    private readonly directory: AgentDirectory,
    private readonly schedules: ScheduleQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('tasks:read')
  @ApiOkResponse({ type: TaskPageDto })
  async list(@CurrentCall() call: Call, @Query() query: OperationsTaskListQueryDto): Promise<TaskPageDto> {
    await this.freshness.seen(TASKS, query.at_least);
    const { page, limit, status, priority } = query;
    const agentId = query.agent_id === undefined ? undefined : await this.directory.idOf(call, query.agent_id);
    // An agent that does not exist has no tasks.
    const nobody = query.agent_id !== undefined && agentId === undefined;
    const { tasks, total } = nobody
      ? { tasks: [], total: 0 }
      : await this.tasks.list({
          ...{ agentId, limit, offset: (page - 1) * limit },
          ...(status && { statuses: STATUSES_OF[status] }),
          ...(priority && { priority: prioritiesOf(priority) }),
          submitted: { after: query.created_after, before: query.created_before },
        });
    return {
      data: tasks.map(presentListedTask),
      pagination: { page, limit, total, pages: Math.ceil(total / limit) },
    };
  }

  @Get(':task_id')
  @Access('tasks:read')
  @ApiOkResponse({ type: TaskEnvelopeDto })
  async show(@Param('task_id') param: string, @Query() { at_least }: ListQueryDto): Promise<TaskEnvelopeDto> {
    const id = taskId(param, POINTER);
    await this.freshness.seen(TASKS, at_least);
    return this.present(await this.tasks.find(id));
  }

  @Post()
  @HttpCode(201)
  @Access('tasks:submit')
  @ApiCreatedResponse({ type: TaskEnvelopeDto })
  async create(@CurrentCall() call: Call, @Body() body: CreateTaskDto): Promise<TaskEnvelopeDto> {
    const order = await this.orderOf(call, body);
    if (body.schedule.type === 'cron') return this.schedule(call, body.schedule, order);
    const { task_id } = await this.commands.send(call, submitTask, order, { models: [TASKS] });
    call.reply.header('location', `/v1/tasks/${prefixedTaskId(task_id)}`);
    return this.present(await this.tasks.fresh(task_id));
  }

  /** Its name is made up, the same for the same Idempotency-Key. */
  private async schedule(call: Call, timing: CronSchedule, order: TaskOrder): Promise<TaskEnvelopeDto> {
    if (!call.principal.permissions.has('schedules:manage')) throw forbidden('schedules:manage');
    const name = `task ${derivedId('schedule-of-task', call.idempotentCommandId ?? newId())}`;
    const write = { models: [SCHEDULES] };
    const { schedule_id } = await this.commands.send(call, createSchedule, scheduleOf(name, timing, order), write);
    call.reply.header('location', `/api/v1/schedules/${schedule_id}`);
    const schedule = await this.schedules.fresh(schedule_id);
    if (!schedule) throw notFound('Schedule', POINTER);
    return { data: presentScheduledTask(schedule) };
  }

  private async orderOf(call: Call, body: CreateTaskBody): Promise<TaskOrder> {
    const { agent_id, schedule, priority, ...rest } = body;
    const agent = agent_id === undefined ? undefined : await this.orders.agentOf(call, agent_id, '/agent_id');
    return {
      ...rest,
      requirements: agent === undefined ? body.requirements : { ...body.requirements, agent_id: agent },
      ...(priority && { priority: priorityOf(priority) }),
      ...(schedule.type === 'at' && { not_before: schedule.at }),
      ...(schedule.type === 'delay' && { delay_seconds: schedule.delay_seconds }),
    };
  }

  private async present(task: TaskReadModel | undefined): Promise<TaskEnvelopeDto> {
    if (!task) throw notFound('Task', POINTER);
    const [progress, logs, durations] = await Promise.all([
      this.tasks.progressOf([task]),
      this.tasks.latestLogsOf(task.task_id, MOST_LOGS),
      task.status === 'running' ? this.tasks.durationsOf(task.type, MOST_DURATIONS) : [],
    ]);
    return {
      data: presentDetailedTask(task, {
        ...{ logs, durations, now: this.clock.now() },
        progress: progress.get(task.task_id),
      }),
    };
  }
}
