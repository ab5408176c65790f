import { renewLeases, reportTaskTelemetry, requireInput, returnTask, startTask, type TaskEvent } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { EVENT_LOG } from '@ao/platform';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem } from '../../http/problem';
import { TelemetryBatch } from '../../live/telemetry-batch';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import { TASKS } from '../../projections/tasks/task.projection';
import { taskId } from '../task-id';
import { AcknowledgedDto } from './agent.schemas';
import {
  InputRequiredBodyDto,
  InputRequiredDto,
  LeaseBodyDto,
  LogsBodyDto,
  ProgressBodyDto,
  RenewedDto,
  ReturnBodyDto,
  ReturnedDto,
  StartedDto,
  TaskInputDto,
} from './agent-task.schemas';
import { currentLease, newestInput } from './task-lease';
import { notFound } from './path-id';

const WRITE = { models: [TASKS] };
const EVENTS_PER_PAGE = 1_000;

/** What an agent without a socket says of a task that it has. To poll and to complete is in the agents' own controller. */
@ApiTags('platform')
@Controller('api/v1/agents/:id/tasks/:taskId')
export class AgentTasksController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    @Inject(EVENT_LOG) private readonly log: EventReader,
  ) {}

  @Post('start')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: StartedDto })
  async start(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() body: LeaseBodyDto,
  ): Promise<StartedDto> {
    const lease = await this.leaseOf(call, agent, task, body);
    const { started_at } = await this.commands.send(call, startTask, lease, WRITE);
    return { startedAt: started_at };
  }

  /** Gives the lease its full length again. */
  @Post('renew')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: RenewedDto })
  async renew(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() body: LeaseBodyDto,
  ): Promise<RenewedDto> {
    const { agent_id, task_id, lease_token } = await this.heldLease(call, agent, task, body);
    const leases = [{ task_id, lease_token }];
    const { renewed } = await this.commands.send(call, renewLeases, { agent_id, leases }, { telemetry: true });
    if (!renewed[0]) throw leaseOver(task_id);
    return { leaseExpiresAt: renewed[0].lease_expires_at };
  }

  @Post('progress')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: AcknowledgedDto })
  async progress(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() body: ProgressBodyDto,
  ): Promise<AcknowledgedDto> {
    const { leaseToken, ...progress } = body;
    const { agent_id, task_id } = await this.heldLease(call, agent, task, { leaseToken });
    const report = { agent_id, progress: [{ task_id, ...progress }], logs: [] };
    await this.commands.send(call, reportTaskTelemetry, report, { telemetry: true });
    return { acknowledged: true };
  }

  @Post('logs')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: AcknowledgedDto })
  async logs(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() { logs, leaseToken }: LogsBodyDto,
  ): Promise<AcknowledgedDto> {
    const { agent_id, task_id } = await this.heldLease(call, agent, task, { leaseToken });
    const batch = new TelemetryBatch();
    const report = () => this.commands.send(call, reportTaskTelemetry, batch.take(agent_id), { telemetry: true });
    for (const entry of logs) {
      batch.addLog({ type: 'task_log', taskId: task_id, ...entry }, entry.timestamp);
      if (batch.isFull) await report();
    }
    if (!batch.isEmpty) await report();
    return { acknowledged: true };
  }

  /** It needs an answer before it can go on; it keeps the task, and renews it meanwhile. */
  @Post('input-required')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: InputRequiredDto })
  async requireInput(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() body: InputRequiredBodyDto,
  ): Promise<InputRequiredDto> {
    const lease = await this.leaseOf(call, agent, task, body);
    const { required_at } = await this.commands.send(call, requireInput, { ...lease, prompt: body.prompt }, WRITE);
    return { requiredAt: required_at };
  }

  /** The answer, for who has no socket that it comes by. From the log itself, so it is never behind. */
  @Get('input')
  @Access('agents:act')
  @ApiOkResponse({ type: TaskInputDto })
  async input(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
  ): Promise<TaskInputDto> {
    const { agent_id, task_id } = await this.leaseOf(call, agent, task);
    const found = newestInput(await this.eventsOf(task_id), agent_id);
    if (!found) throw notFound('Question', '/path/taskId');
    return found;
  }

  /** Gives it back unharmed. */
  @Post('return')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: ReturnedDto })
  async giveBack(
    @CurrentCall() call: Call,
    @Param('id') agent: string,
    @Param('taskId') task: string,
    @Body() body: ReturnBodyDto,
  ): Promise<ReturnedDto> {
    const lease = await this.leaseOf(call, agent, task, body);
    const { returned_at } = await this.commands.send(call, returnTask, { ...lease, reason: body.reason }, WRITE);
    return { returnedAt: returned_at };
  }

  private async leaseOf(call: Call, agent: string, task: string, { leaseToken }: LeaseBodyDto = {}) {
    const agent_id = await this.directory.require(call, agent, '/path/id');
    return { agent_id, task_id: taskId(task, '/path/taskId'), lease_token: leaseToken };
  }

  /** For what is no command on the task, so that its own decider does not judge it. @throws Problem 404, 409 */
  private async heldLease(call: Call, agent: string, task: string, body: LeaseBodyDto) {
    const { agent_id, task_id, lease_token } = await this.leaseOf(call, agent, task, body);
    const events = await this.eventsOf(task_id);
    if (events.length === 0) throw notFound('Task', '/path/taskId');
    const lease = currentLease(events);
    if (lease?.agent_id !== agent_id) throw leaseOver(task_id);
    if (lease_token !== undefined && lease_token !== lease.lease_token) throw leaseOver(task_id);
    return { agent_id, task_id, lease_token: lease.lease_token };
  }

  private async eventsOf(id: string): Promise<TaskEvent[]> {
    const events: TaskEvent[] = [];
    for (let fromVersion = 1; ; fromVersion += EVENTS_PER_PAGE) {
      const page = await this.log.readStream(streamId('task', id), { fromVersion, limit: EVENTS_PER_PAGE });
      events.push(...(page as unknown as TaskEvent[]));
      if (page.length < EVENTS_PER_PAGE) return events;
    }
  }
}

function leaseOver(task_id: string): Problem {
  return new Problem(409, 'lease_superseded', `Expected the agent to have task '${task_id}', but the lease is over`);
}
