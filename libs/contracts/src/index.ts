import { capabilityEvents } from './discovery/capability';
import { apiKeyEvents, oauthClientEvents, signingKeyEvents } from './identity/credential';
import { policyEvents } from './identity/policy';
import { refusalEvents } from './identity/refusal';
import { secretEvents, secretNameEvents } from './identity/secret';
import { sessionEvents } from './identity/session';
import { settingsEvents } from './identity/setting';
import { userAdminsEvents, userEmailEvents, userEvents } from './identity/user';
import { agentAliasEvents, agentEvents, agentNameEvents } from './registry/agent.events';
import { agentCaEvents, certificateEvents, gatewayCertificateEvents } from './registry/certificate';
import { registrationTokenEvents } from './registry/registration-token';
import { workerAgentsEvents, workerEvents, workerNameEvents } from './registry/worker';
import { poolEvents, taskEvents } from './tasks/task.events';

export * from './contract';
export * from './discovery/capability';
export * from './discovery/capability.requests';
export * from './discovery/discovery.requests';
export * from './discovery/search.requests';
export * from './identity/access';
export * from './identity/credential';
export * from './identity/credential.requests';
export * from './identity/policy';
export * from './identity/policy.requests';
export * from './identity/refusal';
export * from './identity/sealed';
export * from './identity/secret';
export * from './identity/secret.requests';
export * from './identity/session';
export * from './identity/setting';
export * from './identity/token';
export * from './identity/user';
export * from './identity/user.requests';
export * from './priority';
export * from './registry/agent.document';
export * from './registry/agent.events';
export * from './registry/agent.projection';
export * from './registry/agent.requests';
export * from './registry/certificate';
export * from './registry/registration-token';
export * from './registry/worker';
export * from './registry/worker.requests';
export * from './tasks/task-stream';
export * from './tasks/task.document';
export * from './tasks/task.events';
export * from './tasks/task.requests';
export * from './telemetry';
export * from './text';
export * from './upcasters';

/** Every event type there is, by category and type: what writers stamp and what golden fixtures are kept for. */
export const allEvents = {
  ...agentEvents,
  ...agentAliasEvents,
  ...agentNameEvents,
  ...registrationTokenEvents,
  ...agentCaEvents,
  ...certificateEvents,
  ...gatewayCertificateEvents,
  ...capabilityEvents,
  ...workerEvents,
  ...workerNameEvents,
  ...workerAgentsEvents,
  ...taskEvents,
  ...poolEvents,
  ...userEvents,
  ...userEmailEvents,
  ...userAdminsEvents,
  ...sessionEvents,
  ...apiKeyEvents,
  ...oauthClientEvents,
  ...signingKeyEvents,
  ...policyEvents,
  ...settingsEvents,
  ...secretEvents,
  ...secretNameEvents,
  ...refusalEvents,
} as const;
