import type { Client } from '@agent-orchestration/sdk';
import { workflow } from '@agent-orchestration/sdk';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const TIME = '2026-01-01T00:00:00Z';
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const definition = workflow('w').task('a', { type: 'x' }).definition();
const config = { expression: '0 3 * * *' };
const action = { type: 'create_task', task: { type: 'report' } } as const;

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Every method of the client, with all that it can say. */
export const CALLS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  'agents.register': ({ agents }) =>
    agents.register({
      ...{ agentId: 'a', agentType: 'worker', capabilities: ['c'], services: ['s'], endpoints: { http: 'http://a' } },
      ...{ metadata: { k: 1 }, version: '1', tags: ['t'], maxConcurrentTasks: 2, heartbeatIntervalSeconds: 30 },
    }),
  'agents.get': ({ agents }) => agents.get('a'),
  'agents.list': ({ agents }) => agents.list({ status: 'active' }),
  'agents.discover': ({ agents }) =>
    agents.discover({ status: 'active', agentType: 'worker', capabilities: ['c'], services: ['s'] }),
  'agents.setStatus': ({ agents }) => agents.setStatus('a', 'busy', { activeConnections: 1 }),
  'agents.heartbeat': ({ agents }) => agents.heartbeat('a', { cpuUsage: 1 }),
  'tasks.submit': ({ tasks }) =>
    tasks.submit({
      ...{ type: 't', title: 't', description: 'd', instructions: 'i', payload: { k: 1 }, priority: 'medium' },
      ...{ requirements: { capabilities: ['c'], agentType: 'worker', agentId: 'a' }, requiredTools: ['x'] },
      ...{ agentId: 'a', leaseSeconds: 5, notBefore: TIME, deadline: new Date(TIME), dependsOn: [ID] },
      ...{ onDependencyFailure: 'run', onAgentLost: 'wait', fairnessKey: 'f', concurrencyKey: 'k' },
      retry: { maxAttempts: 2, initialDelayMs: 1, factor: 2, maxDelayMs: 9, jitter: 0.1, nonRetryable: ['X'] },
      credentials: [{ name: 'n', secret: 's', version: 1 }],
    }),
  'tasks.create': ({ tasks }) => tasks.create({ type: 't', delaySeconds: 3 }),
  'tasks.submitMany': ({ tasks }) => tasks.submitMany([{ type: 't' }]),
  'tasks.get': ({ tasks }) => tasks.get(ID),
  'tasks.list': ({ tasks }) =>
    tasks.list({ status: 'queued', agentId: 'a', runId: ID, priority: 'high', limit: 1, offset: 2 }),
  'tasks.iterate': ({ tasks }) => all(tasks.iterate({ status: 'failed' })),
  'tasks.cancel': ({ tasks }) => tasks.cancel(ID, 'why'),
  'tasks.change': ({ tasks }) =>
    tasks.change(ID, { title: 't', priority: 7, deadline: null, payload: {}, requiredTools: ['x'], agentId: null }),
  'tasks.pause': ({ tasks }) => tasks.pause(ID),
  'tasks.resume': ({ tasks }) => tasks.resume(ID),
  'tasks.retry': ({ tasks }) => tasks.retry(ID, { notBefore: TIME }),
  'tasks.provideInput': ({ tasks }) => tasks.provideInput(ID, { yes: true }),
  'tasks.acceptResult': ({ tasks }) => tasks.acceptResult(ID, ID),
  'tasks.stats': ({ tasks }) => tasks.stats(),
  'tasks.history': ({ tasks }) => tasks.history(ID),
  'tasks.logs': ({ tasks }) => tasks.logs(ID, 3),
  'tasks.watch': ({ tasks }) => tasks.watch(ID, () => undefined).ended,
  'tasks.wait': ({ tasks }) => tasks.wait(ID),
  'queues.sizes': ({ queues }) => queues.sizes(),
  'queues.stats': ({ queues }) => queues.stats(),
  'queues.clear': ({ queues }) => queues.clear('low'),
  'deadLetters.list': ({ deadLetters }) =>
    deadLetters.list({ failureClass: 'x', type: 't', agentId: 'a', since: TIME, limit: 1, offset: 1 }),
  'deadLetters.iterate': ({ deadLetters }) => all(deadLetters.iterate()),
  'deadLetters.add': ({ deadLetters }) => deadLetters.add(ID),
  'deadLetters.retry': ({ deadLetters }) => deadLetters.retry(ID, { notBefore: TIME }),
  'deadLetters.retryAll': ({ deadLetters }) => deadLetters.retryAll({ type: 't' }, { ratePerSecond: 5 }),
  'deadLetters.count': ({ deadLetters }) => deadLetters.count({ failureClass: 'x' }),
  'deadLetters.showRetry': ({ deadLetters }) => deadLetters.showRetry(ID),
  'deadLetters.remove': ({ deadLetters }) => deadLetters.remove(ID),
  'deadLetters.stats': ({ deadLetters }) => deadLetters.stats(),
  'notifications.list': ({ notifications }) => notifications.list({ unread: true, limit: 1, offset: 1 }),
  'notifications.iterate': ({ notifications }) => all(notifications.iterate({ unread: true })),
  'notifications.unreadCount': ({ notifications }) => notifications.unreadCount(),
  'notifications.read': ({ notifications }) => notifications.read(ID),
  'notifications.readAll': ({ notifications }) => notifications.readAll(),
  'notifications.preferences': ({ notifications }) => notifications.preferences(),
  'notifications.setPreferences': ({ notifications }) =>
    notifications.setPreferences({ events: ['task.*'], mail: true, mailFrom: 'critical', quietHours: null }),
  'webhooks.list': ({ webhooks }) => webhooks.list({ status: 'active', limit: 1, offset: 1 }),
  'webhooks.iterate': ({ webhooks }) => all(webhooks.iterate({ status: 'failing' })),
  'webhooks.create': ({ webhooks }) =>
    webhooks.create({ url: 'https://a.example', events: ['task.*'], description: 'd', filter: null, secret: SECRET }),
  'webhooks.get': ({ webhooks }) => webhooks.get(ID),
  'webhooks.change': ({ webhooks }) => webhooks.change(ID, { enabled: false }),
  'webhooks.remove': ({ webhooks }) => webhooks.remove(ID),
  'webhooks.test': ({ webhooks }) => webhooks.test(ID),
  'webhooks.rotateSecret': ({ webhooks }) => webhooks.rotateSecret(ID, { secret: SECRET }),
  'webhooks.enable': ({ webhooks }) => webhooks.enable(ID, { backfill: false }),
  'webhooks.replay': ({ webhooks }) => webhooks.replay(ID, { from: 1, to: 9, perSecond: 5 }),
  'webhooks.deliveries': ({ webhooks }) =>
    webhooks.deliveries(ID, { state: 'failed', event: 'task.failed', limit: 1, offset: 1 }),
  'webhooks.redeliver': ({ webhooks }) => webhooks.redeliver(ID, ID),
  'workflows.list': ({ workflows }) => workflows.list({ isTemplate: true, search: 's', limit: 1, offset: 1 }),
  'workflows.iterate': ({ workflows }) => all(workflows.iterate({ isTemplate: false })),
  'workflows.get': ({ workflows }) => workflows.get(ID),
  'workflows.create': ({ workflows }) =>
    workflows.create({ name: 'w', description: 'd', isTemplate: false, config: { k: 1 }, definition }),
  'workflows.update': ({ workflows }) => workflows.update(ID, workflow('w').describe('d').task('a', { type: 'x' })),
  'workflows.addStep': ({ workflows }) => workflows.addStep(ID, definition.steps[0]!),
  'workflows.versions': ({ workflows }) => workflows.versions(ID, { limit: 1, offset: 1 }),
  'workflows.version': ({ workflows }) => workflows.version(ID, 2),
  'workflows.validate': ({ workflows }) => workflows.validate(definition),
  'workflows.remove': ({ workflows }) => workflows.remove(ID),
  'workflows.execute': ({ workflows }) =>
    workflows.execute(ID, { parameters: { k: 1 }, priority: 'medium', version: 1 }),
  'workflows.signal': ({ workflows }) => workflows.signal({ name: 'n', correlation: 'c', payload: 1 }),
  'workflows.runs.list': ({ workflows: { runs } }) =>
    runs.list({ workflowId: ID, status: 'failed', parent: ID, startedAfter: TIME, startedBefore: new Date(TIME) }),
  'workflows.runs.iterate': ({ workflows: { runs } }) => all(runs.iterate({ status: 'paused' })),
  'workflows.runs.get': ({ workflows: { runs } }) => runs.get(ID),
  'workflows.runs.graph': ({ workflows: { runs } }) => runs.graph(ID),
  'workflows.runs.events': ({ workflows: { runs } }) => runs.events(ID),
  'workflows.runs.wait': ({ workflows: { runs } }) => runs.wait(ID),
  'workflows.runs.watch': ({ workflows: { runs } }) => runs.watch(ID, () => undefined).ended,
  'workflows.runs.pause': ({ workflows: { runs } }) => runs.pause(ID, 'why'),
  'workflows.runs.resume': ({ workflows: { runs } }) => runs.resume(ID),
  'workflows.runs.cancel': ({ workflows: { runs } }) => runs.cancel(ID, 'why'),
  'workflows.runs.signal': ({ workflows: { runs } }) => runs.signal(ID, 'n', { k: 1 }),
  'workflows.runs.retry': ({ workflows: { runs } }) => runs.retry(ID, { from: 'a' }),
  'workflows.runs.fork': ({ workflows: { runs } }) => runs.fork(ID, { from: 'a', parameters: { k: 1 } }),
  'approvals.list': ({ approvals }) => approvals.list({ status: 'all', runId: ID, mine: true, limit: 1, offset: 1 }),
  'approvals.iterate': ({ approvals }) => all(approvals.iterate()),
  'approvals.get': ({ approvals }) => approvals.get(ID),
  'approvals.create': ({ approvals }) =>
    approvals.create({
      ...{ title: 't', description: 'd', arguments: { k: 1 }, required: 2, roles: ['approver'], users: [ID] },
      ...{ allowSelf: true, expiresSeconds: 60 },
    }),
  'approvals.approve': ({ approvals }) => approvals.approve(ID, { comment: 'c', argumentsHash: 'a'.repeat(64) }),
  'approvals.reject': ({ approvals }) => approvals.reject(ID, { comment: 'c' }),
  'approvals.cancel': ({ approvals }) => approvals.cancel(ID),
  'triggers.list': ({ triggers }) => triggers.list({ type: 'cron', enabled: true, limit: 1, offset: 1 }),
  'triggers.iterate': ({ triggers }) => all(triggers.iterate({ enabled: false })),
  'triggers.get': ({ triggers }) => triggers.get(ID),
  'triggers.create': ({ triggers }) =>
    triggers.create({ name: 'n', description: 'd', type: 'cron', config, action, enabled: true, throttle: null }),
  'triggers.update': ({ triggers }) => triggers.update(ID, { config, action, throttle: { max: 1, seconds: 1 } }),
  'triggers.remove': ({ triggers }) => triggers.remove(ID),
  'triggers.rotateSecret': ({ triggers }) => triggers.rotateSecret(ID, { secret: SECRET }),
  'triggers.toggle': ({ triggers }) => triggers.toggle(ID, true),
  'triggers.test': ({ triggers }) => triggers.test(ID, { sample: { payload: 1 }, dryRun: true }),
  'triggers.history': ({ triggers }) => triggers.history(ID, { outcome: 'fired', limit: 1, offset: 1 }),
  'codeReviews.list': ({ codeReviews }) => codeReviews.list({ status: 'pending', agentId: 'a', limit: 1, offset: 1 }),
  'codeReviews.iterate': ({ codeReviews }) => all(codeReviews.iterate({ status: 'approved' })),
  'codeReviews.get': ({ codeReviews }) => codeReviews.get(ID),
  'codeReviews.create': ({ codeReviews }) =>
    codeReviews.create({
      ...{ title: 't', description: 'd', agentId: ID, taskId: ID, runId: ID, repository: 'r', branch: 'b', base: 'm' },
      ...{ commit: 'c', diff: 'd', files: [{ path: 'p', additions: 1, deletions: 0 }] },
    }),
  'codeReviews.revise': ({ codeReviews }) => codeReviews.revise(ID, { commit: 'c', diff: 'd', files: [] }),
  'codeReviews.approve': ({ codeReviews }) => codeReviews.approve(ID, { comment: 'c', revision: 1 }),
  'codeReviews.reject': ({ codeReviews }) => codeReviews.reject(ID, { reason: 'r', revision: 1 }),
  'codeReviews.comment': ({ codeReviews }) =>
    codeReviews.comment(ID, { body: 'b', file: 'f', line: 1, side: 'new', inReplyTo: ID }),
  'templates.list': ({ templates }) => templates.list({ category: 'c', search: 's' }),
  'templates.get': ({ templates }) => templates.get(ID),
  'templates.install': ({ templates }) => templates.install(ID, { parameters: { k: 1 }, version: 1, name: 'n' }),
  'templates.installations': ({ templates }) => templates.installations({ templateId: 't', status: 'installed' }),
  'templates.installation': ({ templates }) => templates.installation(ID),
  'templates.uninstall': ({ templates }) => templates.uninstall(ID, { force: true }),
  health: (client) => client.health(),
};
