import type { AgentEvent } from '@ao/contracts';
import type { OpenTask } from './open-task';

/**
 * Reaction: an agent that went offline, or is gone for good, loses its leases at once, whatever their deadlines. Marking them is part of the
 * transaction that takes the event in, so it happens once and survives a crash; the lease keeper then sends the command
 * that the decider checks again.
 */
export function agentLostBy(event: AgentEvent): string | undefined {
  return event.type === 'AgentWentOffline' || event.type === 'AgentDeregistered' ? event.data.agent_id : undefined;
}

export function leasesOf(agentId: string, tasks: Iterable<OpenTask | undefined>): string[] {
  const tokens: string[] = [];
  for (const task of tasks) if (task?.lease?.agent_id === agentId) tokens.push(task.lease.lease_token);
  return tokens;
}
