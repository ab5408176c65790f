import type { TaskEvent } from '@ao/contracts';
import type { Gate, GateListener, Hold } from './gate';
import { T0, iso, scene } from './pool-model.testing';

/** A gate that is told what it holds, and writes down what it is told. */
function switchboard() {
  const held = new Map<string, Hold>();
  const agents = new Map<string, Hold>();
  const told: string[] = [];
  let listener!: GateListener;
  const make = (to: GateListener): Gate => {
    listener = to;
    return {
      holds: ({ type }) => held.get(type),
      holdsAgent: (agentId) => agents.get(agentId),
      entered: ({ task_id, priority }, agent) => void told.push(`${task_id}@${priority} entered ${agent}`),
      left: ({ task_id, priority }, agent) => void told.push(`${task_id}@${priority} left ${agent}`),
      reloaded: (running) => void told.push(`reloaded ${[...running].map(({ task }) => task.task_id).join(' ')}`),
    };
  };
  const hold = (key: string, until?: number): Hold => ({ code: 'held', detail: '', key, until });
  return {
    held,
    agents,
    told,
    hold,
    make,
    free: (key: string) => listener.freed(key),
    changed: (id: string) => listener.agentChanged(id),
  };
}

const changed = (task_id: string, priority: number): TaskEvent => ({
  type: 'TaskChanged',
  data: { task_id, changes: { priority }, changed_at: iso(0) },
});
const paused = (task_id: string): TaskEvent => ({
  type: 'TaskPaused',
  data: { task_id, paused_at: iso(0), reason: 'lunch' },
});
const resumed = (task_id: string): TaskEvent => ({ type: 'TaskResumed', data: { task_id, resumed_at: iso(0) } });

describe('what a gate holds', () => {
  it('should wait for its key, while others pass', () => {
    const board = switchboard();
    const { agent, submitted, next } = scene({ gates: [board.make] });
    agent('a', { max_concurrent_tasks: 9 });
    board.held.set('held', board.hold('k'));
    submitted('1', { type: 'held' });
    submitted('2');
    expect([next(), next()]).toEqual(['2>a', undefined]);
    board.held.clear();
    expect(next()).toBeUndefined();
    board.free('k');
    expect(next()).toBe('1>a');
  });

  it('should be tried again when its time has come', () => {
    const board = switchboard();
    const { agent, submitted, next, model, clock } = scene({ gates: [board.make] });
    agent('a');
    board.held.set('t', board.hold('k', T0 + 1_000));
    submitted('1');
    expect(next()).toBeUndefined();
    expect(model.due()).toBe(T0 + 1_000);
    board.held.clear();
    clock.time += 1_000;
    expect(next()).toBe('1>a');
  });

  it('should be counted as queued, and can be cancelled, changed and paused', () => {
    const board = switchboard();
    const { agent, submitted, cancelled, taskEvent, next, model } = scene({ gates: [board.make] });
    agent('a', { max_concurrent_tasks: 9 });
    board.held.set('t', board.hold('k'));
    for (const id of ['1', '2', '3', '4']) submitted(id);
    expect(next()).toBeUndefined();
    cancelled('1');
    taskEvent(changed('4', 100));
    taskEvent(paused('3'));
    expect(model.queueSizes()).toMatchObject({ urgent: 1, normal: 1 });
    expect(model.queuedIn('normal')).toEqual(['2']);
    board.held.clear();
    board.free('k');
    expect([next(), next(), next()]).toEqual(['4>a', '2>a', undefined]);
    taskEvent(resumed('3'));
    expect(next()).toBe('3>a');
  });

  it('should not stop what waits for the same key and another kind of agent', () => {
    const board = switchboard();
    const { agent, submitted, next } = scene({ gates: [board.make] });
    agent('plain', { max_concurrent_tasks: 9 });
    agent('gpu', { capabilities: ['gpu'], max_concurrent_tasks: 1 });
    board.held.set('t', board.hold('k'));
    submitted('gpu-1', { requirements: { capabilities: ['gpu'] } });
    submitted('gpu-2', { requirements: { capabilities: ['gpu'] } });
    submitted('plain-1', { requirements: { capabilities: [], agent_id: 'plain' } });
    submitted('plain-2', { requirements: { capabilities: [], agent_id: 'plain' } });
    expect(next()).toBeUndefined();
    board.held.clear();
    board.free('k');
    expect([next(), next(), next(), next()]).toEqual(['gpu-1>gpu', 'plain-1>plain', 'plain-2>plain', undefined]);
  });
});

