import { NATS_SERVICES, answeredBy, permissionsOf, requestNames } from './permissions';
import { natsServerConfig } from './server-config';

describe('permissions', () => {
  it('should let exactly one service answer each request', () => {
    for (const name of requestNames()) {
      const answering = NATS_SERVICES.filter((service) => permissionsOf(service).subscribe.includes(name));
      expect([name, answering]).toEqual([name, [name.slice(0, name.indexOf('.'))]]);
    }
  });

  it('should let somebody send each request', () => {
    for (const name of requestNames())
      expect(NATS_SERVICES.filter((service) => permissionsOf(service).publish.includes(name))).not.toEqual([]);
  });

  it('should find the requests of every context in the contracts', () => {
    expect(answeredBy('registry')).toContain('registry.register_agent');
    expect(answeredBy('discovery')).toContain('discovery.find_agents');
    expect(answeredBy('tasks')).toContain('tasks.submit_task');
    expect(answeredBy('gateway')).toEqual([]);
  });

  it('should give each event category to one publisher', () => {
    const publishers = NATS_SERVICES.flatMap((service) =>
      permissionsOf(service)
        .publish.filter((subject) => subject.startsWith('events.'))
        .map((subject) => `${service} ${subject}`),
    );
    expect(publishers.sort()).toEqual([
      'discovery events.capability',
      'identity events.apikey',
      'identity events.oauthclient',
      'identity events.policy',
      'identity events.refusal',
      'identity events.secret',
      'identity events.secretname',
      'identity events.session',
      'identity events.settings',
      'identity events.signingkey',
      'identity events.user',
      'identity events.useradmins',
      'identity events.useremail',
      'notifications events.alert',
      'notifications events.channel',
      'notifications events.inbox',
      'notifications events.notification',
      'notifications events.preferences',
      'notifications events.rule',
      'notifications events.webhook',
      'registry events.agent',
      'registry events.agentalias',
      'registry events.agentca',
      'registry events.agentname',
      'registry events.certificate',
      'registry events.gatewaycertificate',
      'registry events.registrationtoken',
      'registry events.worker',
      'registry events.workeragents',
      'registry events.workername',
      'tasks events.budget',
      'tasks events.circuitbreaker',
      'tasks events.deadletterretry',
      'tasks events.dispatchlimit',
      'tasks events.pool',
      'tasks events.schedule',
      'tasks events.sshconnection',
      'tasks events.sshconnectionname',
      'tasks events.task',
      'tasks events.tasktype',
      'tasks events.usage',
      'workflows events.approval',
      'workflows events.installation',
      'workflows events.review',
      'workflows events.run',
      'workflows events.signal',
      'workflows events.trigger',
      'workflows events.workflow',
    ]);
  });

  it('should name nobody who needs everything', () => {
    for (const service of NATS_SERVICES) {
      const { publish, subscribe } = permissionsOf(service);
      expect([...publish, ...subscribe].filter((subject) => ['>', '*', '*.>', '_INBOX.>'].includes(subject))).toEqual(
        [],
      );
    }
  });

  it('should keep passwords out of the configuration when they come from the environment', () => {
    const text = natsServerConfig({
      port: 4222,
      users: [{ service: 'tasks', passwordVariable: 'NATS_TASKS_PASSWORD' }],
    });
    expect(text).toContain('password: $NATS_TASKS_PASSWORD');
  });
});
