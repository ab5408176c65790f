import { Worker, type TaskContext } from '@agent-orchestration/sdk';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import type { Pool } from 'pg';
import { canaryOf, everyRow, type Canary } from './canary/canary';
import { castOf, type Cast } from './canary/cast';
import { startOverheard, type Installation } from './canary/installation';

/** The secrets of tasks, from the outside: the agent that has the task gets them, whichever way, and nobody else does. */
describe('the credentials of a task', () => {
  let installation: Installation;
  let admin: Pool;
  let cast: Cast;
  const workers: Worker[] = [];

  beforeAll(async () => {
    installation = await startOverheard({ TRUSTED_PROXIES: '127.0.0.1/32' });
    admin = installation.stack.database.pool();
    cast = castOf(installation);
    await cast.enter();
    // The limits have a spec of their own.
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await cast.asAdmin('PUT', '/api/v1/settings/bulk', { settings });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
    await installation?.stop();
  });

  const name = 'registry.password';
  const key = () => installation.stack.apiKey;
  const capability = () => `skill-${newId()}`;
  const typesOf = async (stream: string) => {
    const { rows } = await admin.query<{ type: string }>(
      'select type from event_log.events where stream_id = $1 order by version',
      [stream],
    );
    return rows.map(({ type }) => type);
  };
  const submit = async (secret: string, skill: string) => {
    const body = { type: 'deploy', requirements: { capabilities: [skill] }, credentials: [{ name, secret }] };
    return (await cast.asAdmin('POST', '/api/v1/tasks', body)).id as string;
  };
  /** An agent without a socket. */
  const register = async (skill: string) => {
    const agent_id = `agent-${newId()}`;
    const body = { agent_id, agent_type: 'worker', capabilities: [skill] };
    await installation.expectDone('POST', '/agents/register', { token: key(), body });
    return agent_id;
  };
  const work = async (skill: string) => {
    const got: TaskContext[] = [];
    const worker = new Worker({
      ...{ baseUrl: installation.url, apiKey: key(), agentId: `agent-${newId()}`, agentType: 'worker' },
      capabilities: [skill],
      handler: (task) => void got.push(task),
    });
    workers.push(worker);
    await worker.start();
    return got;
  };
  type Handed = { taskId: string; credentials: Record<string, string> };
  const handed = (ask: () => Promise<Record<string, unknown>>) =>
    eventually(
      async () => {
        const { tasks } = (await ask()) as unknown as { tasks: Handed[] };
        if (!tasks[0]) throw new Error('nothing was handed out yet');
        return tasks[0];
      },
      { timeoutMs: 20_000 },
    );
  const poll = (agent: string) =>
    installation.expectDone('GET', `/api/v1/agents/${agent}/tasks?lease=true`, { token: key() });
  const beat = (agent: string) =>
    installation.expectDone('POST', `/api/v1/agents/${agent}/heartbeat`, { token: key(), body: { status: 'healthy' } });

  const deliveries: { value: Canary; secret: string; task: string }[] = [];
  const task = async (skill: string) => {
    const value = cast.secretValue();
    const secret = await cast.createSecret(value);
    const delivery = { value, secret, task: await submit(secret, skill) };
    deliveries.push(delivery);
    return delivery;
  };

  it('should reach its agent over its socket', async () => {
    const skill = capability();
    const got = await work(skill);
    const { value, task: id } = await task(skill);
    await eventually(() => expect(got).toHaveLength(1), { timeoutMs: 20_000 });
    expect(got[0]).toMatchObject({ taskId: id, credentials: { [name]: value.text } });
  });

  it('should reach its agent by poll and by heartbeat', async () => {
    const [polling, beating] = [capability(), capability()];
    const [first, second] = [await register(polling), await register(beating)];
    const [polled, beaten] = [await task(polling), await task(beating)];
    expect(await handed(() => poll(first))).toMatchObject({
      ...{ taskId: polled.task, credentials: { [name]: polled.value.text } },
    });
    expect(await handed(() => beat(second))).toMatchObject({
      ...{ taskId: beaten.task, credentials: { [name]: beaten.value.text } },
    });
    // A look is no delivery.
    const looked = await installation.expectDone('GET', `/api/v1/agents/${first}/tasks`, { token: key() });
    expect(polled.value.in(JSON.stringify(looked))).toBe(false);
  });

  it('should be an entry of the audit for each delivery', async () => {
    expect(deliveries).toHaveLength(3);
    for (const { secret, task: task_id } of deliveries) {
      expect(await typesOf(`secret-${secret}`)).toEqual(['SecretCreated', 'SecretDelivered']);
      const { rows } = await admin.query<{ data: object }>(
        "select data from event_log.events where stream_id = $1 and type = 'SecretDelivered'",
        [`secret-${secret}`],
      );
      const { rows: assigned } = await admin.query<{ agent: string }>(
        "select data->>'agent_id' as agent from event_log.events where stream_id = $1 and type = 'TaskAssigned'",
        [`task-${task_id}`],
      );
      expect(rows[0]!.data).toMatchObject({ secret_id: secret, version: 1, task_id, agent_id: assigned[0]!.agent });
      const { entries } = await cast.asAdmin('GET', `/api/v1/admin/audit?action=SecretDelivered&object_id=${secret}`);
      expect(entries).toEqual([expect.objectContaining({ result: 'ok' })]);
    }
  });

  it('should end the task when they are no more', async () => {
    const skill = capability();
    const { secret, task: id } = await task(skill);
    deliveries.pop();
    await cast.asAdmin('DELETE', `/api/v1/secrets/${secret}`);
    const got = await work(skill);
    await eventually(
      async () =>
        expect(await cast.asAdmin('GET', `/api/v1/tasks/${id}`)).toMatchObject({
          ...{ status: 'failed', failure: { class: 'credential_missing', retryable: false } },
        }),
      { timeoutMs: 20_000 },
    );
    expect(got).toEqual([]);
  });

  it('should cost no attempt while the vault cannot be asked, and stand nowhere but with their agent', async () => {
    const [pushed, polled] = [capability(), capability()];
    const got = await work(pushed);
    const agent = await register(polled);
    const [onSocket, byPoll] = [await task(pushed), await task(polled)].map(({ task: id }) => id) as [string, string];
    await eventually(() => expect(got).toHaveLength(1), { timeoutMs: 20_000 });
    expect(await typesOf(`task-${onSocket}`)).toContain('TaskAssigned');
    const metrics = await installation.metrics();
    await installation.end('identity');
    expect(await poll(agent)).toEqual({ tasks: [] });
    await eventually(async () => {
      await poll(agent);
      expect((await typesOf(`task-${byPoll}`)).slice(0, 4)).toEqual([
        ...['TaskSubmitted', 'TaskAssigned', 'TaskStarted', 'TaskReturned'],
      ]);
    });
    const { failed_attempts } = await cast.asAdmin('GET', `/api/v1/tasks/${byPoll}`);
    expect(failed_attempts).toBe(0);
    await installation.end();

    const values = deliveries.map(({ value }) => value);
    expect(values).toHaveLength(5);
    const { nats, traces, answers } = installation;
    const overheard = Buffer.concat(nats.requests.map(({ bytes }) => bytes)).toString();
    // The control: this test would see them.
    expect(values.filter((value) => !value.in(overheard))).toEqual([]);
    const toAgents = /^(GET \/api\/v1\/agents\/[^/]+\/tasks\?lease=true|POST \/api\/v1\/agents\/[^/]+\/heartbeat)$/;
    const places: [string, Buffer | string][] = [
      ...(await everyRow(admin)).map(({ table, row }): [string, string] => [table, row]),
      ...nats.others.map(({ subject, bytes }): [string, Buffer] => [subject, bytes]),
      ...traces.exported.map((bytes): [string, Buffer] => ['a trace', bytes]),
      ...installation
        .output()
        .split('\n')
        .map((line): [string, string] => [`the output ${line.slice(0, 80)}`, line]),
      ...answers
        .filter(({ request }) => !toAgents.test(request))
        .map(({ request, text }): [string, string] => [`the answer of ${request}`, text]),
      ['the metrics', metrics],
    ];
    const found = (one: Canary) => places.filter(([, bytes]) => one.in(bytes)).map(([place]) => place);
    // The reference may stand everywhere; it is found where tasks are told of.
    expect(found(canaryOf('the control', name))).toEqual(
      expect.arrayContaining(['event_log.events', expect.stringMatching(/^agent-stream\./)]),
    );
    for (const value of values) expect(found(value)).toEqual([]);
  });
});
