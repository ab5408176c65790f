import { Controller, Inject } from '@nestjs/common';
import {
  changeAgent,
  createAgent,
  deregisterAgent,
  recordHeartbeat,
  registerAgent,
  reportAgentStatus,
  resolveAgent,
  startAgent,
  stopAgent,
  type ChangeAgent,
  type CreateAgent,
  type DataOf,
  type DeregisterAgent,
  type RecordHeartbeat,
  type RegisterAgent,
  type RegisterAgentResult,
  type ReportAgentStatus,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { isoTime, isRejection, type Clock, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, done, QueryHandler, type Answer } from '@ao/messaging';
import { CLOCK, COMMAND_SHELL } from '@ao/platform';
import type { Known } from '../liveness/liveness.view';
import { agentAliases } from '../agent-alias/agent-aliases';
import { agentAggregate } from './agent.aggregate';
import { AgentLiveness } from './agent.liveness';
import { unknownAgent, type ReportAgentStatusCommand } from './agent.decider';
import { runChangeAgent, runCreateAgent, runDeregisterAgent } from './manage-agent';
import { runRegisterAgent } from './register-agent';

/** The registry's doors on NATS. */
@Controller()
export class AgentHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(AgentLiveness) private readonly liveness: AgentLiveness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(registerAgent)
  async register(data: RegisterAgent, metadata: CommandMetadata): Promise<CommandResult<RegisterAgentResult>> {
    const result = await runRegisterAgent(this.shell, data, metadata);
    if (!isRejection(result))
      this.liveness.beat(result.result.agent_id, this.clock.now(), data.heartbeat_interval_seconds);
    return result;
  }

  @CommandHandler(createAgent)
  create(profile: CreateAgent, metadata: CommandMetadata): Answer<typeof createAgent> {
    return runCreateAgent(this.shell, profile, metadata);
  }

  @CommandHandler(changeAgent)
  change(data: ChangeAgent, metadata: CommandMetadata): Answer<typeof changeAgent> {
    return runChangeAgent(this.shell, data, metadata);
  }

  @CommandHandler(deregisterAgent)
  deregister(data: DeregisterAgent, metadata: CommandMetadata): Answer<typeof deregisterAgent> {
    return runDeregisterAgent(this.shell, data, metadata);
  }

  @CommandHandler(startAgent)
  start({ agent_id }: DataOf<typeof startAgent>, metadata: CommandMetadata): Answer<typeof startAgent> {
    return this.reportStatus({ agent_id, status: 'active' }, metadata);
  }

  @CommandHandler(stopAgent)
  stop({ agent_id }: DataOf<typeof stopAgent>, metadata: CommandMetadata): Answer<typeof stopAgent> {
    return this.reportStatus({ agent_id, status: 'inactive' }, metadata);
  }

  @CommandHandler(reportAgentStatus)
  async reportStatus(
    { agent_id, status, load_metrics }: ReportAgentStatus,
    metadata: CommandMetadata,
  ): Answer<typeof reportAgentStatus> {
    const beatAt = this.liveness.known(agent_id)?.beat_at;
    const result = await this.reported({ agent_id, status, last_heartbeat: beatAt ? isoTime(beatAt) : null }, metadata);
    if (isRejection(result)) return result;
    const known = await this.known(agent_id);
    if (!known) return result;
    const now = this.clock.now();
    if (status === 'active' || status === 'busy')
      this.liveness.beat(agent_id, now, known.interval_seconds, load_metrics && { load_metrics });
    else if (load_metrics) this.liveness.loadReport(agent_id, now, known.interval_seconds, load_metrics);
    return result;
  }

  /** No event per beat: only one that ends an agent's silence is told to its stream, at once. */
  @CommandHandler(recordHeartbeat)
  async heartbeat(
    { agent_id, load_metrics, health }: RecordHeartbeat,
    metadata: CommandMetadata,
  ): Answer<typeof recordHeartbeat> {
    const known = await this.known(agent_id);
    if (!known) return unknownAgent('record a heartbeat of', agent_id);
    const at = this.clock.now();
    this.liveness.beat(agent_id, at, known.interval_seconds, {
      ...(load_metrics && { load_metrics }),
      ...(health && { health }),
    });
    let position = this.liveness.position();
    if (known.liveness !== 'online') {
      const changed = await this.shell.run(agentAggregate, agent_id, {
        type: 'ChangeLiveness',
        data: { agent_id, liveness: 'online' },
        metadata,
      });
      if (isRejection(changed)) return changed;
      position = changed.position;
    }
    return done({ received_at: isoTime(at), heartbeat_interval_seconds: known.interval_seconds }, position);
  }

  @QueryHandler(resolveAgent)
  async resolve({ external_id }: DataOf<typeof resolveAgent>): Promise<ResultOf<typeof resolveAgent>> {
    return { agent_id: (await agentAliases.holder(this.shell, external_id)).holder ?? null };
  }

  private reported(
    data: ReportAgentStatusCommand['data'],
    metadata: CommandMetadata,
  ): Answer<typeof reportAgentStatus> {
    const { agent_id, status } = data;
    // What the registry knows of beats is no part of what the sender asked for.
    return this.shell.run(
      agentAggregate,
      agent_id,
      { type: 'ReportAgentStatus', data, metadata },
      { payload: { agent_id, status } },
    );
  }

  /** From memory; an agent that registered a moment ago, perhaps at another replica, from its stream. */
  private async known(agentId: string): Promise<Pick<Known, 'interval_seconds' | 'liveness'> | undefined> {
    const known = this.liveness.known(agentId);
    if (known) return known;
    const { state } = await this.shell.state(agentAggregate, agentId, { fresh: true });
    if (state.status !== 'registered') return undefined;
    const { liveness, profile } = state;
    return {
      interval_seconds: profile.heartbeat_interval_seconds,
      liveness: liveness === 'unknown' ? 'offline' : liveness,
    };
  }
}
