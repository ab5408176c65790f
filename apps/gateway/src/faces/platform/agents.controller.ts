import {
  completeTask,
  leaseTasks,
  leasesOfAgent,
  recordHeartbeat,
  reportTaskTelemetry,
  type AgentDocument,
  type LeasedTask,
} from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId, type Rejection } from '@ao/kernel';
import { EVENT_LOG } from '@ao/platform';
import { foldAsOf } from '@ao/projections';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Problem } from '../../http/problem';
import { Credentials } from '../../live/credentials';
import { outcomeOf } from '../../live/task-stream.codec';
import { TaskStreamHub } from '../../live/task-stream.hub';
import { TelemetryBatch } from '../../live/telemetry-batch';
import { AgentDirectory, agentNotFound } from '../../projections/agents/agent.directory';
import { AGENTS, agentProjection } from '../../projections/agents/agent.projection';
import { AgentQueries, NO_TELEMETRY, type AgentNow } from '../../projections/agents/agent.queries';
import { Freshness } from '../../projections/moment';
import { TASKS } from '../../projections/tasks/task.projection';
import { announceRevision } from '../if-match';
import { taskId } from '../task-id';
import { loadMetricsOf, presentAgent, presentHandedTask } from './agent.presenter';
import {
  AcknowledgedDto,
  AgentListQueryDto,
  AgentQueryDto,
  AgentTasksDto,
  AgentTasksQueryDto,
  CompleteDto,
  HeartbeatAnsweredDto,
  PlatformHeartbeatDto,
  ShownAgentDto,
  type HandedTask,
} from './agent.schemas';
import { CertificateDesk } from './certificates.desk';
import { announcePage } from './paging';

const MOST_HANDED = 100;

