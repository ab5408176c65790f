import { testNats, type TestNats } from '@ao/testing';
import { connect, type NatsConnection } from 'nats';
import { NATS_SERVICES, answeredBy, inboxPrefixOf, permissionsOf, type NatsService } from './permissions';
import {
  AGENT_CONNECTIONS,
  AGENT_CONNECTIONS_WANTED,
  HEARTBEATS,
  MODEL_POSITIONS,
  MODEL_POSITIONS_WANTED,
  SERVICE_STATUS,
  SERVICE_STATUS_WANTED,
} from './subjects';

/** Written out here once more, by hand, so that a slip in the table of permissions is not its own oracle. */
const SENDERS: Record<string, NatsService[]> = {
  registry: ['gateway'],
  discovery: ['gateway'],
  tasks: ['gateway'],
  identity: ['gateway'],
  notifications: ['gateway'],
  workflows: ['gateway'],
};
const SENT_BY_NOTIFICATIONS = [
  'identity.create_secret',
  'identity.rotate_secret',
  'identity.reveal_secret',
  'identity.delete_secret',
  'identity.open_sealed',
];
const SENT_BY_WORKFLOWS = [
  'notifications.send_notice',
  'tasks.submit_task',
  'tasks.submit_tasks',
  'tasks.cancel_task',
  'registry.create_agent',
  'registry.deregister_agent',
  'identity.create_secret',
  'identity.rotate_secret',
  'identity.reveal_secret',
  'identity.delete_secret',
];
const PUBLISHERS: Record<string, NatsService[]> = {
  'events.agent': ['registry'],
  'events.agentalias': ['registry'],
  'events.worker': ['registry'],
  'events.workername': ['registry'],
  'events.workeragents': ['registry'],
  'events.capability': ['discovery'],
  'events.task': ['tasks'],
  'events.pool': ['tasks'],
  'events.user': ['identity'],
  'events.refusal': ['identity'],
  'events.webhook': ['notifications'],
  'events.channel': ['notifications'],
  'events.rule': ['notifications'],
  'events.notification': ['notifications'],
  'events.inbox': ['notifications'],
  'events.preferences': ['notifications'],
  'events.alert': ['notifications'],
  'events.workflow': ['workflows'],
  'events.run': ['workflows'],
  'events.approval': ['workflows'],
  'events.review': ['workflows'],
  [HEARTBEATS]: ['registry'],
  [AGENT_CONNECTIONS]: ['gateway'],
  [AGENT_CONNECTIONS_WANTED]: ['tasks'],
  [MODEL_POSITIONS]: ['gateway', 'operator'],
  [MODEL_POSITIONS_WANTED]: ['gateway'],
  [SERVICE_STATUS]: ['gateway', 'registry', 'discovery', 'tasks', 'identity', 'notifications', 'workflows'],
  [SERVICE_STATUS_WANTED]: ['gateway'],
  'agent-stream.0197': ['gateway', 'tasks'],
};
const LISTENERS: Record<string, NatsService[]> = {
  'events.>': [...NATS_SERVICES],
  'events.task': [...NATS_SERVICES],
  [HEARTBEATS]: ['gateway', 'discovery', 'tasks'],
  [AGENT_CONNECTIONS]: ['gateway', 'tasks'],
  [AGENT_CONNECTIONS_WANTED]: ['gateway'],
  [MODEL_POSITIONS]: ['gateway'],
  [MODEL_POSITIONS_WANTED]: ['gateway'],
  [SERVICE_STATUS]: ['gateway', 'notifications'],
  [SERVICE_STATUS_WANTED]: NATS_SERVICES.filter((service) => service !== 'operator'),
  'agent-stream.*': ['gateway'],
};
/** Nobody's: everything, other accounts' and the server's own subjects, and inboxes without a service's prefix. */
const FORBIDDEN = [
  '>',
  '*',
  '*.>',
  '*.*',
  '_INBOX.>',
  '_INBOX.x',
  '$SYS.>',
  '$SYS.REQ.SERVER.PING',
  '$JS.API.>',
  '$JS.API.STREAM.DELETE.x',
];

