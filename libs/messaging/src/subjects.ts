/**
 * Every NATS subject there is. Ids, never names, stand in subjects, so that no caller's text reaches one. The file beside
 * it, `permissions.ts`, tells what each service may publish and subscribe: `permissionsOf`.
 */

/** Where committed events are published, with their positions: one, or an array of those of one commit. */
export const eventSubject = (category: string, type: string) => `events.${category}.${type}`;
/** All events of a category. */
export const categorySubject = (category: string) => `events.${category}.>`;
/** All events there are. */
export const ALL_EVENTS = 'events.>';
/** One message per commit: first and last position and the count per category; sent after the commit's events. */
export const COMMITS = 'log.commits';
/** To the gateway replica that holds the agent's socket. */
export const agentStreamSubject = (agentId: string) => `agent-stream.${agentId}`;
/** Gateways on their sockets (`AgentConnections`). */
export const AGENT_CONNECTIONS = 'telemetry.agent-connections';
/** Asks every gateway for its whole list of sockets. */
export const AGENT_CONNECTIONS_WANTED = 'telemetry.agent-connections-wanted';
/** Registry on heartbeats (`HeartbeatBatch`). */
export const HEARTBEATS = 'telemetry.heartbeats';
/** Owners of read models on their positions (`ModelPosition`). */
export const MODEL_POSITIONS = 'telemetry.model-positions';
