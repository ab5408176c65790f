import {
  countDeadLetters,
  deadLetterRetry,
  deadLetterTask,
  removeDeadLetter,
  retryDeadLetters,
  retryTask,
  type DeadLetterFilter,
} from '@ao/contracts';
import { isoTime, type Clock, type Rejection } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { Freshness } from '../../projections/moment';
import { DeadLetterQueries } from '../../projections/tasks/dead-letter.queries';
import { TASKS } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import { ListQueryDto } from '../query.schemas';
import { taskId } from '../task-id';
import { presentDeadLetter, presentDeadLetterStats } from './dead-letter.presenter';
import {
  DeadLetterListQueryDto,
  DeadLetterRetryDto,
  DeadLetterStatsDto,
  NewDeadLetterDto,
  RetryAllAnsweredDto,
  RetryAllDto,
  ShownDeadLetterDto,
  type FilterWords,
} from './dead-letter.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { RetryBodyDto } from './task-command.schemas';
import { presentTask } from './task.presenter';
import { ShownTaskDto } from './task.schemas';
import { DeletedDto } from './user.schemas';

const REMOVED = 'removed by request';

/** Rows 117 to 122: tasks whose attempts are used up. */
@ApiTags('platform')
@Controller('api/v1/dead-letter')
export class DeadLettersController {
  constructor(
    private readonly commands: CommandPath,
    private readonly deadLetters: DeadLetterQueries,
    private readonly tasks: TaskQueries,
    private readonly directory: AgentDirectory,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('dispatch:manage')
  @ApiOkResponse({ type: [ShownDeadLetterDto] })
  async list(@CurrentCall() call: Call, @Query() query: DeadLetterListQueryDto): Promise<ShownDeadLetterDto[]> {
    await this.freshness.seen(TASKS, query.at_least);
    const { limit, offset } = query;
    const filter = await this.filterOf(call, query);
    const { deadLetters, total } = filter
      ? await this.deadLetters.list(filter, { limit, offset })
      : { deadLetters: [], total: 0 };
    announcePage(call, { total, limit, offset });
    return deadLetters.map(presentDeadLetter);
  }

  @Get('stats')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DeadLetterStatsDto })
  async stats(@Query() { at_least }: ListQueryDto): Promise<DeadLetterStatsDto> {
    await this.freshness.seen(TASKS, at_least);
    return presentDeadLetterStats(await this.deadLetters.statistics(isoTime(this.clock.now())));
  }

  /** Moves a task that is open, or that has failed, among them. */
  @Post()
  @Access('dispatch:manage')
  @ApiCreatedResponse({ type: ShownDeadLetterDto })
  async add(
    @CurrentCall() call: Call,
    @Body() { task_id: reference, reason }: NewDeadLetterDto,
  ): Promise<ShownDeadLetterDto> {
    const task_id = taskId(reference, '/task_id');
    const refusal = ({ rejection }: Rejection) =>
      rejection === 'not_found' ? notFound('Task', '/task_id') : undefined;
    await this.commands.send(call, deadLetterTask, { task_id, reason }, { models: [TASKS], refusal });
    return presentDeadLetter(await this.fresh(task_id));
  }

  /** Starts the retry of all that the filter names; it goes on by itself, whether anybody waits or not. */
  @Post('retry-all')
  @HttpCode(202)
  @Access('dispatch:manage')
  @ApiAcceptedResponse({ type: RetryAllAnsweredDto })
  @ApiOkResponse({ type: RetryAllAnsweredDto, description: 'Only counted, or nothing to begin' })
  async retryAll(@CurrentCall() call: Call, @Body() body: RetryAllDto): Promise<RetryAllAnsweredDto> {
    const { dry_run, rate_per_second } = body;
    // An agent that does not exist left no dead letters: nothing to start.
    const filter = await this.filterOf(call, body);
    if (dry_run || !filter) {
      call.reply.code(200);
      const { count } = filter ? await this.commands.query(call, countDeadLetters, { filter }) : { count: 0 };
      return { dry_run, count, retry_id: null, started_at: null };
    }
    return { dry_run, ...(await this.commands.send(call, retryDeadLetters, { filter, rate_per_second })) };
  }

  /** How far it is. */
  @Get('retries/:id')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DeadLetterRetryDto })
  async showRetry(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeadLetterRetryDto> {
    return this.commands.query(call, deadLetterRetry, { retry_id: pathId(param, 'Dead letter retry') });
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Access('dispatch:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  async retry(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { not_before }: RetryBodyDto,
  ): Promise<ShownTaskDto> {
    const task_id = taskId(param);
    await this.commands.send(call, retryTask, { task_id, not_before, only_dead_lettered: true }, WRITE);
    return presentTask(await this.fresh(task_id));
  }

  /** Off the dead letters; the task stays failed. */
  @Delete(':id')
  @Access('dispatch:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const task_id = taskId(param);
    const { removed_at } = await this.commands.send(call, removeDeadLetter, { task_id, reason: REMOVED }, WRITE);
    return { deleted: true, id: task_id, deleted_at: removed_at };
  }

  /** Undefined: the agent named does not exist. */
  private async filterOf(call: Call, words: FilterWords): Promise<DeadLetterFilter | undefined> {
    const { type, since, agent_id } = words;
    const agent = agent_id === undefined ? undefined : await this.directory.idOf(call, agent_id);
    if (agent_id !== undefined && agent === undefined) return undefined;
    return { failure_class: words.class ?? words.reason, type, since, agent_id: agent };
  }

  /** As the log has it. */
  private async fresh(id: string): Promise<TaskReadModel> {
    const task = await this.tasks.fresh(id);
    if (!task) throw notFound('Task');
    return task;
  }
}

const WRITE = {
  models: [TASKS],
  refusal: ({ rejection }: Rejection): Problem | undefined =>
    rejection === 'not_found' ? notFound('Dead letter') : undefined,
};
