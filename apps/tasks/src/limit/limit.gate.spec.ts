import type { DispatchLimitScope } from '@ao/contracts';
import type { OpenTask } from '../open-task/open-task';
import { LimitGate } from './limit.gate';
import { limitOf, limitRemoved, limitSet } from './limit.testing';

const task = (change: Partial<OpenTask> = {}): OpenTask => ({
  ...{ task_id: 'task', pool: 'default', type: 'build', priority: 40, requirements: { capabilities: [] } },
  ...{ lease_seconds: 60, position: 1, ready_at: 0 },
  ...change,
});

function scene() {
  const freed: string[] = [];
  const clock = { time: 0, now: () => clock.time };
  const listener = { freed: (key: string) => freed.push(key), agentChanged: () => undefined };
  const gate = new LimitGate(clock, listener);
  const limit = (scope: DispatchLimitScope, value: string, max_concurrent: number) =>
    gate.apply(limitSet({ scope, value }, { max_concurrent }));
  return { gate, freed, clock, limit };
}

describe('the gate of limits', () => {
  it('should hold what is at its limit, by type, key and queue', () => {
    const { gate, limit } = scene();
    limit('task_type', 'build', 1);
    limit('concurrency_key', 'eu', 1);
    limit('queue', 'high', 1);
    gate.entered(task({ concurrency_key: 'eu', priority: 60 }));
    expect(gate.holds(task())).toMatchObject({ code: 'concurrency_limit' });
    expect(gate.holds(task({ type: 'test' }))).toBeUndefined();
    expect(gate.holds(task({ type: 'test', concurrency_key: 'eu' }))).toMatchObject({ code: 'concurrency_limit' });
    expect(gate.holds(task({ type: 'test', concurrency_key: 'us' }))).toBeUndefined();
    expect(gate.holds(task({ type: 'test', priority: 50 }))).toMatchObject({ code: 'concurrency_limit' });
    expect(gate.holds(task({ type: 'test', priority: 70 }))).toBeUndefined();
  });

  it('should count each value of * by itself, unless it has a limit of its own', () => {
    const { gate, limit } = scene();
    limit('task_type', '*', 1);
    limit('task_type', 'wide', 2);
    gate.entered(task());
    gate.entered(task({ type: 'wide' }));
    expect(gate.holds(task())).toBeDefined();
    expect(gate.holds(task({ type: 'test' }))).toBeUndefined();
    expect(gate.holds(task({ type: 'wide' }))).toBeUndefined();
  });

  it('should know what ran before it was set', () => {
    const { gate, limit } = scene();
    gate.entered(task());
    limit('task_type', 'build', 1);
    expect(gate.holds(task())).toBeDefined();
    expect(gate.all()).toMatchObject([{ value: 'build', running: 1 }]);
  });

  it('should tell once of a key that it held, when something leaves or the limit changes', () => {
    const { gate, freed, limit } = scene();
    limit('task_type', 'build', 1);
    gate.entered(task());
    gate.left(task());
    expect(freed).toEqual([]);
    gate.entered(task());
    const { key } = gate.holds(task())!;
    gate.left(task());
    gate.left(task({ type: 'test' }));
    expect(freed).toEqual([key]);
    gate.entered(task());
    gate.holds(task());
    gate.apply(limitRemoved({ scope: 'task_type', value: 'build' }));
    expect(freed).toEqual([key, key]);
    expect(gate.holds(task())).toBeUndefined();
  });

  it('should say when a rate lets the next one go', () => {
    const { gate, clock } = scene();
    gate.apply(limitSet({ scope: 'task_type', value: '*' }, { rate: { tasks: 1, per_seconds: 10 } }));
    gate.entered(task());
    expect(gate.holds(task())).toMatchObject({ code: 'rate_limit', until: 10_000 });
    expect(gate.holds(task({ type: 'test' }))).toBeUndefined();
    clock.time = 10_000;
    expect(gate.holds(task())).toBeUndefined();
  });

  it('should count anew from what agents have after a start, and keep its rates', () => {
    const { gate } = scene();
    gate.load([
      limitOf({ scope: 'task_type', value: 'build' }, { max_concurrent: 2, rate: { tasks: 9, per_seconds: 1 } }),
    ]);
    gate.entered(task());
    gate.reloaded([{ task: task(), agent_id: 'a' }]);
    expect(gate.all()).toMatchObject([{ running: 1 }]);
    gate.reloaded([1, 2].map(() => ({ task: task(), agent_id: 'a' })));
    expect(gate.holds(task())).toMatchObject({ code: 'concurrency_limit' });
  });

  it('should not keep what runs no more', () => {
    const { gate } = scene();
    for (let index = 0; index < 1_000; index += 1) {
      gate.entered(task({ concurrency_key: `key-${index}` }));
      gate.left(task({ concurrency_key: `key-${index}` }));
    }
    gate.apply(limitSet({ scope: 'concurrency_key', value: 'key-1' }, { max_concurrent: 1 }));
    expect(gate.all()).toMatchObject([{ running: 0 }]);
  });
});
