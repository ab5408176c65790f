import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, JsonObject, Time, Version, Word, text } from '../text';

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
});
export type AgentProfile = z.infer<typeof AgentProfile>;

const CATEGORY = 'agent';

/** The agent aggregate: stream `agent-<uuid>`. */
export const agentEvents = {
  AgentRegistered: event(
    CATEGORY,
    'AgentRegistered',
    1,
    AgentProfile.extend({ agent_id: Id, external_id: text(128, 1).optional(), registered_at: Time }),
  ),
  /** Registered again under its own id with another profile. Always the whole profile. */
  AgentProfileChanged: event(
    CATEGORY,
    'AgentProfileChanged',
    1,
    AgentProfile.extend({ agent_id: Id, changed_at: Time }),
  ),
  /** Accepts tasks: lifecycle active. */
  AgentActivated: event(CATEGORY, 'AgentActivated', 1, z.object({ agent_id: Id, at: Time })),
  /** Takes no tasks until it is activated; a heartbeat does not change that. */
  AgentStopped: event(CATEGORY, 'AgentStopped', 1, z.object({ agent_id: Id, at: Time })),
  /** Says it accepts nothing new until the next activation. */
  AgentMarkedBusy: event(CATEGORY, 'AgentMarkedBusy', 1, z.object({ agent_id: Id, at: Time })),
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
} as const;
export type AgentAliasEvent = EventOf<typeof agentAliasEvents>;