describe('an agent that a gate holds', () => {
  it('should get nothing until the gate says otherwise', () => {
    const board = switchboard();
    const { agent, submitted, next } = scene({ gates: [board.make] });
    board.agents.set('a', board.hold('a'));
    agent('a');
    agent('b');
    for (const id of ['1', '2']) submitted(id);
    expect([next(), next()]).toEqual(['1>b', undefined]);
    board.agents.clear();
    board.changed('a');
    expect(next()).toBe('2>a');
  });

  it('should be looked at later when the gate names a time that is over', () => {
    const board = switchboard();
    const { agent, submitted, next, model } = scene({ gates: [board.make] });
    board.agents.set('a', board.hold('a', T0 - 1_000));
    agent('a');
    submitted('1');
    expect(next()).toBeUndefined();
    expect(model.due()).toBe(T0 + 1);
  });

  it('should be looked at again when its time has come', () => {
    const board = switchboard();
    const { agent, submitted, next, model, clock } = scene({ gates: [board.make] });
    board.agents.set('a', board.hold('a', T0 + 1_000));
    agent('a');
    submitted('1');
    expect(next()).toBeUndefined();
    expect(model.due()).toBe(T0 + 1_000);
    board.agents.clear();
    clock.time += 1_000;
    expect(next()).toBe('1>a');
  });
});

describe('what gates are told', () => {
  it('should be each task once, from its reservation to the end of its lease', () => {
    const board = switchboard();
    const { agent, submitted, assigned, started, completed, next, model } = scene({ gates: [board.make] });
    agent('a');
    submitted('1');
    next();
    model.settle('1', 'appended');
    assigned('1', 'a');
    started('1', 'a');
    completed('1', 'a');
    expect(board.told).toEqual(['1@40 entered a', '1@40 left a']);
  });

  it('should be that it left when the assignment was refused, or another owner made it', () => {
    const board = switchboard();
    const { agent, submitted, assigned, next, model } = scene({ gates: [board.make] });
    agent('a');
    agent('b');
    submitted('1');
    expect(next()).toBe('1>a');
    model.settle('1', { retryAt: T0 });
    expect(next()).toBe('1>b');
    assigned('1', 'a');
    expect(board.told).toEqual([
      ...['1@40 entered a', '1@40 left a', '1@40 entered b'],
      ...['1@40 left b', '1@40 entered a'],
    ]);
  });

  it('should be the task as it was when it entered, whatever became of it', () => {
    const board = switchboard();
    const { agent, submitted, assigned, completed, taskEvent, next } = scene({ gates: [board.make] });
    agent('a');
    submitted('1');
    next();
    assigned('1', 'a');
    taskEvent(changed('1', 90));
    completed('1', 'a');
    expect(board.told).toEqual(['1@40 entered a', '1@40 left a']);
  });

  it('should be all that runs after a start, reservations included', () => {
    const board = switchboard();
    const { agent, submitted, assigned, next, model } = scene({ gates: [board.make] });
    agent('a', { max_concurrent_tasks: 2 });
    for (const id of ['1', '2', '3']) submitted(id);
    assigned('1', 'a');
    next();
    board.told.length = 0;
    model.load(
      [...model.roster.all()],
      ['1', '2', '3'].map((id) => model.taskOf(id)!),
    );
    expect(board.told).toEqual(['reloaded 1 2']);
    expect(next()).toBeUndefined();
    model.settle('2', { retryAt: T0 });
    expect(board.told).toEqual(['reloaded 1 2', '2@40 left a']);
  });
});

describe('a task on its way to an agent', () => {
  it('should stay reserved when it is changed meanwhile', () => {
    const { agent, submitted, assigned, taskEvent, next, model } = scene();
    agent('a');
    agent('b');
    submitted('1');
    expect(next()).toBe('1>a');
    taskEvent(changed('1', 90));
    expect(next()).toBeUndefined();
    model.settle('1', 'appended');
    assigned('1', 'a');
    expect(model.openLeases).toBe(1);
    expect(model.queueSizes()).toMatchObject({ urgent: 0, normal: 0 });
  });

  it('should not come back to the queue when it was paused meanwhile', () => {
    const { agent, submitted, taskEvent, next, model } = scene();
    agent('a');
    submitted('1');
    submitted('2');
    expect(next()).toBe('1>a');
    taskEvent(paused('1'));
    expect(next()).toBeUndefined();
    model.settle('1', { retryAt: T0 });
    expect([next(), next()]).toEqual(['2>a', undefined]);
    expect(model.queueSizes().normal).toBe(0);
  });
});

describe('a standby', () => {
  it('should give the next turn to the key whose turn it is, having seen what the owner gave out', () => {
    const { agent, submitted, assigned, next } = scene();
    agent('a', { max_concurrent_tasks: 9 });
    for (const id of ['big-1', 'big-2', 'big-3']) submitted(id, { fairness_key: 'big' });
    submitted('small', { fairness_key: 'small' });
    assigned('big-1', 'a');
    expect([next(), next(), next()]).toEqual(['small>a', 'big-2>a', 'big-3>a']);
  });
});
