import { budgetEvents, secretEvents, taskEvents, type AlertEvent, type ServiceStatus } from '@ao/contracts';
import { createEventLog, type EventLog } from '@ao/event-log';
import { isoTime, newId, streamId } from '@ao/kernel';
import { SERVICE_STATUS } from '@ao/messaging';
import { append, eventually, testService, type StartedService, type TestService } from '@ao/testing';

/** As short as they may be: a word is said every 5 s. */
const SETTINGS = {
  ...{ ALERT_UNHEALTHY_SECONDS: '10', ALERT_LAG_SECONDS: '60', ALERT_LAG_FOR_SECONDS: '2' },
  ...{ ALERT_DEAD_LETTERS: '5', ALERT_DEAD_LETTER_SECONDS: '6' },
};
const PATIENT = { timeoutMs: 60_000 };

/** The service as processes, which hear of others that are not there but by what is said of them. */
describe('system alerts of two replicas', () => {
  let notifications: TestService;
  let second: StartedService;
  let log: EventLog;
  const speaking = new Map<string, NodeJS.Timeout>();

  beforeAll(async () => {
    notifications = await testService('notifications', SETTINGS);
    second = await notifications.secondReplica();
    log = createEventLog({ pool: notifications.pool });
    await log.ready();
  });
  afterAll(async () => {
    for (const timer of speaking.values()) clearInterval(timer);
    await log?.close();
    await notifications?.stop();
  });

  /** Says it now and every 2 s, until the process falls silent. */
  function says(service: string, changes: Partial<ServiceStatus> = {}): string {
    const { instance_id = newId() } = changes;
    const status: ServiceStatus = {
      ...{ service, instance_id, at: isoTime(log.clock.now()), ready: true, stopping: false },
      ...{ failing: [], subscriptions: [] },
      ...changes,
    };
    const say = () => void notifications.bus.publish(SERVICE_STATUS, status);
    falls(instance_id);
    say();
    if (!status.stopping) speaking.set(instance_id, setInterval(say, 2_000));
    return instance_id;
  }
  function falls(instance_id: string): void {
    clearInterval(speaking.get(instance_id));
    speaking.delete(instance_id);
  }

  const appendTo = (category: string, id: string, events: readonly { type: string; data: object }[], version = 1) =>
    append(log, streamId(category, id), ...events.map((event) => ({ ...event, schema_version: version })));

  /** What was told of one thing, in its order. */
  async function toldOf(source: string): Promise<AlertEvent[]> {
    const told = (await notifications.told('alert')) as unknown as AlertEvent[];
    return told.filter(({ data }) => data.source === source);
  }
  const expected = async () => {
    const { rows } = await notifications.pool.query<{ service: string }>(
      'select service from notifications.expected_services order by service',
    );
    return rows.map(({ service }) => service);
  };
  const words = async (source: string) =>
    (await toldOf(source)).map((event) => (event.type === 'AlertRaised' ? event.data.severity : 'cleared'));
  const becomes = (source: string, expected: readonly string[]) =>
    eventually(async () => expect(await words(source)).toEqual(expected), PATIENT);

  it('should be raised once for a silent service, and stay raised and be cleared once when another replica takes over', async () => {
    // Who begins is elected: the first, which was there alone.
    const instance = says('gateway');
    await eventually(async () => expect(await expected()).toContain('gateway'));
    falls(instance);
    await becomes('gateway', ['critical']);

    await notifications.stack.service('notifications').kill();
    // The second one takes over, and misses the first.
    await becomes('notifications', ['warning']);
    expect(await words('gateway')).toEqual(['critical']);
    says('gateway');
    await becomes('gateway', ['critical', 'cleared']);
    await notifications.stack.restart('notifications');
    await becomes('notifications', ['warning', 'cleared']);
    expect(await words('gateway')).toEqual(['critical', 'cleared']);
  }, 240_000);

  it('should be raised for one that does not come back after all have been restarted, but not for one that had stopped', async () => {
    const [lost, stopped] = [says('registry'), says('discovery')];
    await eventually(async () =>
      expect(await expected()).toEqual(['discovery', 'gateway', 'notifications', 'registry']),
    );
    says('discovery', { instance_id: stopped, stopping: true, ready: false });
    await eventually(async () => expect(await expected()).toEqual(['gateway', 'notifications', 'registry']));
    falls(lost);
    await second.kill();
    await notifications.stack.restart('notifications');
    await becomes('registry', ['critical']);
    says('registry');
    await becomes('registry', ['critical', 'cleared']);
    expect(await words('discovery')).toEqual([]);
  }, 240_000);

  it('should not be raised for a silence in which the one that listens stood still', async () => {
    const listener = notifications.stack.service('notifications');
    const instance = says('identity');
    await eventually(async () => expect(await expected()).toContain('identity'));
    falls(instance);
    listener.signal('SIGSTOP');
    const stopped = performance.now();
    await eventually(() => expect(performance.now() - stopped).toBeGreaterThan(12_000), PATIENT);
    listener.signal('SIGCONT');
    // Said by a look after that; one at the same services, of which it has not heard one for longer than it waits.
    const parked = { name: 'awake', kind: 'owned', state: 'active', lag_events: 0, lag_seconds: 0, parked_streams: 1 };
    const awake = says('tasks', { subscriptions: [parked as ServiceStatus['subscriptions'][number]] });
    await becomes('tasks/awake', ['warning']);
    expect(await words('identity')).toEqual([]);
    says('tasks', { instance_id: awake, stopping: true, ready: false });
    // The control: the silence goes on.
    await becomes('identity', ['critical']);
    says('identity');
    await becomes('identity', ['critical', 'cleared']);
  }, 240_000);

  it('should be raised for a subscription that lags or has parked events, and cleared when it has caught up', async () => {
    const subscription = { name: 'queues', kind: 'owned', state: 'active', lag_events: 0, lag_seconds: 0 } as const;
    const well = { subscriptions: [{ ...subscription, parked_streams: 0 }] };
    const instance_id = says('tasks', well);
    says('tasks', {
      instance_id,
      subscriptions: [{ ...subscription, lag_events: 9, lag_seconds: 61, parked_streams: 2 }],
    });
    const kinds = async () => (await toldOf('tasks/queues')).map(({ type, data }) => `${type} ${data.kind}`);
    const raised = ['AlertRaised events_parked', 'AlertRaised subscription_lagging'];
    await eventually(async () => expect(await kinds()).toEqual(raised), PATIENT);
    expect((await toldOf('tasks/queues'))[0]!.data.message).toContain('has parked 2 streams');
    says('tasks', { instance_id, ...well });
    await eventually(async () => {
      expect((await kinds()).sort()).toEqual([
        'AlertCleared events_parked',
        'AlertCleared subscription_lagging',
        ...raised,
      ]);
    }, PATIENT);
  }, 240_000);

  it('should be raised when a secret expires, with no word of its value, and cleared when it is rotated or deleted', async () => {
    const [one, two] = [newId(), newId()];
    const created = (secret_id: string, expires_at: string) => ({
      type: 'SecretCreated',
      data: secretEvents.SecretCreated.data.parse({
        ...{ secret_id, name: `secret ${secret_id}`, category: 'password', description: '', expires_at },
        ...{ value: `s1.secret-${secret_id}.${'x'.repeat(40)}`, created_at: isoTime(log.clock.now()) },
      }),
    });
    const soon = () => isoTime(log.clock.now() + 2_000);
    await appendTo('secret', one, [created(one, soon())]);
    await appendTo('secret', two, [created(two, soon())]);
    await becomes(one, ['critical']);
    await becomes(two, ['critical']);
    const rotated = { secret_id: one, version: 2, value: `s1.secret-${one}.${'y'.repeat(40)}`, at: soon() };
    await appendTo('secret', one, [{ type: 'SecretRotated', data: { ...rotated, expires_at: null } }]);
    await appendTo('secret', two, [{ type: 'SecretDeleted', data: { secret_id: two, at: soon() } }]);
    await becomes(one, ['critical', 'cleared']);
    await becomes(two, ['critical', 'cleared']);
    const { rows } = await notifications.pool.query<{ text: string }>(
      `select string_agg(to_jsonb(t)::text, '') as text from notifications.alert_subjects t`,
    );
    expect(rows[0]!.text).toContain(`secret ${one}`);
    expect(rows[0]!.text).not.toContain('s1.secret');
  }, 240_000);

  it('should be raised when a budget reaches a threshold, more severely at the end of it, and cleared when it is reset', async () => {
    const budget_id = newId();
    const [at, month] = [isoTime(log.clock.now()), isoTime(log.clock.now()).slice(0, 7)];
    const thresholds = [50, 100].map((percent) => ({ percent, action: 'warn' as const }));
    const terms = {
      scope: { kind: 'installation' as const },
      monthly_limit_micros: 1_000_000,
      currency: 'EUR',
      thresholds,
    };
    const reached = (percent: number) => ({
      type: 'BudgetThresholdReached',
      data: budgetEvents.BudgetThresholdReached.data.parse({
        ...{ budget_id, month, percent, action: 'warn', at, spent_micros: percent * 10_000 },
        monthly_limit_micros: 1_000_000,
      }),
    });
    await appendTo('budget', budget_id, [{ type: 'BudgetSet', data: { budget_id, at, ...terms } }, reached(50)]);
    await becomes(budget_id, ['warning']);
    await appendTo('budget', budget_id, [reached(100)]);
    await becomes(budget_id, ['warning', 'critical']);
    await appendTo('budget', budget_id, [
      ...[{ type: 'BudgetReset', data: { budget_id, month, forgiven_micros: 1_000_000, at } }],
    ]);
    await becomes(budget_id, ['warning', 'critical', 'cleared']);
  }, 240_000);

  it('should be raised when dead letters grow, and cleared when few come any more', async () => {
    const dead = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => {
          const task_id = newId();
          const data = taskEvents.TaskDeadLettered.data.parse({
            ...{ task_id, dead_lettered_at: isoTime(log.clock.now()), failed_attempts: 1 },
            failure: { message: 'no' },
          });
          return appendTo(
            'task',
            task_id,
            [{ type: 'TaskDeadLettered', data }],
            taskEvents.TaskDeadLettered.schemaVersion,
          );
        }),
      );
    await dead(4);
    await eventually(async () => {
      const { rows } = await notifications.pool.query<{ n: string }>(
        'select coalesce(sum(count), 0) as n from notifications.dead_letter_counts',
      );
      expect(Number(rows[0]!.n)).toBe(4);
    });
    expect(await toldOf('tasks')).toEqual([]);
    await dead(5);
    await eventually(async () => {
      const told = await toldOf('tasks');
      expect(told.map(({ type, data }) => `${type} ${data.kind}`)).toEqual([
        ...['AlertRaised dead_letters_growing', 'AlertCleared dead_letters_growing'],
      ]);
    }, PATIENT);
  }, 120_000);
});
