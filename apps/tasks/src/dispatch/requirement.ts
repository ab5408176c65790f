import type { TaskRequirements } from '@ao/contracts';

/** What an agent is, as far as requirements ask. */
export interface AgentTraits {
  readonly agent_id: string;
  readonly agent_type: string;
  readonly capabilities: readonly string[];
}

/** The same for all tasks that any agent fits equally: such tasks queue together. */
export function signatureOf({ capabilities, agent_type, agent_id }: TaskRequirements): string {
  const sorted = capabilities.length > 1 ? [...new Set(capabilities)].sort() : capabilities;
  return JSON.stringify([agent_id ?? null, agent_type ?? null, ...sorted]);
}

/** The same for all agents that fit the same requirements (those that pin a task to one agent aside). */
export function traitsKey({ agent_type, capabilities }: AgentTraits): string {
  return JSON.stringify([agent_type, ...[...capabilities].sort()]);
}

export function fits(requirements: TaskRequirements, agent: AgentTraits): boolean {
  if (requirements.agent_id !== undefined && requirements.agent_id !== agent.agent_id) return false;
  if (requirements.agent_type !== undefined && requirements.agent_type !== agent.agent_type) return false;
  return requirements.capabilities.every((capability) => agent.capabilities.includes(capability));
}

/**
 * The one key under which a requirement is filed. An agent can fit it only if the key is among `agentKeys`, so neither
 * side ever looks through what has nothing to do with it.
 */
export function requirementKey({ capabilities, agent_type, agent_id }: TaskRequirements): string {
  if (agent_id !== undefined) return `agent ${agent_id}`;
  if (capabilities.length > 0) return `capability ${capabilities[0]}`;
  return agent_type === undefined ? 'any' : `type ${agent_type}`;
}

export function agentKeys({ agent_type, capabilities }: AgentTraits): string[] {
  return [...capabilities.map((capability) => `capability ${capability}`), `type ${agent_type}`, 'any'];
}

export function pinnedKey(agentId: string): string {
  return `agent ${agentId}`;
}
