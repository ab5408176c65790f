import {
  DEFAULT_POOL,
  clearQueue,
  dispatchStatus,
  isPriorityName,
  priorityValue,
  submitTask,
  type PriorityName,
  type ResultOf,
} from '@ao/contracts';
import { isoTime, type Clock, type Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem, unavailable } from '../../http/problem';
import { AgentQueries } from '../../projections/agents/agent.queries';
import { Freshness } from '../../projections/moment';
import { TASKS } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import { ListQueryDto } from '../query.schemas';
import { presentQueueSizes, presentStatistics, totalQueued } from './statistics.presenter';
import {
  QueueClearedDto,
  QueueStatsDto,
  SubmitTaskDto,
  TaskQueuesDto,
  TaskStatusDto,
  TaskSubmittedDto,
} from './task.schemas';

const DEFAULT_TASK_TYPE = 'general';
/** What balances when the dispatcher cannot be asked: the pool's default. */
const DEFAULT_STRATEGY = 'least_connections';

/** Rows 6 to 10: tasks as the coordinator's document (seed 000) speaks of them. */
@ApiTags('coordinator')
@Controller('tasks')
export class CoordinatorTasksController {
  constructor(
    private readonly commands: CommandPath,
    private readonly tasks: TaskQueries,
    private readonly agents: AgentQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('submit')
  @HttpCode(200)
  @Access('tasks:submit', 'coordinator')
  @ApiOkResponse({ type: TaskSubmittedDto })
  async submit(@CurrentCall() call: Call, @Body() body: SubmitTaskDto): Promise<TaskSubmittedDto> {
    const priority = priorityNamed(body.priority, '/priority');
    const { task_id, submitted_at } = await this.commands.send(
      call,
      submitTask,
      {
        type: body.task_data.task_type ?? DEFAULT_TASK_TYPE,
        payload: body.task_data,
        priority: priorityValue(priority),
        requirements: body.requirements,
      },
      { models: [TASKS], refusal: distributorRefusal },
    );
    return { status: 'success', message: 'Task submitted successfully', task_id, priority, submitted_at };
  }

  @Get('status')
  @Access('queues:read', 'coordinator')
  @ApiOkResponse({ type: TaskStatusDto })
  async status(@CurrentCall() call: Call, @Query() { at_least }: ListQueryDto): Promise<TaskStatusDto> {
    await this.freshness.seen(TASKS, at_least);
    // The distributor's own word, so that its absence is told and not papered over with old sums.
    const dispatcher = await this.commands.query(
      call,
      dispatchStatus,
      { pool: DEFAULT_POOL },
      { refusal: distributorRefusal },
    );
    const [statistics, activeAgents] = await Promise.all([this.tasks.statistics(), this.agents.countActive()]);
    return {
      status: 'success',
      stats: presentStatistics(statistics, { strategy: dispatcher.strategy, activeAgents }),
      timestamp: isoTime(this.clock.now()),
    };
  }

  @Get('queues')
  @Access('queues:read', 'coordinator')
  @ApiOkResponse({ type: TaskQueuesDto })
  async queues(@Query() { at_least }: ListQueryDto): Promise<TaskQueuesDto> {
    await this.freshness.seen(TASKS, at_least);
    const statistics = await this.tasks.statistics();
    return {
      status: 'success',
      queue_sizes: presentQueueSizes(statistics),
      total: totalQueued(statistics),
      timestamp: isoTime(this.clock.now()),
    };
  }

  @Get('queues/stats')
  @Access('queues:read', 'coordinator')
  @ApiOkResponse({ type: QueueStatsDto })
  async queueStats(@CurrentCall() call: Call, @Query() { at_least }: ListQueryDto): Promise<QueueStatsDto> {
    await this.freshness.seen(TASKS, at_least);
    const [statistics, activeAgents, dispatcher] = await Promise.all([
      this.tasks.statistics(),
      this.agents.countActive(),
      this.dispatcher(call),
    ]);
    const strategy = dispatcher?.strategy ?? DEFAULT_STRATEGY;
    return {
      status: 'success',
      queue_sizes: presentQueueSizes(statistics),
      stats: {
        ...presentStatistics(statistics, { strategy, activeAgents }),
        total_queued: totalQueued(statistics),
        tasks_by_status: statistics.byStatus,
        dispatcher: dispatcher && presentDispatcher(dispatcher),
      },
      timestamp: isoTime(this.clock.now()),
    };
  }

  @Post('queues/:priority/clear')
  @HttpCode(200)
  @Access('queues:clear', 'coordinator')
  @ApiOkResponse({ type: QueueClearedDto })
  async clear(@CurrentCall() call: Call, @Param('priority') name: string): Promise<QueueClearedDto> {
    const priority = priorityNamed(name, '/path/priority');
    const { cleared } = await this.commands.send(
      call,
      clearQueue,
      { band: priority },
      { models: [TASKS], refusal: distributorRefusal },
    );
    return { status: 'success', message: `Cleared ${cleared} tasks from the ${priority} queue`, priority, cleared };
  }

  @Delete('queues/:priority/clear')
  @Access('queues:clear', 'coordinator')
  @ApiOkResponse({ type: QueueClearedDto })
  clearByDelete(@CurrentCall() call: Call, @Param('priority') name: string): Promise<QueueClearedDto> {
    return this.clear(call, name);
  }

  /** Null while nobody answers: these statistics do not stand or fall with the dispatcher. */
  private async dispatcher(call: Call): Promise<ResultOf<typeof dispatchStatus> | null> {
    try {
      return await this.commands.query(call, dispatchStatus, { pool: DEFAULT_POOL });
    } catch (error) {
      if (error instanceof Problem && error.status === 503) return null;
      throw error;
    }
  }
}

function presentDispatcher(dispatcher: ResultOf<typeof dispatchStatus>) {
  const { pool, epoch, ready, assigned, agents, dispatch_latency } = dispatcher;
  return { pool, epoch, ready, assigned, agents, dispatch_latency };
}

/** 400 with the document's own sentence. */
function priorityNamed(name: string, pointer: string): PriorityName {
  if (isPriorityName(name)) return name;
  const shown = name.length > 64 ? `${name.slice(0, 64).toWellFormed()}…` : name;
  throw new Problem(400, 'invalid_priority', `Invalid priority: ${shown}`, {
    errors: [{ pointer, message: 'must be urgent, critical, high, normal or low' }],
  });
}

/** 503 with the document's own sentence, when nobody takes the command. */
function distributorRefusal(rejection: Rejection): Problem | undefined {
  return rejection.code === 'service_unavailable'
    ? unavailable('service_unavailable', 'Task distributor not available')
    : undefined;
}
