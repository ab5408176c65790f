import { T0, iso, scene } from './pool-model.testing';

describe('the pool in memory', () => {
  it('should give a freed agent the next task, whoever appended the assignment', () => {
    const { agent, submitted, assigned, completed, next, told, clock } = scene();
    agent('a');
    submitted('1');
    submitted('2');
    clock.time += 250;
    assigned('1', 'a');
    expect(told).toEqual(['1 waited 0.25']);
    expect(next()).toBeUndefined();
    completed('1', 'a');
    expect(next()).toBe('2>a');
  });

  it('should count a reservation and its assignment once', () => {
    const { agent, submitted, assigned, completed, next, model } = scene();
    agent('a', { max_concurrent_tasks: 2 });
    for (const id of ['1', '2', '3']) submitted(id);
    expect([next(), next(), next()]).toEqual(['1>a', '2>a', undefined]);
    model.settle('1', 'appended');
    assigned('1', 'a');
    expect(next()).toBeUndefined();
    completed('1', 'a');
    expect(next()).toBe('3>a');
    expect(model.openLeases).toBe(0);
  });

  it('should put a task back whose assignment was refused, and not before the time given', () => {
    const { agent, submitted, next, model, clock } = scene();
    agent('a');
    submitted('1');
    expect(next()).toBe('1>a');
    model.settle('1', { retryAt: T0 + 50 });
    expect(next()).toBeUndefined();
    clock.time += 50;
    expect(next()).toBe('1>a');
  });

  it('should forget a reserved task that was cancelled meanwhile', () => {
    const { agent, submitted, cancelled, next, model } = scene();
    agent('a');
    submitted('1');
    submitted('2');
    expect(next()).toBe('1>a');
    cancelled('1');
    model.settle('1', { retryAt: T0 });
    expect(next()).toBe('2>a');
  });

  it('should hold a task back until its retry time', () => {
    const { agent, submitted, assigned, failed, next, model, clock } = scene();
    agent('a');
    submitted('1');
    assigned('1', 'a');
    failed('1', 'a', iso(1000));
    expect(next()).toBeUndefined();
    expect(model.queueSizes().normal).toBe(1);
    expect(model.due()).toBe(T0 + 1000);
    clock.time += 1000;
    expect(next()).toBe('1>a');
  });

  it('should offer nothing to an agent that was not heard of yet, nor to one that is gone', () => {
    const { agent, agentEvent, submitted, next, model } = scene();
    agent('a', { lifecycle: 'initializing', max_concurrent_tasks: 2 });
    submitted('1');
    submitted('2');
    expect(next()).toBeUndefined();
    agentEvent('AgentActivated', 'a');
    expect(next()).toBeUndefined();
    agentEvent('AgentCameOnline', 'a');
    expect(next()).toBe('1>a');
    agentEvent('AgentDeregistered', 'a');
    agentEvent('AgentCameOnline', 'a');
    expect(next()).toBeUndefined();
    expect(model.roster.candidates).toBe(0);
  });

  it('should offer nothing to agents that are offline or busy, or whose socket has no credit', () => {
    const { agent, agentEvent, submitted, next, model } = scene();
    agent('a');
    submitted('1');
    agentEvent('AgentWentOffline', 'a');
    expect(next()).toBeUndefined();
    agentEvent('AgentCameOnline', 'a');
    const connection = { agent_id: 'a', epoch: 1, connected: true, max_concurrent_tasks: 0 };
    model.roster.heard({ gateway_id: 'g', complete: false, connections: [connection] }, 0);
    expect(next()).toBeUndefined();
    model.roster.heard({ gateway_id: 'g', complete: false, connections: [{ ...connection, connected: false }] }, 0);
    expect(next()).toBe('1>a');
    agent('b');
    agentEvent('AgentMarkedBusy', 'b');
    submitted('2');
    expect(next()).toBeUndefined();
  });

  it('should tell what happens to a task that an agent has', () => {
    const { agent, submitted, assigned, cancelled, told } = scene();
    agent('a');
    submitted('1');
    assigned('1', 'a');
    cancelled('1');
    expect(told).toContain('TaskCancelled of 1 while a had it');
  });

  it('should name leases again that are not started, more and more seldom', () => {
    const { agent, submitted, assigned, started, model, clock } = scene();
    agent('a', { max_concurrent_tasks: 9 });
    for (const id of ['1', '2']) {
      submitted(id);
      assigned(id, 'a');
    }
    started('1', 'a');
    const toldAt: number[] = [];
    for (const until = clock.time + 120_000; clock.time < until; clock.time += 1_000) {
      for (const { task_id } of model.tellAgain()) {
        expect(task_id).toBe('2');
        toldAt.push((clock.time - T0) / 1_000);
      }
    }
    expect(toldAt).toEqual([2, 6, 14, 30, 62, 94]);
  });

  it('should list exactly the queued tasks of a band', () => {
    const { agent, submitted, assigned, next, model } = scene();
    agent('a', { max_concurrent_tasks: 2 });
    submitted('working', { priority: 100 });
    assigned('working', 'a');
    submitted('reserved', { priority: 95 });
    expect(next()).toBe('reserved>a');
    submitted('waiting', { priority: 90 });
    submitted('lower', { priority: 89 });
    submitted('elsewhere', { priority: 90, pool: 'other' });
    expect(model.queuedIn('urgent')).toEqual(['reserved', 'waiting']);
    expect(model.queueSizes()).toEqual({ urgent: 1, critical: 1, high: 0, normal: 0, low: 0 });
  });

  it('should be the same after loading its own content, reservations included', () => {
    const { agent, submitted, assigned, next, model } = scene();
    agent('a', { max_concurrent_tasks: 2 });
    for (const id of ['1', '2', '3']) submitted(id);
    assigned('1', 'a');
    expect(next()).toBe('2>a');
    const document = {
      ...(agent('a', { max_concurrent_tasks: 2 }).data as object),
      lifecycle: 'active',
      load: 'idle',
      liveness: 'online',
    };
    model.load(
      [document as never],
      ['1', '2', '3'].map((id) => model.taskOf(id)!),
    );
    expect(next()).toBeUndefined();
    expect(model.openLeases).toBe(1);
    model.settle('2', { retryAt: T0 });
    expect([next(), next()]).toEqual(['2>a', undefined]);
  });
});

describe('sockets', () => {
  it('should expire with a gateway that fell silent, and leave the newest connection in force', () => {
    const { agent, model } = scene();
    agent('a');
    const heard = (gateway_id: string, epoch: number, connected: boolean, now: number, complete = false) =>
      model.roster.heard(
        { gateway_id, complete, connections: [{ agent_id: 'a', epoch, connected, max_concurrent_tasks: 1 }] },
        now,
      );
    heard('g1', 1, true, 0);
    heard('g2', 2, true, 100);
    heard('g1', 1, false, 200);
    expect(model.roster.isConnected('a')).toBe(true);
    model.roster.heard({ gateway_id: 'g1', complete: true, connections: [] }, 300);
    expect(model.roster.isConnected('a')).toBe(true);
    model.roster.expireConnections(15_099);
    expect(model.roster.isConnected('a')).toBe(true);
    model.roster.expireConnections(15_100);
    expect(model.roster.isConnected('a')).toBe(false);
    heard('g2', 3, true, 16_000);
    model.roster.heard({ gateway_id: 'g2', complete: true, connections: [] }, 17_000);
    expect(model.roster.isConnected('a')).toBe(false);
  });
});
