import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, JsonObject, Time, Version, Word, text } from '../text';

/** What only some of the API's faces know of an agent; the other faces leave it as it is. */
export const AgentDetails = z.object({
  /** Deployment agents: merged by key on a change. */
  labels: z.record(Word, text(256)),
  /** Deployment agents: what they are to deploy to. */
  assigned_targets: z.array(Word).max(1000),
  description: text(4_000),
  /** What an LLM agent is for, in its owner's words. */
  role: text(200),
  llm_provider: text(128),
  llm_model: text(128),
  system_prompt: text(64 * 1024),
  enabled_tools: z.array(Word).max(1000),
  /** The worker node it runs on: lost with it. */
  worker_id: Id.nullable(),
  /** Free settings of the operations API. */
  configuration: JsonObject,
  environment: text(128),
  /** Share of the strategy `weighted`: an agent with 2 gets twice as much as one with 1, one with 0 nothing. */
  weight: z.number().min(0).max(1000),
});
export type AgentDetails = z.infer<typeof AgentDetails>;

/** Of an agent of which nothing of it was said. */
export const NO_DETAILS: AgentDetails = {
  labels: {},
  assigned_targets: [],
  description: '',
  role: '',
  llm_provider: '',
  llm_model: '',
  system_prompt: '',
  enabled_tools: [],
  worker_id: null,
  configuration: {},
  environment: '',
  weight: 1,
};

/** What an agent says of itself. Absent lists are empty. */
export const AgentProfile = z.object({
  name: text(200, 1),
  agent_type: Word,
  capabilities: z.array(Word).max(1000),
  services: z.array(Word).max(1000),
  endpoints: z.record(Word, text(2048)),
  metadata: JsonObject,
  version: Version,
  tags: z.array(Word).max(100),
  /** How many tasks it takes at once; a connected worker may declare another number for its connection. */
  max_concurrent_tasks: z.int().min(1).max(10_000),
  /** Seconds between heartbeats. */
  heartbeat_interval_seconds: z.number().min(0.2).max(3600),
  details: AgentDetails,
});
export type AgentProfile = z.infer<typeof AgentProfile>;

const CATEGORY = 'agent';

/** The agent aggregate: stream `agent-<uuid>`. */
export const agentEvents = {
  AgentRegistered: event(
    CATEGORY,
    'AgentRegistered',
    2,
    AgentProfile.extend({
      agent_id: Id,
      external_id: text(128, 1).optional(),
      /** `initializing`: made by somebody else, and not heard of yet. Its first sign of life, or a start, activates it. */
      lifecycle: z.enum(['initializing', 'active']),
      registered_at: Time,
    }),
  ),
  /** Registered again under its own id with another profile. Always the whole profile. */
  AgentProfileChanged: event(
    CATEGORY,
    'AgentProfileChanged',
    2,
    AgentProfile.extend({ agent_id: Id, changed_at: Time }),
  ),
  /** Accepts tasks: lifecycle active. */
  AgentActivated: event(CATEGORY, 'AgentActivated', 1, z.object({ agent_id: Id, at: Time })),
  /** Takes no tasks until it is activated; a heartbeat does not change that. */
  AgentStopped: event(CATEGORY, 'AgentStopped', 1, z.object({ agent_id: Id, at: Time })),
  /** Says it accepts nothing new until the next activation. */
  AgentMarkedBusy: event(CATEGORY, 'AgentMarkedBusy', 1, z.object({ agent_id: Id, at: Time })),
  /** Gone for good: hidden from lists, its credentials worth nothing, its names free again. The history stays. */
  AgentDeregistered: event(CATEGORY, 'AgentDeregistered', 1, z.object({ agent_id: Id, at: Time })),
  /** Liveness transitions, derived from heartbeats (or from an operator's word `stale`: offline until the next beat). */
  AgentCameOnline: event(CATEGORY, 'AgentCameOnline', 1, z.object({ agent_id: Id, at: Time })),
  AgentDegraded: event(CATEGORY, 'AgentDegraded', 1, z.object({ agent_id: Id, at: Time, last_heartbeat: Time })),
  AgentWentOffline: event(
    CATEGORY,
    'AgentWentOffline',
    1,
    z.object({ agent_id: Id, at: Time, last_heartbeat: Time, reason: z.enum(['heartbeats_missed', 'marked_stale']) }),
  ),
} as const;
export type AgentEvent = EventOf<typeof agentEvents>;

/** The reservation of a caller's own id: stream `agentalias-<derivedId('agent-alias', external_id)>`. */
export const agentAliasEvents = {
  AgentAliasReserved: event(
    'agentalias',
    'AgentAliasReserved',
    1,
    z.object({ external_id: text(128, 1), agent_id: Id }),
  ),
  AgentAliasReleased: event(
    'agentalias',
    'AgentAliasReleased',
    1,
    z.object({ external_id: text(128, 1), agent_id: Id }),
  ),
} as const;
export type AgentAliasEvent = EventOf<typeof agentAliasEvents>;

/** Who holds the name of an enrolled agent: stream `agentname-<derivedId('agent-name', name)>`. */
export const agentNameEvents = {
  AgentNameReserved: event('agentname', 'AgentNameReserved', 1, z.object({ name: text(200, 1), agent_id: Id })),
  AgentNameReleased: event('agentname', 'AgentNameReleased', 1, z.object({ name: text(200, 1), agent_id: Id })),
} as const;
export type AgentNameEvent = EventOf<typeof agentNameEvents>;
