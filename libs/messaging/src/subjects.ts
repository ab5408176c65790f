/**
 * Every NATS subject there is. Ids, never names, stand in subjects, so that no caller's text reaches one. The file beside
 * it, `permissions.ts`, tells what each service may publish and subscribe: `permissionsOf`.
 */

/** Where the committed events of a category are published: those of one commit, and the commit itself. */
export const categorySubject = (category: string) => `events.${category}`;
/** Every commit, without its events. */
export const COMMITS = 'commits';
/** All events there are. */
export const ALL_EVENTS = 'events.>';
/** To the gateway replica that holds the agent's socket. */
export const agentStreamSubject = (agentId: string) => `agent-stream.${agentId}`;
/** Gateways on their sockets (`AgentConnections`). */
export const AGENT_CONNECTIONS = 'telemetry.agent-connections';
/** Asks every gateway for its whole list of sockets. */
export const AGENT_CONNECTIONS_WANTED = 'telemetry.agent-connections-wanted';
/** Registry on heartbeats (`HeartbeatBatch`). */
export const HEARTBEATS = 'telemetry.heartbeats';
/** Owners of read models on their positions (`ModelPositionBatch`). */
export const MODEL_POSITIONS = 'telemetry.model-positions';
/** Gateways to whoever keeps a read model: somebody waits for it to show a position (`ModelPosition`). */
export const MODEL_POSITIONS_WANTED = 'telemetry.model-positions-wanted';
/** Every service on whether it is ready and how far its subscriptions are (`ServiceStatus`). */
export const SERVICE_STATUS = 'telemetry.service-status';
/** Asks every process for that word now. */
export const SERVICE_STATUS_WANTED = 'telemetry.service-status-wanted';
