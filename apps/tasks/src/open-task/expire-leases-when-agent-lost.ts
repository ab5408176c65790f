import type { AgentEvent } from '@ao/contracts';
import type { OpenTask } from './open-task';

/**
 * Reaction: an agent that went offline, or is gone for good, loses its leases at once, whatever their deadlines. Marking them is part of the
 * transaction that takes the event in, so it happens once and survives a crash; the lease keeper then sends the command
 * that the decider checks again, and which fails the task where its `on_agent_lost` says so.
 */
export function agentLostBy(event: AgentEvent): string | undefined {
  return event.type === 'AgentWentOffline' || event.type === 'AgentDeregistered' ? event.data.agent_id : undefined;
}

/** Whether the loss of its agent ends the lease of such a task; otherwise it lasts until its own deadline. */
export function endsWithAgent({ on_agent_lost }: Pick<OpenTask, 'on_agent_lost'>): boolean {
  return on_agent_lost !== 'wait';
}

export function leasesOf(agentId: string, tasks: Iterable<OpenTask | undefined>): string[] {
  const tokens: string[] = [];
  for (const task of tasks) {
    if (task?.lease?.agent_id === agentId && endsWithAgent(task)) tokens.push(task.lease.lease_token);
  }
  return tokens;
}
