import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  nextTimes,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  type ScheduleDocument,
} from '@ao/contracts';
import { isoTime, type Clock, type Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { forbidden, type Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { SCHEDULES, SCHEDULE_RUNS } from '../../projections/schedules/schedule.projection';
import { ScheduleQueries } from '../../projections/schedules/schedule.queries';
import { TASKS } from '../../projections/tasks/task.projection';
import { ListQueryDto } from '../query.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentSchedule, presentScheduleRun } from './schedule.presenter';
import {
  NextTimesDto,
  ScheduleBodyDto,
  ScheduleChangesDto,
  ScheduleListQueryDto,
  ScheduleNextQueryDto,
  SchedulePauseDto,
  ScheduleRunsQueryDto,
  ScheduleTriggerDto,
  ShownScheduleDto,
  ShownScheduleRunDto,
  TriggeredScheduleDto,
} from './schedule.schemas';
import { TaskOrders } from './task.orders';
import { DeletedDto } from './user.schemas';

const WRITE = {
  models: [SCHEDULES],
  refusal: ({ code }: Rejection): Problem | undefined => (code === 'schedule_not_found' ? noSchedule() : undefined),
};

/** Tasks that are made again and again. */
@ApiTags('schedules')
@Controller('api/v1/schedules')
export class SchedulesController {
  constructor(
    private readonly commands: CommandPath,
    private readonly schedules: ScheduleQueries,
    private readonly orders: TaskOrders,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('tasks:read')
  @ApiOkResponse({ type: [ShownScheduleDto] })
  async list(@CurrentCall() call: Call, @Query() query: ScheduleListQueryDto): Promise<ShownScheduleDto[]> {
    await this.freshness.seen(SCHEDULES, query.at_least);
    const { status, limit, offset } = query;
    const { schedules, total } = await this.schedules.list({ status, limit, offset });
    announcePage(call, { total, limit, offset });
    return schedules.map(presentSchedule);
  }

  @Post()
  @HttpCode(201)
  @Access('schedules:manage')
  @ApiCreatedResponse({ type: ShownScheduleDto })
  async create(@CurrentCall() call: Call, @Body() { task, ...terms }: ScheduleBodyDto): Promise<ShownScheduleDto> {
    const data = { ...terms, task: await this.orders.orderOf(call, task, '/task') };
    const { schedule_id } = await this.commands.send(call, createSchedule, data, WRITE);
    call.reply.header('location', `/api/v1/schedules/${schedule_id}`);
    return this.fresh(schedule_id);
  }

  @Get(':id')
  @Access('tasks:read')
  @ApiOkResponse({ type: ShownScheduleDto })
  async show(@Param('id') param: string, @Query() { at_least }: ListQueryDto): Promise<ShownScheduleDto> {
    return presentSchedule(await this.found(param, at_least));
  }

  /** Times that are already past are decided anew; tasks that were made stay. */
  @Patch(':id')
  @Access('schedules:manage')
  @ApiOkResponse({ type: ShownScheduleDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { task, ...terms }: ScheduleChangesDto,
  ): Promise<ShownScheduleDto> {
    const schedule_id = scheduleId(param);
    const order = task && { task: await this.orders.orderOf(call, task, '/task') };
    await this.commands.send(call, changeSchedule, { schedule_id, ...terms, ...order }, WRITE);
    return this.fresh(schedule_id);
  }

  /** The tasks it made stay. */
  @Delete(':id')
  @Access('schedules:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const schedule_id = scheduleId(param);
    const { deleted_at } = await this.commands.send(call, deleteSchedule, { schedule_id }, WRITE);
    return { deleted: true, id: schedule_id, deleted_at };
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Access('schedules:manage')
  @ApiOkResponse({ type: ShownScheduleDto })
  async pause(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { reason }: SchedulePauseDto,
  ): Promise<ShownScheduleDto> {
    const schedule_id = scheduleId(param);
    await this.commands.send(call, pauseSchedule, { schedule_id, reason }, WRITE);
    return this.fresh(schedule_id);
  }

  /** From now on: the times that passed meanwhile are not caught up. */
  @Post(':id/resume')
  @HttpCode(200)
  @Access('schedules:manage')
  @ApiOkResponse({ type: ShownScheduleDto })
  async resume(@CurrentCall() call: Call, @Param('id') param: string): Promise<ShownScheduleDto> {
    const schedule_id = scheduleId(param);
    await this.commands.send(call, resumeSchedule, { schedule_id }, WRITE);
    return this.fresh(schedule_id);
  }

  /** One task now, whatever its times and policies say. Its agent gets the template's credentials, so another payload takes the vault's permission where there are some. */
  @Post(':id/trigger')
  @HttpCode(201)
  @Access('schedules:manage')
  @ApiCreatedResponse({ type: TriggeredScheduleDto })
  async trigger(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { payload }: ScheduleTriggerDto,
  ): Promise<TriggeredScheduleDto> {
    const schedule_id = scheduleId(param);
    if (payload && !call.principal.permissions.has('secrets:manage')) {
      const schedule = await this.schedules.fresh(schedule_id);
      if (schedule?.task.credentials) throw forbidden('secrets:manage');
    }
    const write = { ...WRITE, models: [SCHEDULES, SCHEDULE_RUNS, TASKS] };
    return this.commands.send(call, triggerSchedule, { schedule_id, ...(payload && { payload }) }, write);
  }

  /** The tasks it made and the times it left out, newest first. */
  @Get(':id/runs')
  @Access('tasks:read')
  @ApiOkResponse({ type: [ShownScheduleRunDto] })
  async runs(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Query() { limit, offset, at_least }: ScheduleRunsQueryDto,
  ): Promise<ShownScheduleRunDto[]> {
    await this.freshness.seen(SCHEDULE_RUNS, at_least);
    const { schedule_id } = await this.found(param, at_least);
    const { runs, total } = await this.schedules.runsOf(schedule_id, { limit, offset });
    announcePage(call, { total, limit, offset });
    return runs.map(presentScheduleRun);
  }

  /** Its next times, were it not paused. */
  @Get(':id/next')
  @Access('tasks:read')
  @ApiOkResponse({ type: NextTimesDto })
  async next(@Param('id') param: string, @Query() { count, at_least }: ScheduleNextQueryDto): Promise<NextTimesDto> {
    const schedule = await this.found(param, at_least);
    const { timing } = schedule;
    return {
      time_zone: timing.type === 'cron' ? timing.time_zone : 'UTC',
      times: nextTimes(schedule, this.clock.now(), count).map(isoTime),
    };
  }

  private async found(param: string, atLeast: number | undefined): Promise<ScheduleDocument> {
    const id = scheduleId(param);
    await this.freshness.seen(SCHEDULES, atLeast);
    const schedule = await this.schedules.find(id);
    if (!schedule) throw noSchedule();
    return schedule;
  }

  private async fresh(id: string): Promise<ShownScheduleDto> {
    const schedule = await this.schedules.fresh(id);
    if (!schedule) throw noSchedule();
    return presentSchedule(schedule);
  }
}

function scheduleId(param: string): string {
  return pathId(param, 'Schedule');
}

function noSchedule(): Problem {
  return notFound('Schedule');
}
