import { z } from 'zod';
import { query } from '../contract';
import type { AgentCondition } from '../registry/agent.document';
import { Word, text } from '../text';

/** The discovery API's words for an agent's condition (status map of the API, column 004). */
export const DiscoveryHealth = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']);
export type DiscoveryHealth = z.infer<typeof DiscoveryHealth>;

export function discoveryHealth(agent: AgentCondition): DiscoveryHealth {
  if (agent.lifecycle === 'initializing') return 'unknown';
  if (agent.lifecycle === 'stopped' || agent.lifecycle === 'deleted') return 'unhealthy';
  if (agent.liveness === 'offline' || agent.health === 'error') return 'unhealthy';
  if (agent.liveness === 'unknown') return 'unknown';
  return agent.lifecycle === 'draining' || agent.liveness === 'degraded' || agent.health === 'degraded'
    ? 'degraded'
    : 'healthy';
}

/** Capabilities that do what the words ask for, the best first. */
export const searchCapabilities = query(
  'discovery.search_capabilities',
  z.object({
    query: text(2_000, 1),
    top_k: z.int().min(1).max(100).default(5),
    min_score: z.number().min(0).max(1).default(0),
    /** Only capabilities of this group; of agents in this health. */
    group: Word.optional(),
    health: DiscoveryHealth.optional(),
    /** The log position the answer must have seen. */
    at_least: z.int().optional(),
  }),
  z.object({
    /** Fewer than `top_k` also when more would not fit into one reply. */
    results: z.array(
      z.object({
        capability: z.object({
          id: z.string(),
          name: z.string(),
          agent_id: z.string(),
          /** The agent's own id, if it has one. */
          external_id: z.string().nullable(),
          metadata: z.record(z.string(), z.unknown()),
        }),
        similarity_score: z.number().min(0).max(1),
      }),
    ),
    /** The embedder is away or not done: the words alone decided, for some of the results at least. */
    degraded: z.boolean(),
    as_of: z.int(),
  }),
);
