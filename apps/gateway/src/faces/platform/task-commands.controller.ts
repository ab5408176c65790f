import { acceptResult, cancelTask, changeTask, pauseTask, provideInput, resumeTask, retryTask } from '@ao/contracts';
import type { DataOf, RequestContract } from '@ao/contracts';
import { Body, Controller, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { TASKS } from '../../projections/tasks/task.projection';
import { TaskQueries } from '../../projections/tasks/task.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import { taskId } from '../task-id';
import { notFound } from './path-id';
import { AcceptResultBodyDto, CancelBodyDto, InputBodyDto, PauseBodyDto, RetryBodyDto } from './task-command.schemas';
import { TaskChangesDto } from './task-order.schemas';
import { TaskOrders } from './task.orders';
import { presentTask } from './task.presenter';
import { CancelledTaskDto, ShownTaskDto } from './task.schemas';

/** Rows 58 and 59, and what else may be done to a task that there is. */
@ApiTags('platform')
@Controller('api/v1/tasks')
export class PlatformTaskCommandsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly tasks: TaskQueries,
    private readonly orders: TaskOrders,
  ) {}

  @Post(':id/cancel')
  @HttpCode(200)
  @Access('tasks:cancel')
  @ApiOkResponse({ type: CancelledTaskDto })
  async cancel(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { reason }: CancelBodyDto,
  ): Promise<CancelledTaskDto> {
    const task_id = taskId(param);
    const { cancelled_at } = await this.commands.send(call, cancelTask, { task_id, reason }, { models: [TASKS] });
    return { task_id, status: 'cancelled', cancelled_at };
  }

  /** Changes the fields given; once an agent has the task, only its texts, its priority and its deadline. */
  @Patch(':id')
  @Access('tasks:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: TaskChangesDto,
  ): Promise<ShownTaskDto> {
    const task_id = taskId(param);
    const changes = await this.orders.changesOf(call, body, async () => (await this.fresh(task_id)).requirements);
    if (Object.values(changes).every((value) => value === undefined)) return presentTask(await this.fresh(task_id));
    return this.done(call, changeTask, { task_id, changes });
  }

  /** Holds it back until it is resumed; an agent that has it is told to stop. */
  @Post(':id/pause')
  @HttpCode(200)
  @Access('tasks:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  pause(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { reason }: PauseBodyDto,
  ): Promise<ShownTaskDto> {
    return this.done(call, pauseTask, { task_id: taskId(param), reason });
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Access('tasks:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  resume(@CurrentCall() call: Call, @Param('id') param: string): Promise<ShownTaskDto> {
    return this.done(call, resumeTask, { task_id: taskId(param) });
  }

  /** Gives one that ended without a result all its attempts again. */
  @Post(':id/retry')
  @HttpCode(200)
  @Access('tasks:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  retry(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { not_before }: RetryBodyDto,
  ): Promise<ShownTaskDto> {
    return this.done(call, retryTask, { task_id: taskId(param), not_before });
  }

  /** The answer that its agent waits for. */
  @Post(':id/input')
  @HttpCode(200)
  @Access('tasks:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  input(@CurrentCall() call: Call, @Param('id') param: string, @Body() { input }: InputBodyDto): Promise<ShownTaskDto> {
    return this.done(call, provideInput, { task_id: taskId(param), input });
  }

  /** Lets a result count that came under a lease that was over. */
  @Post(':id/results/accept')
  @HttpCode(200)
  @Access('tasks:manage')
  @ApiOkResponse({ type: ShownTaskDto })
  accept(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() { lease_token }: AcceptResultBodyDto,
  ): Promise<ShownTaskDto> {
    return this.done(call, acceptResult, { task_id: taskId(param), lease_token });
  }

  /** Carries it out and shows the task as it is then. */
  private async done<C extends RequestContract>(
    call: Call,
    contract: C,
    data: DataOf<C> & { readonly task_id: string },
  ): Promise<ShownTaskDto> {
    await this.commands.send(call, contract, data, { models: [TASKS] });
    return presentTask(await this.fresh(data.task_id));
  }

  /** As the log has it. @throws Problem 404 */
  private async fresh(id: string): Promise<TaskReadModel> {
    const task = await this.tasks.fresh(id);
    if (!task) throw notFound('Task');
    return task;
  }
}
