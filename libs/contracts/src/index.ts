import { agentAliasEvents, agentEvents } from './registry/agent.events';
import { poolEvents, taskEvents } from './tasks/task.events';

export * from './contract';
export * from './discovery/discovery.requests';
export * from './priority';
export * from './registry/agent.document';
export * from './registry/agent.events';
export * from './registry/agent.projection';
export * from './registry/agent.requests';
export * from './tasks/task-stream';
export * from './tasks/task.document';
export * from './tasks/task.events';
export * from './tasks/task.requests';
export * from './telemetry';
export * from './text';
export * from './upcasters';

/** Every event type there is, by category and type: what writers stamp and what golden fixtures are kept for. */
export const allEvents = { ...agentEvents, ...agentAliasEvents, ...taskEvents, ...poolEvents } as const;
