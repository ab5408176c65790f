import { newId, reject } from '@ao/kernel';
import { AGENT_CONNECTIONS_WANTED } from '@ao/messaging';
import { eventually, testNats, type TestNats } from '@ao/testing';
import type { FarEnd } from '../../test/far-end.fixture';
import { FakeServices, KEY, SocketSide } from '../../test/task-stream.fixture';
import type { ConnectingAgent } from './task-stream.hub';

const agentOf = (): ConnectingAgent => ({
  agentId: newId(),
  actor: { type: 'api_key', id: 'bootstrap' },
  maxConcurrentTasks: 3,
  heartbeatIntervalSeconds: 30,
});
const leasedTask = () => ({
  task_id: newId(),
  type: 'test',
  payload: { n: 1 },
  priority: 40,
  submitted_at: '2026-01-01T00:00:00.000Z',
  attempt: 1,
  lease_token: newId(),
  lease_expires_at: '2026-01-01T00:01:00.000Z',
  lease_seconds: 60,
  started: false,
});

/** The socket side against a real NATS; tasks and registry are played, so that refusals and silence can be. */
describe('the task stream of agents', () => {
  let nats: TestNats;
  let services: FakeServices;
  let here: SocketSide;
  let there: SocketSide;
  const agents = Array.from({ length: 60 }, agentOf);
  let used = 0;
  const freshAgent = () => agents[(used += 1)]!.agentId;
  const open: FarEnd[] = [];

  beforeAll(async () => {
    nats = await testNats();
    services = await FakeServices.on(nats);
    here = await SocketSide.start(nats, agents, 300);
    there = await SocketSide.start(nats, agents);
  });
  afterEach(() => {
    for (const agent of open.splice(0)) agent.socket.terminate();
  });
  afterAll(async () => {
    await here?.stop();
    await there?.stop();
    await services?.bus.drain();
    await nats?.stop();
  });

  const connect = (agentId: string, side = here, options = {}) => {
    const agent = side.connect(agentId, options);
    open.push(agent);
    return agent;
  };
  const welcomed = async (agentId = freshAgent(), side = here) => {
    const agent = connect(agentId, side);
    await agent.frame('welcome');
    return { agent, agentId };
  };
  const lastEntryOf = (agentId: string) =>
    services.announced.flatMap(({ connections }) => connections).findLast((entry) => entry.agent_id === agentId);

  describe('letting an agent in', () => {
    it('should welcome it and tell the dispatcher at once, with the credit of its registration', async () => {
      const { agent, agentId } = await welcomed();
      expect(await agent.frame('welcome')).toEqual({
        type: 'welcome',
        agentId,
        epoch: expect.any(Number),
        heartbeatInterval: 30,
      });
      await eventually(() => expect(lastEntryOf(agentId)).toMatchObject({ connected: true, max_concurrent_tasks: 3 }));
    });

    it('should take the token from the query and from the first message', async () => {
      const byQuery = connect(freshAgent(), here, { headers: {}, query: `?token=${KEY}` });
      await byQuery.frame('welcome');
      const byMessage = connect(freshAgent(), here, { headers: {} });
      await new Promise((resolve) => byMessage.socket.once('open', resolve));
      byMessage.send({ type: 'auth', token: KEY });
      await byMessage.frame('welcome');
    });

    it('rejects a wrong token before the upgrade, and a wrong first message by closing 4401', async () => {
      const wrong = connect(freshAgent(), here, { headers: { authorization: 'Bearer wrong' } });
      await eventually(() => expect(wrong.refused).toBe(401));
      const wrongQuery = connect(freshAgent(), here, { headers: {}, query: '?token=wrong' });
      await eventually(() => expect(wrongQuery.refused).toBe(401));
      for (const message of [{ type: 'auth', token: 'wrong' }, { type: 'ready', maxConcurrentTasks: 1 }, 'no json']) {
        const agent = connect(freshAgent(), here, { headers: {} });
        await new Promise((resolve) => agent.socket.once('open', resolve));
        agent.send(message);
        expect(await agent.ended()).toMatchObject({ code: 4401 });
      }
    });

    it('should close with 4401 a socket that does not say who it is', async () => {
      const silent = connect(freshAgent(), here, { headers: {} });
      expect(await silent.ended()).toMatchObject({ code: 4401 });
    });

    it('should close with 4404 for an agent that does not exist', async () => {
      expect(await connect(newId()).ended()).toMatchObject({ code: 4404 });
    });

    it.each([
      ['https://evil.example', 403],
      ['null', 403],
    ])('rejects a page of the origin %s', async (origin, status) => {
      const page = connect(freshAgent(), here, { headers: { authorization: `Bearer ${KEY}`, origin } });
      await eventually(() => expect(page.refused).toBe(status));
    });

    it('rejects other paths', async () => {
      const agent = connect('x/y', here);
      await eventually(() => expect(agent.refused).toBe(404));
    });

    it('should lose no frame that the agent sends before the welcome', async () => {
      const agentId = freshAgent();
      const agent = connect(agentId);
      await new Promise((resolve) => agent.socket.once('open', resolve));
      agent.send({ type: 'ready', maxConcurrentTasks: 7 });
      agent.send({ type: 'ping' });
      await agent.frame('welcome');
      await agent.frame('pong');
      await eventually(() => expect(lastEntryOf(agentId)?.max_concurrent_tasks).toBe(7));
    });
  });

  describe('the newest connection', () => {
    it('should win over an older one of the same replica', async () => {
      const { agent: older, agentId } = await welcomed();
      const newer = connect(agentId);
      await newer.frame('welcome');
      expect(await older.ended()).toMatchObject({ code: 4409 });
      services.tell(agentId, { type: 'task_cancelled', taskId: newId(), reason: 'test' });
      await newer.frame('task_cancelled');
      expect(here.hub.holds(agentId)).toBe(true);
    });

    it('should win over an older one of another replica', async () => {
      const { agent: older, agentId } = await welcomed();
      const { agent: newer } = await welcomed(agentId, there);
      expect(await older.ended()).toMatchObject({ code: 4409 });
      await eventually(() => expect(here.hub.holds(agentId)).toBe(false));
      expect(newer.closed).toBeUndefined();
    });

    it('should be announced as gone when its socket closes', async () => {
      const { agent, agentId } = await welcomed();
      agent.socket.close();
      await eventually(() => expect(lastEntryOf(agentId)).toMatchObject({ connected: false }));
    });

    it('should be told again, with all others, when the dispatcher asks', async () => {
      const { agentId } = await welcomed();
      const before = services.announced.length;
      services.bus.publish(AGENT_CONNECTIONS_WANTED, {});
      await eventually(() => {
        const whole = services.announced
          .slice(before)
          .find(({ complete, gateway_id }) => complete && gateway_id === here.hub.gatewayId);
        expect(whole?.connections.map((entry) => entry.agent_id)).toContain(agentId);
      });
    });
  });

  describe('tasks on their way down', () => {
    it('should send open leases again on connect', async () => {
      const task = leasedTask();
      services.answer('tasks.leases_of_agent', () => ({ tasks: [task] }));
      const { agent } = await welcomed();
      const assigned = await agent.frame('task_assigned');
      services.answer('tasks.leases_of_agent', () => ({ tasks: [] }));
      expect(assigned.task).toEqual({
        taskId: task.task_id,
        taskType: 'test',
        priority: 40,
        payload: { n: 1 },
        createdAt: task.submitted_at,
        attempt: 1,
        leaseToken: task.lease_token,
        leaseExpiresAt: task.lease_expires_at,
        timeout: 60,
      });
    });

    it('should hand on what the dispatcher sends, and stay up when it cannot be read', async () => {
      const { agent, agentId } = await welcomed();
      services.bus.publish(`agent-stream.${agentId}`, { type: 'nonsense' });
      services.tell(agentId, { type: 'task_cancelled', taskId: agentId, reason: 'test' });
      expect(await agent.frame('task_cancelled')).toEqual({ type: 'task_cancelled', taskId: agentId, reason: 'test' });
    });
  });

  describe('frames on their way up', () => {
    it('should become commands and be acknowledged', async () => {
      const { agent, agentId } = await welcomed();
      const lease = { taskId: newId(), leaseToken: newId() };
      services.answer('tasks.start_task', () => ({ started_at: '2026-01-01T00:00:00.000Z' }));
      services.answer('tasks.complete_task', () => ({ acknowledged: true, status: 'completed' }));
      agent.send({ type: 'task_started', id: 's', ...lease });
      expect(await agent.frame('ack', (frame) => frame.id === 's')).toMatchObject({
        result: { startedAt: '2026-01-01T00:00:00.000Z' },
      });
      agent.send({ type: 'task_complete', id: 'c', success: true, result: { ok: 1 }, ...lease });
      await agent.frame('ack', (frame) => frame.id === 'c');
      const mine = services.asked.filter(({ data }) => data.task_id === lease.taskId);
      expect(mine.map(({ name }) => name)).toEqual(['tasks.start_task', 'tasks.complete_task']);
      expect(mine[1]?.data).toEqual({
        task_id: lease.taskId,
        agent_id: agentId,
        lease_token: lease.leaseToken,
        outcome: { success: true, result: { ok: 1 } },
      });
    });

    it('should tell a start and the end of the same attempt at once when both come at once', async () => {
      const { agent, agentId } = await welcomed();
      const lease = { taskId: newId(), leaseToken: newId() };
      const other = { taskId: newId(), leaseToken: newId() };
      services.answer('tasks.start_task', () => ({ started_at: '2026-01-01T00:00:00.000Z' }));
      services.answer('tasks.complete_task', () => ({
        ...{ acknowledged: true, status: 'completed' },
        started_at: '2026-01-01T00:00:01.000Z',
      }));
      const before = newId();
      agent.inOnePiece([
        { type: 'task_started', id: 'before', ...lease, leaseToken: before },
        { type: 'task_started', id: 's', ...lease },
        { type: 'task_started', id: 'other', ...other },
        { type: 'task_complete', id: 'c', success: true, result: 1, ...lease },
      ]);
      expect(await agent.frame('ack', (frame) => frame.id === 'c')).toMatchObject({
        result: { acknowledged: true, status: 'completed' },
      });
      await agent.frame('ack', (frame) => frame.id === 'other');
      const commands = (id: string) =>
        services.asked.filter(({ data }) => data.task_id === id).map(({ name, data }) => [name, data.lease_token]);
      expect(commands(other.taskId)).toEqual([['tasks.start_task', other.leaseToken]]);
      expect(commands(lease.taskId)).toEqual([
        ['tasks.start_task', before],
        ['tasks.complete_task', lease.leaseToken],
      ]);
      expect(services.asks('tasks.complete_task').at(-1)?.data).toEqual({
        ...{ task_id: lease.taskId, agent_id: agentId, lease_token: lease.leaseToken },
        ...{ outcome: { success: true, result: 1 }, with_start: true },
      });
    });

    it('should refuse both where the end is refused', async () => {
      const { agent } = await welcomed();
      const lease = { taskId: newId(), leaseToken: newId() };
      services.answer('tasks.complete_task', () => reject('conflict', 'lease_superseded', 'it is over'));
      agent.inOnePiece([
        { type: 'task_started', id: 's', ...lease },
        { type: 'task_complete', id: 'c', success: true, ...lease },
      ]);
      for (const id of ['s', 'c'])
        expect(await agent.frame('error', (frame) => frame.id === id)).toMatchObject({
          ...{ status: 409, code: 'lease_superseded' },
        });
      expect(services.asks('tasks.start_task').filter(({ data }) => data.task_id === lease.taskId)).toEqual([]);
    });

    it('should name a repeated completion by the same command id, over a new socket too', async () => {
      services.answer('tasks.complete_task', () => ({ acknowledged: true, status: 'completed' }));
      const agentId = freshAgent();
      const complete = { type: 'task_complete', id: 'c', taskId: newId(), leaseToken: newId(), success: true };
      for (let time = 0; time < 2; time += 1) {
        const { agent } = await welcomed(agentId);
        agent.send(complete);
        await agent.frame('ack');
      }
      const asked = services.asks('tasks.complete_task').filter(({ data }) => data.task_id === complete.taskId);
      expect(new Set(asked.map(({ metadata }) => metadata.command_id)).size).toBe(1);
      expect(asked.every(({ metadata }) => metadata.idempotent)).toBe(true);
    });

    it('should be refused in the words of the service', async () => {
      const { agent } = await welcomed();
      services.answer('tasks.complete_task', () => reject('conflict', 'lease_superseded', 'Expected to …, but no'));
      agent.send({ type: 'task_complete', id: 'c', taskId: newId(), leaseToken: newId(), success: false });
      expect(await agent.frame('error')).toEqual({
        type: 'error',
        id: 'c',
        status: 409,
        code: 'lease_superseded',
        detail: 'Expected to …, but no',
      });
    });

    it('should renew leases in one command', async () => {
      const { agent } = await welcomed();
      const [kept, lost] = [newId(), newId()];
      services.answer('tasks.renew_leases', () => ({
        renewed: [{ task_id: kept, lease_expires_at: '2026-01-01T00:01:00.000Z' }],
        lost: [lost],
      }));
      const leases = [kept, lost].map((taskId) => ({ taskId, leaseToken: newId() }));
      agent.send({ type: 'lease_renew', id: 'r', leases });
      expect((await agent.frame('ack')).result).toEqual({
        renewed: [{ taskId: kept, leaseExpiresAt: '2026-01-01T00:01:00.000Z' }],
        lost: [lost],
      });
    });

    it('should gather progress and lines: the latest level, every line, and before the completion', async () => {
      const { agent, agentId } = await welcomed();
      services.answer('tasks.complete_task', () => ({ acknowledged: true, status: 'completed' }));
      const lease = { taskId: newId(), leaseToken: newId() };
      for (const progress of [10, 20, 30]) agent.send({ type: 'task_progress', progress, ...lease });
      agent.send({ type: 'task_log', level: 'info', message: 'one', ...lease });
      agent.send({ type: 'task_log', level: 'warn', message: 'two', ...lease });
      agent.send({ type: 'task_complete', id: 'c', success: true, ...lease });
      await agent.frame('ack');
      const mine = services.asked.filter(
        ({ data }) => data.agent_id === agentId && JSON.stringify(data).includes(lease.taskId),
      );
      expect(mine.at(-1)?.name).toBe('tasks.complete_task');
      const reports = mine
        .filter(({ name }) => name === 'tasks.report_telemetry')
        .map(
          ({ data }) =>
            data as never as {
              progress: { progress: number }[];
              logs: { entries: { message: string }[] }[];
            },
        );
      expect(reports.flatMap(({ progress }) => progress).at(-1)?.progress).toBe(30);
      const messages = reports.flatMap(({ logs }) => logs.flatMap(({ entries }) => entries.map((e) => e.message)));
      expect(messages).toEqual(['one', 'two']);
    });

    it('should tell the dispatcher of a new credit', async () => {
      const { agent, agentId } = await welcomed();
      agent.send({ type: 'ready', maxConcurrentTasks: 0 });
      await eventually(() => expect(lastEntryOf(agentId)?.max_concurrent_tasks).toBe(0));
    });

    it('should answer 503 when nobody takes the command', async () => {
      const { agent } = await welcomed();
      // The registry is not played here.
      agent.send({ type: 'heartbeat', loadMetrics: { pending_tasks: 1 } });
      expect(await agent.frame('error')).toMatchObject({ id: null, status: 503, code: 'service_unavailable' });
    });
  });

  describe('frames that cannot be taken', () => {
    it.each([
      ['no JSON', '{', 400, 'malformed_json'],
      ['an unknown type', { type: 'task_stolen' }, 422, 'validation_failed'],
      ['a wrong field', { type: 'ready', maxConcurrentTasks: -1 }, 422, 'validation_failed'],
      ['a forbidden key', '{"type":"ping","__proto__":{}}', 422, 'validation_failed'],
      ['a key given twice', '{"type":"ping","type":"ping"}', 422, 'validation_failed'],
      ['deep nesting', '['.repeat(5_000), 422, 'validation_failed'],
      ['an array', '[]', 422, 'validation_failed'],
    ])('should answer %s and go on', async (_name, frame, status, code) => {
      const { agent } = await welcomed();
      agent.send(frame);
      expect(await agent.frame('error')).toMatchObject({ status, code });
      agent.send({ type: 'ping' });
      await agent.frame('pong');
    });

    it('should name the frame that was refused', async () => {
      const { agent } = await welcomed();
      agent.send({ type: 'task_complete', id: 'mine', taskId: 'no', success: true });
      expect(await agent.frame('error')).toMatchObject({ id: 'mine', detail: expect.stringContaining('/taskId') });
    });

    it('should answer binary frames and close on one that is too large', async () => {
      const { agent } = await welcomed();
      agent.socket.send(Buffer.from([1, 2, 3]));
      expect(await agent.frame('error')).toMatchObject({ status: 400, code: 'not_text' });
      agent.send(JSON.stringify({ type: 'ping', padding: 'x'.repeat(256 * 1024) }));
      expect(await agent.ended()).toMatchObject({ code: 1009 });
    });

    it('should close a socket that sends nothing else', async () => {
      const { agent } = await welcomed();
      for (let frame = 0; frame < 100; frame += 1) agent.send('nonsense');
      expect(await agent.ended()).toMatchObject({ code: 1008 });
    });
  });

  it('should never have failed in a way nobody foresaw', () => {
    // The message that a test made unreadable is the only complaint.
    expect(
      here.errors.map(String).filter((error) => !error.includes('nonsense') && !error.includes('Invalid')),
    ).toEqual([]);
    expect(there.errors).toEqual([]);
  });
});
