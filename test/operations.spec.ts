import { execFileSync } from 'node:child_process';
import { runEvents } from '@ao/contracts';
import { createEventLog, type EventLog } from '@ao/event-log';
import { newId, streamId } from '@ao/kernel';
import { append, eventually, testStack, type TestStack } from '@ao/testing';
import WebSocket from 'ws';
import { METRIC_NAMES } from '../apps/gateway/src/projections/metrics/metric.series';
import { IdentityClient } from './identity-api.fixture';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const NUMBER = expect.any(Number) as number;
const SERVICES = ['gateway', 'registry', 'discovery', 'tasks', 'identity', 'notifications', 'workflows'] as const;

interface Health {
  readonly status: string;
  readonly timestamp: string;
  readonly services: Record<string, { status: string; response_time: number | null; failing: string[] }>;
  readonly metrics: Record<string, number | null>;
}
interface Point {
  readonly timestamp: string;
  readonly value: number;
}

/** Rows 25 and 26 of the inventory, and the events of workflows on row 27, against everything real. */
describe('the monitoring of the operations document', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let log: EventLog;

  beforeAll(async () => {
    stack = await testStack();
    api = new IdentityClient(stack);
    log = createEventLog({ pool: stack.database.pool('workflows') });
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
  });
  afterAll(async () => {
    await log?.close();
    await stack?.stop();
  });

  const call = (method: string, route: string, body?: unknown) => api.operator(method, route, body);
  async function health(): Promise<{ status: number; body: Health }> {
    const { status, body } = await call('GET', '/v1/health');
    return { status, body: body as unknown as Health };
  }
  async function series(query: string): Promise<Record<string, Point[]>> {
    const answer = await call('GET', `/v1/metrics${query}`);
    expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
    return (answer.body.data as { metrics: Record<string, Point[]> }).metrics;
  }
  const total = (points: readonly Point[] | undefined) => points!.reduce((sum, { value }) => sum + value, 0);

  /** An agent that has done these tasks, some of them in vain. */
  async function worked(outcomes: readonly boolean[]): Promise<void> {
    const agent = `agent-${newId()}`;
    const body = { agent_id: agent, agent_type: 'worker', capabilities: [agent], heartbeat_interval_seconds: 600 };
    expect((await call('POST', '/agents/register', body)).status).toBe(200);
    for (const success of outcomes) {
      const retry = { max_attempts: 1 };
      const task = { type: 'job', requirements: { capabilities: [agent] }, retry };
      expect((await call('POST', '/api/v1/tasks', task)).status).toBe(201);
      const { taskId } = await eventually(async () => {
        const { tasks } = (await call('GET', `/api/v1/agents/${agent}/tasks?lease=true`)).body as {
          tasks: { taskId: string }[];
        };
        expect(tasks).toHaveLength(1);
        return tasks[0]!;
      });
      await call('POST', `/api/v1/agents/${agent}/tasks/${taskId}/start`, {});
      const outcome = success ? { success, result: {} } : { success, error: { message: 'no', retryable: false } };
      expect((await call('POST', `/api/v1/agents/${agent}/tasks/${taskId}/complete`, outcome)).status).toBe(200);
    }
  }

  describe('GET /v1/health', () => {
    it('should tell anyone whether it lives, and those who may read tasks how each part is', async () => {
      await eventually(async () => expect((await health()).body.status).toBe('healthy'));
      const anyone = await api.call('GET', '/v1/health');
      expect(anyone.status).toBe(200);
      expect(anyone.body).toEqual({
        ...{ status: 'healthy', service: 'agent-orchestration', version: expect.any(String), timestamp: TIME },
      });
      const { body } = await health();
      expect(body).toEqual({
        ...anyone.body,
        timestamp: TIME,
        services: {
          database: { status: 'healthy', response_time: NUMBER },
          redis: { status: 'not_configured' },
          message_queue: { status: 'healthy', response_time: NUMBER, pending_messages: NUMBER, parked_streams: 0 },
          ...Object.fromEntries(
            SERVICES.map((service) => [
              service,
              { status: 'healthy', response_time: NUMBER, replicas: 1, failing: [] },
            ]),
          ),
        },
        metrics: {
          ...{ active_agents: NUMBER, running_tasks: 0, completed_tasks_today: NUMBER },
          ...{ system_load: NUMBER, memory_usage: NUMBER, disk_usage: NUMBER },
        },
      });
      for (const percent of [body.metrics.memory_usage, body.metrics.disk_usage]) {
        expect(percent).toBeGreaterThan(0);
        expect(percent).toBeLessThanOrEqual(100);
      }
    });

    it('rejects credentials that are wrong, or lack the permission', async () => {
      const scopes = ['agents:read'];
      const key = await call('POST', '/api/v1/security/api-keys', { name: 'reader', scopes });
      expect(key.status).toBe(201);
      const asked = (token: string) => api.call('GET', '/v1/health', { token });
      expect(await asked('wrong')).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } });
      await eventually(async () => {
        expect(await asked(String(key.body.key))).toMatchObject({ status: 403, body: { permission: 'tasks:read' } });
      });
      expect((await api.raw('GET', '/v1/health', undefined, { authorization: 'Basic x' })).status).toBe(401);
    });

    it('should count what is going on', async () => {
      const before = (await health()).body.metrics;
      await worked([true, true]);
      await eventually(async () => {
        const { metrics } = (await health()).body;
        // A day may have begun meanwhile.
        expect(metrics.completed_tasks_today).toBeGreaterThanOrEqual(2);
        expect(metrics).toMatchObject({ active_agents: before.active_agents! + 1, running_tasks: 0 });
      });
    });

    it('should be degraded without a service, and whole again with it', async () => {
      await stack.service('discovery').stop();
      await eventually(async () => {
        const { status, body } = await health();
        expect([status, body.status]).toEqual([200, 'degraded']);
        expect(body.services.discovery).toEqual({
          ...{ status: 'unhealthy', response_time: null, replicas: 0, failing: [] },
        });
        expect(body.services.tasks).toMatchObject({ status: 'healthy' });
      });
      await stack.restart('discovery');
      await eventually(async () => expect((await health()).body.status).toBe('healthy'), { timeoutMs: 30_000 });
    });

    it('should be unhealthy without the message queue, and answer 503', async () => {
      await stack.nats.kill();
      await eventually(async () => {
        const { status, body } = await health();
        expect([status, body.status]).toEqual([503, 'unhealthy']);
        expect(body.services.message_queue).toMatchObject({ status: 'unhealthy', response_time: null });
        expect(body.services.database).toMatchObject({ status: 'healthy' });
      });
      expect(await api.call('GET', '/v1/health')).toMatchObject({ status: 503, body: { status: 'unhealthy' } });
      await stack.nats.restart();
      await eventually(async () => expect((await health()).body.status).toBe('healthy'), { timeoutMs: 30_000 });
    });

    it('should keep the shorter forms of the other documents', async () => {
      for (const route of ['/health', '/api/v1/health']) {
        expect((await api.call('GET', route)).body).toMatchObject({
          ...{ status: 'healthy', service: 'agent-orchestration', timestamp: TIME },
        });
      }
    });
  });

  describe('GET /v1/metrics', () => {
    it('should run as its document has it', async () => {
      const printed = execFileSync(
        'sh',
        [
          '-c',
          `curl -H "Authorization: Bearer ${stack.apiKey}" "${stack.url}/v1/metrics?period=24h" --silent --fail-with-body`,
        ],
        { encoding: 'utf8' },
      );
      const { data } = JSON.parse(printed) as { data: { period: string; metrics: Record<string, Point[]> } };
      expect(data).toMatchObject({ period: '24h', interval_seconds: 900 });
      expect(Object.keys(data.metrics)).toEqual(METRIC_NAMES);
      for (const points of Object.values(data.metrics))
        for (const point of points) expect(point).toEqual({ timestamp: TIME, value: NUMBER });
    });

    it('should tell of what was done, in every period', async () => {
      const before = await series('?metric=tasks_submitted,tasks_completed,tasks_failed');
      await worked([true, true, true, false]);
      const position = Number(
        (await call('POST', '/api/v1/tasks', { type: 'job', requirements: { capabilities: ['nobody'] } })).headers.get(
          'log-position',
        ),
      );
      expect(position).toBeGreaterThan(0);
      for (const period of ['1h', '24h', '7d', '30d']) {
        const after = await series(`?period=${period}&at_least=${position}`);
        expect(total(after.tasks_submitted) - total(before.tasks_submitted)).toBe(5);
        expect(total(after.tasks_completed) - total(before.tasks_completed)).toBe(3);
        expect(total(after.tasks_failed) - total(before.tasks_failed)).toBe(1);
        expect(after.queue_depth!.at(-1)!.value).toBe(1);
        expect(after.running_tasks!.at(-1)!.value).toBe(0);
        for (const name of ['task_completion_rate', 'error_rate', 'response_time', 'response_time_p99', 'queue_wait'])
          expect([name, after[name]!.length]).not.toEqual([name, 0]);
        const [last] = after.task_completion_rate!.slice(-1);
        expect(last!.value).toBeGreaterThan(0);
        expect(last!.value).toBeLessThanOrEqual(100);
      }
      // Agents fall silent meanwhile, and the two are not read at the same moment.
      await eventually(async () => {
        const { active_agents } = await series('?metric=active_agents&period=1h');
        expect(active_agents!.at(-1)!.value).toBe((await health()).body.metrics.active_agents);
      });
    });

    it('should tell one metric alone, and name those there are when asked for another', async () => {
      expect(Object.keys(await series('?metric=error_rate&period=1h'))).toEqual(['error_rate']);
      for (const metric of ['nonsense', 'error_rate,nonsense', 'constructor', '']) {
        const answer = await call('GET', `/v1/metrics?metric=${metric}`);
        expect(answer).toMatchObject({
          status: 400,
          body: { error: { code: 'validation_failed' }, errors: [{ pointer: '/query/metric' }] },
        });
        expect((answer.body.error as { message: string }).message).toContain('task_completion_rate');
      }
      expect(await call('GET', '/v1/metrics?period=2h')).toMatchObject({
        ...{ status: 400, body: { error: { code: 'validation_failed' }, errors: [{ pointer: '/query/period' }] } },
      });
      expect((await api.call('GET', '/v1/metrics')).status).toBe(401);
    });
  });

  describe('WS /v1/ws', () => {
    it('should tell of workflows on the channel of the system, beside what the document names', async () => {
      const frames: Record<string, unknown>[] = [];
      const ws = new WebSocket(`${stack.url.replace('http', 'ws')}/v1/ws`);
      ws.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Record<string, unknown>));
      ws.on('open', () => {
        ws.send(JSON.stringify({ type: 'auth', token: stack.apiKey }));
        ws.send(JSON.stringify({ type: 'subscribe', channel: 'system_events' }));
      });
      await eventually(() => expect(frames.map(({ type }) => type)).toContain('subscribed'));
      const run_id = newId();
      const at = new Date().toISOString();
      const told = (type: 'RunPaused' | 'RunCompleted', data: object) => ({
        ...{ type, schema_version: runEvents[type].schemaVersion, data: { run_id, at, ...data } },
      });
      await append(
        log,
        streamId('run', run_id),
        told('RunPaused', { reason: 'x' }),
        told('RunCompleted', { output: 7 }),
      );
      const run = { run_id: `run_${run_id.replaceAll('-', '')}` };
      await eventually(() => {
        const heard = frames.filter(({ type }) => String(type).startsWith('workflow.'));
        expect(heard).toMatchObject([
          { type: 'workflow.updated', payload: { ...run, status_detail: 'paused', reason: 'x' }, position: NUMBER },
          { type: 'workflow.completed', payload: { ...run, status: 'completed', output: 7 }, position: NUMBER },
        ]);
      });
      const closed = new Promise((resolve) => ws.once('close', resolve));
      ws.close();
      await closed;
    });
  });
});