describe('permissions on a real nats-server', () => {
  let nats: TestNats;
  const connections = new Map<NatsService, NatsConnection>();

  beforeAll(async () => {
    nats = await testNats();
    for (const service of NATS_SERVICES) {
      const { user, password, inboxPrefix } = nats.credentials(service);
      connections.set(service, await connect({ servers: nats.url, user, pass: password, inboxPrefix }));
    }
  });

  afterAll(async () => {
    await Promise.all([...connections.values()].map((connection) => connection.close()));
    await nats.stop();
  });

  it('refuses a connection without credentials, with a wrong password and with an unknown user', async () => {
    const wrong = [{}, { user: 'tasks', pass: 'wrong' }, { user: 'nobody', pass: 'test-tasks' }, { user: 'tasks' }];
    for (const credentials of wrong)
      await expect(connect({ servers: nats.url, reconnect: false, ...credentials })).rejects.toMatchObject({
        code: 'AUTHORIZATION_VIOLATION',
      });
  });

  describe.each(NATS_SERVICES)('%s', (service) => {
    it('may send requests only to those it has business with', async () => {
      for (const context of Object.keys(SENDERS)) {
        for (const name of answeredBy(context)) {
          const lookAtDispatcher = service === 'operator' && name === 'tasks.dispatch_status';
          const tokenOfAgent = service === 'registry' && name === 'identity.issue_agent_token';
          const secretOfLogin = service === 'tasks' && name === 'identity.reveal_secret';
          const ofChannels = service === 'notifications' && SENT_BY_NOTIFICATIONS.includes(name);
          const ofWorkflows = service === 'workflows' && SENT_BY_WORKFLOWS.includes(name);
          const ofOne = lookAtDispatcher || tokenOfAgent || secretOfLogin || ofChannels || ofWorkflows;
          const allowed = SENDERS[context]!.includes(service) || ofOne;
          expect([name, await mayPublish(service, name)]).toEqual([name, allowed]);
        }
        expect(await mayPublish(service, `${context}.made_up`)).toBe(false);
      }
    });

    it('may answer only its own requests', async () => {
      for (const context of Object.keys(SENDERS)) {
        for (const name of answeredBy(context))
          expect([name, await maySubscribe(service, name)]).toEqual([name, context === service]);
        if (context !== service) expect(await maySubscribe(service, `${context}.>`)).toBe(false);
      }
    });

    it('may publish only its own events and telemetry', async () => {
      for (const [subject, publishers] of Object.entries(PUBLISHERS))
        expect([subject, await mayPublish(service, subject)]).toEqual([subject, publishers.includes(service)]);
    });

    it('may hear only what it needs', async () => {
      for (const [subject, listeners] of Object.entries(LISTENERS))
        expect([subject, await maySubscribe(service, subject)]).toEqual([subject, listeners.includes(service)]);
    });

    it("may not touch another's inbox, everything, or the server's own subjects", async () => {
      for (const other of NATS_SERVICES) {
        if (other === service) continue;
        expect([other, await maySubscribe(service, `${inboxPrefixOf(other)}.>`)]).toEqual([other, false]);
        expect([other, await mayPublish(service, `${inboxPrefixOf(other)}.x.1`)]).toEqual([other, false]);
      }
      for (const subject of FORBIDDEN) {
        expect([subject, await maySubscribe(service, subject)]).toEqual([subject, false]);
        if (!/[*>]/.test(subject)) expect([subject, await mayPublish(service, subject)]).toEqual([subject, false]);
      }
    });

    it('should be able to do all that its list says', async () => {
      const { publish, subscribe } = permissionsOf(service);
      for (const subject of subscribe) expect([subject, await maySubscribe(service, subject)]).toEqual([subject, true]);
      for (const subject of publish)
        expect([subject, await mayPublish(service, subject.replace(/[*>]$/, 'x'))]).toEqual([subject, true]);
    });
  });

  async function maySubscribe(service: NatsService, subject: string): Promise<boolean> {
    const connection = connections.get(service)!;
    let refused = false;
    const subscription = connection.subscribe(subject, { callback: (error) => (refused ||= error !== null) });
    await connection.flush();
    if (!refused) subscription.unsubscribe();
    return !refused;
  }

  /** The server tells of a refused publication only in the connection's status; it comes before the answer to the flush. */
  async function mayPublish(service: NatsService, subject: string): Promise<boolean> {
    const connection = connections.get(service)!;
    let refused = false;
    const statuses = connection.status();
    const watching = (async () => {
      for await (const status of statuses)
        if (status.permissionContext?.operation === 'publish' && status.permissionContext.subject === subject)
          refused = true;
    })();
    connection.publish(subject, '{}');
    await connection.flush();
    await new Promise((resolve) => setImmediate(resolve));
    (statuses as unknown as { stop(): void }).stop();
    await watching;
    return !refused;
  }
});
