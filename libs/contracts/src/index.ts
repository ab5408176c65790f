import { capabilityEvents } from './discovery/capability';
import { apiKeyEvents, oauthClientEvents, signingKeyEvents } from './identity/credential';
import { policyEvents } from './identity/policy';
import { refusalEvents } from './identity/refusal';
import { secretEvents, secretNameEvents } from './identity/secret';
import { sessionEvents } from './identity/session';
import { settingsEvents } from './identity/setting';
import { userAdminsEvents, userEmailEvents, userEvents } from './identity/user';
import { alertEvents } from './notifications/alert';
import { channelEvents } from './notifications/channel';
import { inboxEvents, notificationEvents, preferencesEvents } from './notifications/notification';
import { ruleEvents } from './notifications/rule';
import { webhookEvents } from './notifications/webhook';
import { agentAliasEvents, agentEvents, agentNameEvents } from './registry/agent.events';
import { agentCaEvents, certificateEvents, gatewayCertificateEvents } from './registry/certificate';
import { registrationTokenEvents } from './registry/registration-token';
import { workerAgentsEvents, workerEvents, workerNameEvents } from './registry/worker';
import { breakerEvents } from './tasks/circuit-breaker';
import { budgetEvents } from './tasks/budget';
import { deadLetterRetryEvents } from './tasks/dead-letter';
import { scheduleEvents } from './tasks/schedule';
import { sshConnectionEvents, sshConnectionNameEvents } from './tasks/ssh';
import { dispatchLimitEvents } from './tasks/limit';
import { poolEvents, taskEvents } from './tasks/task.events';
import { usageEvents } from './tasks/usage';
import { taskTypeEvents } from './tasks/task-type';
import { approvalEvents } from './workflows/approval';
import { codeReviewEvents } from './workflows/code-review';
import { installationEvents } from './workflows/installation';
import { runEvents } from './workflows/run';
import { signalEvents } from './workflows/signal';
import { triggerEvents } from './workflows/trigger';
import { workflowEvents } from './workflows/workflow';

export * from './calendar';
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
export * from './identity/price';
export * from './identity/refusal';
export * from './identity/sealed';
export * from './identity/secret';
export * from './identity/secret.requests';
export * from './identity/session';
export * from './identity/setting';
export * from './identity/token';
export * from './identity/user';
export * from './identity/user.requests';
export * from './money';
export * from './notifications/alert';
export * from './notifications/channel';
export * from './notifications/delivery';
export * from './notifications/notification';
export * from './notifications/public-event';
export * from './notifications/rule';
export * from './notifications/webhook';
export * from './priority';
export * from './registry/agent.document';
export * from './registry/agent.events';
export * from './registry/agent.projection';
export * from './registry/agent.requests';
export * from './registry/certificate';
export * from './registry/registration-token';
export * from './registry/worker';
export * from './registry/worker.requests';
export * from './signing-secret';
export * from './tasks/circuit-breaker';
export * from './tasks/circuit-breaker.requests';
export * from './tasks/budget';
export * from './tasks/cost';
export * from './tasks/dead-letter';
export * from './tasks/explain';
export * from './tasks/limit';
export * from './tasks/retry-delay';
export * from './tasks/schedule';
export * from './tasks/schedule-times';
export * from './tasks/schedule.requests';
export * from './tasks/ssh';
export * from './tasks/ssh.requests';
export * from './tasks/task-stream';
export * from './tasks/task-type';
export * from './tasks/task.document';
export * from './tasks/task.events';
export * from './tasks/task.requests';
export * from './tasks/task.specification';
export * from './tasks/usage';
export * from './telemetry';
export * from './text';
export * from './upcasters';

export * from './workflows/approval';
export * from './workflows/code-review';
export * from './workflows/definition';
export * from './workflows/dependencies';
export * from './workflows/installation';
export * from './workflows/run';
export * from './workflows/run.fold';
export * from './workflows/run.requests';
export * from './workflows/run-summary';
export * from './workflows/signal';
export * from './workflows/template';
export * from './workflows/trigger';
export * from './workflows/workflow';

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
  ...deadLetterRetryEvents,
  ...usageEvents,
  ...budgetEvents,
  ...breakerEvents,
  ...taskTypeEvents,
  ...scheduleEvents,
  ...sshConnectionEvents,
  ...sshConnectionNameEvents,
  ...dispatchLimitEvents,
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
  ...webhookEvents,
  ...channelEvents,
  ...ruleEvents,
  ...notificationEvents,
  ...inboxEvents,
  ...preferencesEvents,
  ...alertEvents,
  ...workflowEvents,
  ...runEvents,
  ...signalEvents,
  ...approvalEvents,
  ...codeReviewEvents,
  ...triggerEvents,
  ...installationEvents,
} as const;