/** Rows 29, 30, 33 to 36, 47 and 49: agents and their work under `/api/v1`. */
@ApiTags('platform')
@Controller('api/v1/agents')
export class PlatformAgentsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
    private readonly freshness: Freshness,
    private readonly hub: TaskStreamHub,
    private readonly certificates: CertificateDesk,
    private readonly credentials: Credentials,
    @Inject(EVENT_LOG) private readonly log: EventReader,
  ) {}

  @Get()
  @Access('agents:read')
  @ApiOkResponse({ type: [ShownAgentDto] })
  async list(@CurrentCall() call: Call, @Query() query: AgentListQueryDto): Promise<ShownAgentDto[]> {
    await this.freshness.seen(AGENTS, query.at_least);
    const { capability, role, limit, offset } = query;
    const word = query.status ?? query.status_filter;
    const { agents, total } = await this.agents.list({
      ...(word && { status: { of: isDeploymentWord(word) ? 'deployment' : 'platform', word } }),
      ...{ capability, role, limit, offset },
    });
    announcePage(call, { total, limit, offset });
    return agents.map(presentAgent);
  }

  @Get(':id')
  @Access('agents:read')
  @ApiOkResponse({ type: ShownAgentDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Query() { at_least, as_of }: AgentQueryDto,
  ): Promise<ShownAgentDto> {
    await this.freshness.seen(AGENTS, at_least);
    const id = await this.directory.require(call, idOrAlias, '/path/id');
    const agent = as_of ? await this.past(id, as_of) : await this.agents.find(id);
    if (!agent) throw agentNotFound('/path/id');
    announceRevision(call, agent.revision);
    return presentAgent(agent);
  }

  /** Keeps the agent online and hands it what waits for it, unless its socket here does that already. */
  @Post(':id/heartbeat')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: HeartbeatAnsweredDto })
  async heartbeat(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Body() body: PlatformHeartbeatDto,
  ): Promise<HeartbeatAnsweredDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    const health = body.status === 'unhealthy' ? 'error' : body.status;
    await this.commands.send(
      call,
      recordHeartbeat,
      { agent_id, health, load_metrics: loadMetricsOf(body) },
      { refusal: agentRefusal, telemetry: true },
    );
    const renewal = await this.certificates.renewal(call);
    if (this.hub.holds(agent_id)) return { tasks: [], ...renewal };
    return { tasks: await this.lease(call, agent_id, MOST_HANDED), ...renewal };
  }

  @Get(':id/tasks')
  @Access('agents:act')
  @ApiOkResponse({ type: AgentTasksDto })
  async tasks(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Query() { lease, limit }: AgentTasksQueryDto,
  ): Promise<AgentTasksDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    if (!(await this.agents.find(agent_id))) throw agentNotFound('/path/id');
    // HEAD must change nothing, so it only looks.
    if (lease === 'true' && call.reply.request.method === 'GET')
      return { tasks: await this.lease(call, agent_id, limit) };
    const { tasks } = await this.commands.query(call, leasesOfAgent, { agent_id }, { refusal: agentRefusal });
    const pending = tasks.filter((task) => !task.started).slice(0, limit);
    return {
      tasks: pending.map(({ task_id, type, priority, submitted_at }) => ({
        taskId: task_id,
        taskType: type,
        priority,
        createdAt: submitted_at,
      })),
    };
  }

  @Post(':id/tasks/:taskId/complete')
  @HttpCode(200)
  @Access('agents:act')
  @ApiOkResponse({ type: AcknowledgedDto })
  async complete(
    @CurrentCall() call: Call,
    @Param('id') idOrAlias: string,
    @Param('taskId') task: string,
    @Body() body: CompleteDto,
  ): Promise<AcknowledgedDto> {
    const agent_id = await this.directory.require(call, idOrAlias, '/path/id');
    const task_id = taskId(task, '/path/taskId');
    await this.reportLogs(call, agent_id, task_id, body);
    await this.commands.send(
      call,
      completeTask,
      { task_id, agent_id, lease_token: body.leaseToken, outcome: outcomeOf(body) },
      { models: [TASKS] },
    );
    return { acknowledged: true };
  }

  /** Row 36 without an upgrade. The socket itself is served beside Nest, by the upgrade router. */
  @Get(':id/task-stream')
  @Access('agents:act')
  taskStream(): never {
    throw new Problem(426, 'upgrade_required', 'This route is a WebSocket: open it as ws:// or wss://', {
      headers: { upgrade: 'websocket', connection: 'upgrade' },
    });
  }

  private async lease(call: Call, agent_id: string, limit: number): Promise<HandedTask[]> {
    const options = { models: [TASKS], refusal: agentRefusal, part: 'lease' };
    const { tasks } = await this.commands.send(call, leaseTasks, { agent_id, limit }, options);
    const handed = await Promise.all(tasks.map((task) => this.handed(call, agent_id, task)));
    return handed.filter((task) => task !== undefined);
  }

  /** Undefined: its secrets cannot be given, and so it is not. */
  private async handed(call: Call, agent_id: string, task: LeasedTask): Promise<HandedTask | undefined> {
    if (!task.credentials) return presentHandedTask(task, {});
    const { actor, correlationId, causationId, traceparent } = call;
    const asked = { actor, correlation_id: correlationId, causation_id: causationId, traceparent };
    const lease = { agent_id, task_id: task.task_id, lease_token: task.lease_token, credentials: task.credentials };
    const resolved = await this.credentials.resolve(lease, asked);
    if (resolved.kind === 'values') return presentHandedTask(task, resolved.values);
    if (resolved.kind === 'missing') await this.credentials.fail(lease, resolved);
    else await this.credentials.giveBack(lease);
    return undefined;
  }

  /** Before the completion: lines under a lease that is over are dropped. */
  private async reportLogs(call: Call, agentId: string, task_id: string, { logs }: CompleteDto): Promise<void> {
    const batch = new TelemetryBatch();
    const report = () => this.commands.send(call, reportTaskTelemetry, batch.take(agentId), { telemetry: true });
    for (const entry of logs) {
      batch.addLog({ type: 'task_log', taskId: task_id, ...entry }, entry.timestamp);
      if (batch.isFull) await report();
    }
    if (!batch.isEmpty) await report();
  }

  private async past(id: string, asOf: NonNullable<AgentQueryDto['as_of']>): Promise<AgentNow | undefined> {
    const moment = await this.freshness.past(asOf);
    const found = await foldAsOf<AgentDocument>(this.log, agentProjection, streamId('agent', id), moment);
    return found && { ...found.document, ...NO_TELEMETRY };
  }
}

/** Both documents say offline, and mean the same. */
function isDeploymentWord(word: string): boolean {
  return word === 'online' || word === 'offline' || word === 'degraded';
}

function agentRefusal(rejection: Rejection): Problem | undefined {
  return rejection.rejection === 'not_found' ? agentNotFound('/path/id') : undefined;
}
