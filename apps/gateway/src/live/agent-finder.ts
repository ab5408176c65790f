import { newId, type Actor } from '@ao/kernel';
import { ownId, type AgentDirectory } from '../projections/agents/agent.directory';
import type { AgentQueries } from '../projections/agents/agent.queries';
import type { ConnectingAgent } from './task-stream.hub';

/** Finds who connects: by UUID or own id, with what its registration says of its capacity. */
export class AgentFinder {
  constructor(
    private readonly directory: AgentDirectory,
    private readonly agents: AgentQueries,
  ) {}

  /**
   * Undefined when there is no such agent.
   * @throws when the registry has it and the model does not show it yet: then it should connect again
   */
  async find(idOrAlias: string, actor: Actor): Promise<ConnectingAgent | undefined> {
    const correlationId = newId();
    const agentId = await this.directory.idOf({ actor, correlationId, causationId: correlationId }, idOrAlias);
    if (agentId === undefined) return undefined;
    const agent = await this.agents.find(agentId);
    if (!agent) {
      // Taken at its word; only an alias was looked up.
      if (ownId(idOrAlias) !== undefined) return undefined;
      throw new Error(`agent ${agentId} is registered, but the read model does not show it yet`);
    }
    return {
      agentId,
      actor,
      maxConcurrentTasks: agent.max_concurrent_tasks,
      heartbeatIntervalSeconds: agent.heartbeat_interval_seconds,
    };
  }
}
