import { approveWorker, recordWorkerHeartbeat, registerWorker } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { Freshness } from '../../projections/moment';
import { TASKS } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import { WORKERS } from '../../projections/workers/worker.projection';
import { WorkerQueries } from '../../projections/workers/worker.queries';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { presentTask } from './task.presenter';
import { ShownTaskDto } from './task.schemas';
import { presentWorker } from './worker.presenter';
import {
  ApprovalDto,
  NewWorkerDto,
  ShownWorkerDto,
  WorkerBeatTakenDto,
  WorkerHeartbeatDto,
  WorkerListQueryDto,
  WorkerOverviewDto,
  WorkerOverviewQueryDto,
  WorkerTasksQueryDto,
} from './worker.schemas';

const WRITE = {
  models: [WORKERS],
  refusal: ({ rejection }: Rejection): Problem | undefined =>
    rejection === 'not_found' ? notFound('Worker') : undefined,
};

/** Rows 74 to 77: what worker nodes do, and the fleet at a glance. */
@ApiTags('workers')
@Controller('api/v1/workers')
export class WorkersController {
  constructor(
    private readonly commands: CommandPath,
    private readonly workers: WorkerQueries,
    private readonly tasks: TaskQueries,
    private readonly freshness: Freshness,
  ) {}

  /** Again under the same name and hostname, it renews the registration. */
  @Post('register')
  @Access('workers:act')
  @ApiCreatedResponse({ type: ShownWorkerDto })
  async register(@CurrentCall() call: Call, @Body() body: NewWorkerDto): Promise<ShownWorkerDto> {
    const { worker_id } = await this.commands.send(call, registerWorker, body, WRITE);
    return shown(await this.workers.now(worker_id));
  }

  @Get('overview')
  @Access('workers:read')
  @ApiOkResponse({ type: WorkerOverviewDto })
  async overview(@Query() { at_least }: WorkerOverviewQueryDto): Promise<WorkerOverviewDto> {
    await this.freshness.seen(WORKERS, at_least);
    return this.workers.overview();
  }

  @Post(':id/heartbeat')
  @HttpCode(200)
  @Access('workers:act')
  @ApiOkResponse({ type: WorkerBeatTakenDto })
  async heartbeat(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: WorkerHeartbeatDto,
  ): Promise<WorkerBeatTakenDto> {
    const worker_id = pathId(param, 'Worker');
    const { refusal } = WRITE;
    const taken = await this.commands.send(
      call,
      recordWorkerHeartbeat,
      { worker_id, ...body },
      { refusal, telemetry: true },
    );
    return { worker_id, ...taken };
  }

  /** Only a look: what agents are to do they get themselves. */
  @Get(':id/tasks')
  @Access('workers:read')
  @ApiOkResponse({ type: [ShownTaskDto] })
  async pendingTasks(
    @Param('id') param: string,
    @Query() { limit, at_least }: WorkerTasksQueryDto,
  ): Promise<ShownTaskDto[]> {
    const worker_id = pathId(param, 'Worker');
    await this.freshness.seen(TASKS, at_least);
    const [worker, tasks] = await Promise.all([
      this.workers.find(worker_id),
      this.workers.pendingTasks(worker_id, limit),
    ]);
    if (!worker) throw notFound('Worker');
    const progress = await this.tasks.progressOf(tasks);
    return tasks.map((task) => presentTask(task, progress.get(task.task_id)));
  }
}

/** Rows 80 and 81: who may work. */
@ApiTags('workers')
@Controller('api/v1/admin/workers')
export class AdminWorkersController {
  constructor(
    private readonly commands: CommandPath,
    private readonly workers: WorkerQueries,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('workers:approve')
  @ApiOkResponse({ type: [ShownWorkerDto] })
  async list(@CurrentCall() call: Call, @Query() query: WorkerListQueryDto): Promise<ShownWorkerDto[]> {
    await this.freshness.seen(WORKERS, query.at_least);
    const { limit, offset } = query;
    const { workers, total } = await this.workers.list({ limit, offset });
    announcePage(call, { total, limit, offset });
    return workers.map(presentWorker);
  }

  @Patch(':id/approve')
  @Access('workers:approve')
  @ApiOkResponse({ type: ShownWorkerDto })
  async approve(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: ApprovalDto,
  ): Promise<ShownWorkerDto> {
    const worker_id = pathId(param, 'Worker');
    await this.commands.send(call, approveWorker, { worker_id, ...body }, WRITE);
    return shown(await this.workers.now(worker_id));
  }
}

function shown(worker: Awaited<ReturnType<WorkerQueries['now']>>): ShownWorkerDto {
  if (!worker) throw notFound('Worker');
  return presentWorker(worker);
}
