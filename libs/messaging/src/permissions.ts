import * as contracts from '@ao/contracts';
import {
  AGENT_CONNECTIONS,
  AGENT_CONNECTIONS_WANTED,
  ALL_EVENTS,
  COMMITS,
  HEARTBEATS,
  MODEL_POSITIONS,
  MODEL_POSITIONS_WANTED,
  SERVICE_STATUS,
  SERVICE_STATUS_WANTED,
  agentStreamSubject,
  categorySubject,
} from './subjects';

/** Every process that has a NATS user of its own. */
export const NATS_SERVICES = [
  'gateway',
  'registry',
  'discovery',
  'tasks',
  'identity',
  'notifications',
  'workflows',
  'operator',
] as const;
export type NatsService = (typeof NATS_SERVICES)[number];

export interface Permissions {
  /** Subjects it may publish to; answers to requests it was sent come on top (`allow_responses`). */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

interface Traffic {
  /** Contexts whose requests it sends, or single request names. */
  readonly sends?: readonly string[];
  /** Event categories it appends, and so announces. */
  readonly appends?: readonly string[];
  readonly publishes?: readonly string[];
  readonly hears?: readonly string[];
  /** Follows the log: hears what is committed. */
  readonly follows?: boolean;
}

const ANY_AGENT_STREAM = agentStreamSubject('*');

/** Who sends what to whom. What a service answers follows from the names of the contracts: `<service>.<verb>`. */
const TRAFFIC: Record<NatsService, Traffic> = {
  gateway: {
    sends: ['registry', 'discovery', 'tasks', 'identity', 'notifications', 'workflows'],
    // A gateway tells the other replicas of a newer socket of the same agent.
    publishes: [
      ...[ANY_AGENT_STREAM, AGENT_CONNECTIONS, MODEL_POSITIONS, MODEL_POSITIONS_WANTED],
      ...[SERVICE_STATUS, SERVICE_STATUS_WANTED],
    ],
    hears: [
      ...[ANY_AGENT_STREAM, AGENT_CONNECTIONS, AGENT_CONNECTIONS_WANTED, HEARTBEATS],
      ...[MODEL_POSITIONS, MODEL_POSITIONS_WANTED, SERVICE_STATUS],
    ],
    follows: true,
  },
  registry: {
    // The token of an agent that enrols, or renews its certificate.
    sends: ['identity.issue_agent_token'],
    appends: categoriesOf(
      contracts.agentEvents,
      contracts.agentAliasEvents,
      contracts.agentNameEvents,
      contracts.registrationTokenEvents,
      contracts.agentCaEvents,
      contracts.certificateEvents,
      contracts.gatewayCertificateEvents,
      contracts.workerEvents,
      contracts.workerNameEvents,
      contracts.workerAgentsEvents,
    ),
    publishes: [HEARTBEATS, SERVICE_STATUS],
    follows: true,
  },
  discovery: {
    appends: categoriesOf(contracts.capabilityEvents),
    publishes: [SERVICE_STATUS],
    hears: [HEARTBEATS],
    follows: true,
  },
  tasks: {
    // What an SSH connection logs in with.
    sends: ['identity.reveal_secret'],
    appends: categoriesOf(
      contracts.taskEvents,
      contracts.poolEvents,
      contracts.usageEvents,
      contracts.budgetEvents,
      contracts.deadLetterRetryEvents,
      contracts.breakerEvents,
      contracts.taskTypeEvents,
      contracts.sshConnectionEvents,
      contracts.sshConnectionNameEvents,
      contracts.dispatchLimitEvents,
      contracts.scheduleEvents,
    ),
    publishes: [ANY_AGENT_STREAM, AGENT_CONNECTIONS_WANTED, SERVICE_STATUS],
    hears: [AGENT_CONNECTIONS, HEARTBEATS],
    follows: true,
  },
  identity: {
    appends: categoriesOf(
      contracts.userEvents,
      contracts.userEmailEvents,
      contracts.userAdminsEvents,
      contracts.sessionEvents,
      contracts.apiKeyEvents,
      contracts.oauthClientEvents,
      contracts.signingKeyEvents,
      contracts.policyEvents,
      contracts.settingsEvents,
      contracts.secretEvents,
      contracts.secretNameEvents,
      contracts.refusalEvents,
    ),
    publishes: [SERVICE_STATUS],
    follows: true,
  },
  notifications: {
    // What channels and webhooks log in and sign with; whom mail goes to is sealed.
    sends: [
      'identity.create_secret',
      'identity.rotate_secret',
      'identity.reveal_secret',
      'identity.delete_secret',
      'identity.open_sealed',
    ],
    appends: categoriesOf(
      contracts.webhookEvents,
      contracts.channelEvents,
      contracts.ruleEvents,
      contracts.notificationEvents,
      contracts.inboxEvents,
      contracts.preferencesEvents,
      contracts.alertEvents,
    ),
    publishes: [SERVICE_STATUS],
    hears: [SERVICE_STATUS],
    follows: true,
  },
  workflows: {
    sends: [
      // Steps are tasks.
      'tasks.submit_task',
      'tasks.submit_tasks',
      'tasks.cancel_task',
      // Triggers tell people.
      'notifications.send_notice',
      // The agents that a template brings along.
      'registry.create_agent',
      'registry.deregister_agent',
      // What webhooks that start runs are checked with, and what steps call others with.
      'identity.create_secret',
      'identity.rotate_secret',
      'identity.reveal_secret',
      'identity.delete_secret',
    ],
    appends: categoriesOf(
      contracts.workflowEvents,
      contracts.runEvents,
      contracts.signalEvents,
      contracts.approvalEvents,
      contracts.codeReviewEvents,
      contracts.triggerEvents,
      contracts.installationEvents,
    ),
    publishes: [SERVICE_STATUS],
    follows: true,
  },
  // Audit's tail, replays (which announce the model they switched), and a look at the dispatcher.
  operator: { sends: ['tasks.dispatch_status'], publishes: [MODEL_POSITIONS], follows: true },
};

/** Where answers for a service arrive; the prefix is its own, so that no service can listen to another's answers. */
export const inboxPrefixOf = (service: string) => `_INBOX_${service}`;

/** All that a service's NATS user may do; everything else is denied. */
export function permissionsOf(service: NatsService): Permissions {
  const { sends = [], appends = [], publishes = [], hears = [], follows = false } = TRAFFIC[service];
  return {
    publish: [
      ...requestNames().filter((name) => sends.includes(name) || sends.includes(contextOf(name))),
      ...appends.map((category) => categorySubject(category)),
      ...(appends.length > 0 ? [COMMITS] : []),
      ...publishes,
    ],
    subscribe: [
      `${inboxPrefixOf(service)}.>`,
      ...answeredBy(service),
      ...(follows ? [ALL_EVENTS, COMMITS] : []),
      ...hears,
      // Who says how it is can be asked for it.
      ...(publishes.includes(SERVICE_STATUS) ? [SERVICE_STATUS_WANTED] : []),
    ],
  };
}

/** The requests a service answers. */
export function answeredBy(service: string): string[] {
  return requestNames().filter((name) => contextOf(name) === service);
}

/** The name of every command and query that the contracts declare. */
export function requestNames(): string[] {
  const declared: readonly unknown[] = Object.values(contracts);
  return declared
    .filter(isRequestContract)
    .map((contract) => contract.name)
    .sort();
}

function isRequestContract(value: unknown): value is contracts.RequestContract {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name } = value as { kind?: unknown; name?: unknown };
  return (kind === 'command' || kind === 'query') && typeof name === 'string';
}

function contextOf(requestName: string): string {
  return requestName.slice(0, requestName.indexOf('.'));
}

function categoriesOf(...maps: Readonly<Record<string, contracts.EventContract>>[]): string[] {
  return [...new Set(maps.flatMap((map) => Object.values(map).map((event) => event.category)))];
}
