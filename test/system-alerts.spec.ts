import { SERVICES } from '@ao/embedded';
import { requestParkedRetry } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const SHORT = { ALERT_UNHEALTHY_SECONDS: '12', ALERT_DEAD_LETTERS: '3', ALERT_DEAD_LETTER_SECONDS: '10' };
const PATIENT = { timeoutMs: 60_000 };

interface Alert {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly severity: string;
  readonly status: string;
  readonly message: string;
  readonly times: number;
}

/** What is the matter with the installation itself, against everything real. */
describe('system alerts', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack({ env: SHORT });
    api = new IdentityClient(stack);
    await set({ 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 });
    admin = await api.logIn(stack.admin);
    // Who was never heard is missed by nobody.
    await eventually(async () => {
      const { rows } = await stack.database
        .pool('admin')
        .query<{ service: string }>('select service from notifications.expected_services');
      expect(rows.map(({ service }) => service).sort()).toEqual([...SERVICES].sort());
    }, PATIENT);
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
  });

  const set = (settings: object) =>
    eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
  async function list(query = ''): Promise<Alert[]> {
    const answer = await admin.call('GET', `/api/v1/system/alerts?${query}`);
    expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
    return answer.body as unknown as Alert[];
  }
  const of = async (kind: string, source: string) => (await list(`kind=${kind}`)).find((one) => one.source === source);
  const raised = (kind: string, source: string, shown: Partial<Alert> = {}) =>
    eventually(async () => {
      const alert = await of(kind, source);
      expect(alert).toMatchObject({ status: 'raised', times: 1, ...shown });
      return alert!;
    }, PATIENT);
  const cleared = (kind: string, source: string) =>
    eventually(async () => expect(await of(kind, source)).toMatchObject({ status: 'cleared', times: 1 }), PATIENT);
  /** The words of the alert's own stream. */
  async function told({ id }: Alert): Promise<string[]> {
    const { rows } = await stack.database
      .pool('admin')
      .query<{ type: string }>('select type from event_log.events where stream_id = $1 order by position', [
        `alert-${id}`,
      ]);
    return rows.map(({ type }) => type);
  }
  const notices = async () =>
    (await admin.call('GET', '/api/v1/notifications?limit=200')).body as unknown as { subject: string; body: string }[];

  it('should be nothing while all is well', async () => {
    const answer = await admin.call('GET', '/api/v1/system/alerts');
    expect([answer.status, answer.body, answer.headers.get('x-total-count')]).toEqual([200, [], '0']);
    expect(await admin.call('GET', `/api/v1/system/alerts/${UNKNOWN}`)).toMatchObject({
      ...{ status: 404, body: { code: 'alert_not_found' } },
    });
    expect((await admin.call('GET', '/api/v1/system/alerts?severity=fatal')).body).toMatchObject({
      errors: [{ pointer: '/query/severity' }],
    });
  });

  it('should be raised once for a service that is killed and kept down, tell admins, and be cleared when it is back', async () => {
    await stack.service('discovery').kill();
    const alert = await raised('service_unhealthy', 'discovery', { severity: 'critical' });
    expect(alert).toEqual({
      ...{ id: UUID, kind: 'service_unhealthy', source: 'discovery', severity: 'critical', status: 'raised', times: 1 },
      message: expect.stringMatching(/^No process of discovery serves: 1 silent for more than 12 s\. .*start it again/),
      details: { serving: 0, silent: 1, not_ready: 0, checks: '', after_seconds: 12 },
      ...{ raised_at: TIME, cleared_at: null, updated_at: TIME },
    });
    expect((await admin.call('GET', `/api/v1/system/alerts/${alert.id}`)).body).toEqual(alert);
    await eventually(async () => {
      const about = (await notices()).filter(({ body }) => body.includes('discovery'));
      expect(about).toMatchObject([{ subject: 'Critical: service unhealthy', body: alert.message }]);
    });
    await stack.restart('discovery');
    await cleared('service_unhealthy', 'discovery');
    expect(await told(alert)).toEqual(['AlertRaised', 'AlertCleared']);
    expect((await list('status=raised')).map(({ source }) => source)).toEqual([]);
    expect((await list('status=cleared&severity=critical')).map(({ id }) => id)).toEqual([alert.id]);
  }, 150_000);

  it('should be raised for one that hangs, but not for one that is stopped and started again', async () => {
    const registry = stack.service('registry');
    registry.signal('SIGTERM');
    expect(await registry.exited).toMatchObject({ code: 0 });
    // The control: one that hangs after that, and is waited for as long.
    const tasks = stack.service('tasks');
    tasks.signal('SIGSTOP');
    const alert = await raised('service_unhealthy', 'tasks');
    expect(await of('service_unhealthy', 'registry')).toBeUndefined();
    tasks.signal('SIGCONT');
    await Promise.all([stack.restart('registry'), cleared('service_unhealthy', 'tasks')]);
    expect(await told(alert)).toEqual(['AlertRaised', 'AlertCleared']);
  }, 200_000);

  it('should be raised when an event is parked, and cleared by its retry', async () => {
    const pool = stack.database.pool('admin');
    const table = 'read_models.ssh_connections';
    await pool.query(`alter table ${table} add constraint broken check (false) not valid`);
    const body = { name: 'web-1', hostname: 'web-1.internal', username: 'deploy', auth_method: 'private_key' };
    const asked = api.operator('POST', '/api/v1/ssh-connections', body);
    const alert = await raised('events_parked', 'gateway/ssh-connections', { severity: 'warning' });
    expect(alert.message).toContain('has parked 1 stream');
    await asked;
    await pool.query(`alter table ${table} drop constraint broken`);
    expect(await requestParkedRetry(pool, 'read_models', { subscription: 'ssh-connections' })).toBe(1);
    await cleared('events_parked', 'gateway/ssh-connections');
  }, 150_000);

  it('should be raised when dead letters grow, and cleared when they do not any more', async () => {
    for (let number = 0; number < 3; number += 1) {
      const task = { type: 'job', requirements: { capabilities: ['nobody-has-this'] } };
      const { task_id } = (await api.operator('POST', '/api/v1/tasks', task)).body;
      expect((await api.operator('POST', '/api/v1/dead-letter', { task_id })).status).toBe(201);
    }
    const alert = await raised('dead_letters_growing', 'tasks');
    expect(alert.message).toMatch(/^3 tasks became dead letters within 10 seconds\./);
    await cleared('dead_letters_growing', 'tasks');
  }, 100_000);

  it('should be raised when a secret expires, cleared when it gets a later expiry, and raised again', async () => {
    const secret = (name: string, milliseconds: number) => ({
      ...{ name, value: 'CANARY-value', category: 'api_key' },
      expires_at: new Date(Date.now() + milliseconds).toISOString(),
    });
    const made = await api.operator('POST', '/api/v1/secrets', secret('mailer', 3_000));
    expect(made.status).toBe(201);
    const id = String(made.body.id);
    const alert = await raised('secret_expiring', id, { severity: 'critical' });
    expect(alert.message).toMatch(/^The secret 'mailer' expired at /);
    const later = { expires_at: new Date(Date.now() + 365 * 86_400_000).toISOString() };
    expect((await api.operator('PUT', `/api/v1/secrets/${id}`, later)).status).toBe(200);
    await cleared('secret_expiring', id);
    const again = { expires_at: new Date(Date.now() + 1_000).toISOString() };
    expect((await api.operator('PUT', `/api/v1/secrets/${id}`, again)).status).toBe(200);
    await eventually(
      async () => expect(await of('secret_expiring', id)).toMatchObject({ id: alert.id, status: 'raised', times: 2 }),
      PATIENT,
    );
    expect(JSON.stringify(await list())).not.toContain('CANARY');
  }, 100_000);

  it('should be raised when a budget reaches a threshold, and cleared when it is reset', async () => {
    const [price] = [{ provider: 'openai', model: 'gpt-4o', input_per_million: 1, output_per_million: 0 }];
    const prices = [{ ...price, currency: 'USD', effective_from: '2020-01-01' }];
    expect((await admin.call('PUT', '/api/v1/cost/prices', { prices })).status).toBe(200);
    const budget = { task_type: 'dear', monthly_limit: 2, alert_thresholds: [50, 100] };
    const { budget_id } = (await admin.call('PUT', '/api/v1/cost/budget', budget)).body;
    const agent = { agent_id: 'spender', agent_type: 'worker', capabilities: ['spend'] };
    await api.operator('POST', '/agents/register', agent);
    const task = { type: 'dear', requirements: { capabilities: ['spend'] } };
    const { task_id } = (await api.operator('POST', '/api/v1/tasks', task)).body;
    await eventually(async () => {
      expect((await api.operator('GET', `/api/v1/tasks/${String(task_id)}`)).body).toMatchObject({
        status: 'assigned',
      });
    });
    const report = { reportId: newId(), provider: 'openai', model: 'gpt-4o', durationMs: 10 };
    const reports = [{ ...report, inputTokens: 1_500_000, outputTokens: 0 }];
    const route = `/api/v1/agents/spender/tasks/${String(task_id)}/usage`;
    expect((await api.operator('POST', route, { reports })).status).toBeLessThan(300);
    const alert = await raised('budget_threshold', String(budget_id), { severity: 'warning' });
    expect(alert.message).toContain("tasks of type 'dear' has reached 50 % of its limit");
    expect(alert.message).toContain('1.50 of 2.00 USD');
    expect((await admin.call('POST', '/api/v1/cost/budget/reset', { task_type: 'dear' })).status).toBe(200);
    await cleared('budget_threshold', String(budget_id));
  }, 100_000);

  it('should be told to nobody who did not ask when the setting says so', async () => {
    await set({ 'notifications.alerts_to_admins': false });
    const expires_at = new Date(Date.now() + 3_000).toISOString();
    const quiet = { name: 'quiet', value: 'x', category: 'api_key', expires_at };
    const id = String((await api.operator('POST', '/api/v1/secrets', quiet)).body.id);
    await raised('secret_expiring', id);
    await set({ 'notifications.alerts_to_admins': true });
    const loud = { ...quiet, name: 'loud', expires_at: new Date(Date.now() + 3_000).toISOString() };
    const other = String((await api.operator('POST', '/api/v1/secrets', loud)).body.id);
    await raised('secret_expiring', other);
    const toldOf = async (name: string) => (await notices()).some(({ body }) => body.includes(`'${name}'`));
    await eventually(async () => expect(await toldOf('loud')).toBe(true), PATIENT);
    expect(await toldOf('quiet')).toBe(false);
  }, 100_000);
});
