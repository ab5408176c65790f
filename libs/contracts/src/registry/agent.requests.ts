import { z } from 'zod';
import { command, query, type DataOf, type ResultOf } from '../contract';
import { Id, JsonObject, Time, Word, text } from '../text';
import { AgentDetails, AgentProfile } from './agent.events';

/** No alias may look like a route segment or like an id of ours (API conflict 5). */
const RESERVED_ALIASES = [
  'register',
  'discover',
  'memories',
  'registration-tokens',
  'ca',
  'crl',
  'search',
  'stats',
  'overview',
];

/** A caller's own id for an agent: `[A-Za-z0-9._:@-]{1,128}`, no UUID, no prefix of ours, no reserved word. */
export const ExternalId = z
  .string()
  .regex(/^[A-Za-z0-9._:@-]{1,128}$/, 'must be 1 to 128 of A-Z a-z 0-9 . _ : @ -')
  .refine((id) => !/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id), 'must not be a UUID')
  .refine((id) => !/^(agent|task|cap|wf|run)_/.test(id), 'must not begin with a prefix of the control plane')
  .refine((id) => id !== '.' && id !== '..', 'must not be a path segment')
  .refine((id) => !RESERVED_ALIASES.includes(id), 'is a reserved word');

/**
 * Registers an agent under the caller's own id, or renews the registration it already has there (idempotent). Without
 * details those that it has stay.
 */
export const registerAgent = command(
  'registry.register_agent',
  AgentProfile.extend({ details: AgentDetails.optional(), external_id: ExternalId }),
  z.object({ agent_id: Id, registered_at: Time, created: z.boolean() }),
);
export type RegisterAgent = DataOf<typeof registerAgent>;
export type RegisterAgentResult = ResultOf<typeof registerAgent>;

/**
 * Makes an agent under an id of ours, which somebody else will run: it is initializing until it is heard of or started.
 * Its name is no reservation: names are unique only among enrolled agents.
 */
export const createAgent = command(
  'registry.create_agent',
  AgentProfile,
  z.object({ agent_id: Id, registered_at: Time, revision: z.int() }),
);
export type CreateAgent = DataOf<typeof createAgent>;

/** The fields to change; the others stay. */
export const AgentChanges = AgentProfile.omit({ details: true })
  .partial()
  .extend({
    details: AgentDetails.partial()
      .extend({
        /** Merged by key; null takes a label away. */
        labels: z.record(Word, text(256).nullable()).optional(),
        /** Merged as RFC 7396 says: by key, objects in objects too, null takes a key away. */
        configuration: JsonObject.optional(),
      })
      .optional(),
  });
export type AgentChanges = z.infer<typeof AgentChanges>;

/** Changes the fields given of an agent's profile: lists are replaced, labels and configuration merged. */
export const changeAgent = command(
  'registry.change_agent',
  z.object({ agent_id: Id, changes: AgentChanges, expected_revision: z.int().optional() }),
  z.object({ agent_id: Id, revision: z.int(), updated_at: Time }),
);
export type ChangeAgent = DataOf<typeof changeAgent>;

const Moved = z.object({ agent_id: Id, updated_at: Time });
/** Lets it take tasks. Whoever starts an agent vouches for it as a beat would: it counts as online until beats are missed. */
export const startAgent = command('registry.start_agent', z.object({ agent_id: Id }), Moved);
/** It takes no tasks until it is started again. */
export const stopAgent = command('registry.stop_agent', z.object({ agent_id: Id }), Moved);

/** Ends an agent for good; the caller's own id and its name are free again in the same moment. */
export const deregisterAgent = command(
  'registry.deregister_agent',
  z.object({ agent_id: Id, expected_revision: z.int().optional() }),
  z.object({ agent_id: Id, deleted_at: Time }),
);
export type DeregisterAgent = DataOf<typeof deregisterAgent>;

/** What an agent reports of its load; numbers only, any further keys are kept as they come. */
export const LoadMetrics = z.record(Word, z.number()).refine((load) => Object.keys(load).length <= 100, {
  message: 'must not have more than 100 keys',
});
export type LoadMetrics = z.infer<typeof LoadMetrics>;

/** The words of the coordinator's `PUT /agents/{id}/status` (api.md section 4). */
export const ReportedStatus = z.enum(['active', 'inactive', 'busy', 'stale']);

/** Sets lifecycle, load or liveness from an agent's or operator's word, and keeps the load metrics that came with it. */
export const reportAgentStatus = command(
  'registry.report_agent_status',
  z.object({ agent_id: Id, status: ReportedStatus, load_metrics: LoadMetrics.optional() }),
  z.object({ agent_id: Id, updated_at: Time }),
);
export type ReportAgentStatus = DataOf<typeof reportAgentStatus>;

/**
 * One beat. It writes no event unless it changes the agent's liveness; acknowledged once the beat is taken into the
 * batch that goes to `telemetry.agent_liveness`.
 */
export const recordHeartbeat = command(
  'registry.record_heartbeat',
  z.object({
    agent_id: Id,
    load_metrics: LoadMetrics.optional(),
    health: z.enum(['healthy', 'degraded', 'error']).optional(),
  }),
  z.object({ received_at: Time, heartbeat_interval_seconds: z.number() }),
  { gatherMs: 5 },
);
export type RecordHeartbeat = DataOf<typeof recordHeartbeat>;

/** Finds the id behind a caller's own id, from the registry's own streams. */
export const resolveAgent = query(
  'registry.resolve_agent',
  z.object({ external_id: text(128, 1) }),
  z.object({ agent_id: Id.nullable() }),
);
