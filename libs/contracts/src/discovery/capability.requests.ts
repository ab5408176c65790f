import { z } from 'zod';
import { command, query } from '../contract';
import { Id, JsonObject, Time, Word } from '../text';
import { CapabilityDocument } from './capability';
import { DiscoveryHealth } from './search.requests';

/** The name of a capability: dots divide it, from the general to the particular (`document.ocr`). */
export const CapabilityName = Word.refine((name) => !name.includes('*'), 'must not contain *');

/** A name, or all names below one: `document.*`. */
export const CapabilityPattern = Word.refine(
  (pattern) => !pattern.replace(/\.\*$/, '').includes('*'),
  'must not contain * but as its last part (document.*)',
);

/** How one of the agents that fit is chosen (libs/routing has the rules). */
export const ROUTING_STRATEGIES = [
  'round_robin',
  'least_loaded',
  'random',
  'first_available',
  'weighted',
  'latency',
  'trust',
  'least_connections',
] as const;
export const RoutingStrategyName = z.enum(ROUTING_STRATEGIES);
export type RoutingStrategyName = z.infer<typeof RoutingStrategyName>;

/** Registers what an agent can do, or changes it where the agent has a capability of this name already. */
export const registerCapability = command(
  'discovery.register_capability',
  z.object({
    agent_id: Id,
    name: CapabilityName,
    metadata: JsonObject.default({}),
    groups: z.array(Word).max(100).default([]),
  }),
  z.object({ capability_id: Id, created_at: Time, created: z.boolean() }),
);

export const removeCapability = command(
  'discovery.remove_capability',
  z.object({ capability_id: Id }),
  z.object({ capability_id: Id, removed_at: Time }),
);

/** Removes every capability of an agent, whoever registered it; the agent stays (API conflict 24). */
export const removeAgentCapabilities = command(
  'discovery.remove_agent_capabilities',
  z.object({ agent_id: Id }),
  z.object({ removed: z.int() }),
);

/** The log position that the answer must have seen. */
const AtLeast = z.int().optional();

/** What a query tells of the agent beside its records; `load` is null until the agent reports one. */
const RoutedAgent = z.object({
  agent_id: Id,
  external_id: z.string().nullable(),
  load: z.number().nullable(),
  health: DiscoveryHealth,
  last_heartbeat: Time,
});

/** A capability with the caller's own id of its agent. */
const ShownCapability = CapabilityDocument.extend({ external_id: z.string().nullable() });

/** Agents that can take such work now, the one to take first. */
export const findRoutes = query(
  'discovery.find_routes',
  z.object({
    capability: CapabilityPattern,
    strategy: RoutingStrategyName.optional(),
    group: Word.optional(),
    limit: z.int().min(1).max(1_000).default(20),
    at_least: AtLeast,
  }),
  z.object({
    strategy: RoutingStrategyName,
    routes: z.array(RoutedAgent.extend({ capability: Word, metadata: JsonObject })),
    as_of: z.int(),
  }),
);

/** Records by name, then by agent. A page ends before a reply grows too large. */
export const listCapabilities = query(
  'discovery.list_capabilities',
  z.object({
    agent_id: Id.optional(),
    capability: CapabilityPattern.optional(),
    group: Word.optional(),
    limit: z.int().min(1).max(1_000).default(100),
    offset: z.int().min(0).default(0),
    at_least: AtLeast,
  }),
  z.object({ capabilities: z.array(ShownCapability), total: z.int(), as_of: z.int() }),
);

export const showCapability = query(
  'discovery.show_capability',
  z.object({ capability_id: Id, at_least: AtLeast }),
  z.object({ capability: ShownCapability.nullable() }),
);

export const listGroups = query(
  'discovery.list_groups',
  z.object({ limit: z.int().min(1).max(1_000).default(100), offset: z.int().min(0).default(0), at_least: AtLeast }),
  z.object({
    groups: z.array(z.object({ name: Word, agents: z.int(), capabilities: z.int() })),
    total: z.int(),
    as_of: z.int(),
  }),
);

export const agentsOfGroup = query(
  'discovery.agents_of_group',
  z.object({
    group: Word,
    limit: z.int().min(1).max(1_000).default(100),
    offset: z.int().min(0).default(0),
    at_least: AtLeast,
  }),
  z.object({
    agents: z.array(RoutedAgent.extend({ capabilities: z.array(Word) })),
    total: z.int(),
    as_of: z.int(),
  }),
);

/** How one agent fares; uptime counts from when it was last registered, activated or back online, and is 0 while it is away. */
export const agentHealth = query(
  'discovery.agent_health',
  z.object({ agent_id: Id, at_least: AtLeast }),
  z.object({ agent: RoutedAgent.extend({ uptime_seconds: z.int() }).nullable() }),
);
