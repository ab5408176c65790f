import * as fc from 'fast-check';
import type { DispatchLimitTerms } from '@ao/contracts';
import { T0, scene } from '../dispatch/pool-model.testing';
import { LimitGate } from './limit.gate';
import { limitRemoved, limitSet } from './limit.testing';

const TYPES = ['build', 'test', 'ship'];
const KEYS = ['eu', 'us', undefined];
const AGENTS = ['a', 'b', 'c'];

type Step =
  | { do: 'submit'; type: number; key: number; priority: number; capability: boolean; fairness: number }
  | { do: 'pump' }
  | { do: 'appended'; pick: number }
  | { do: 'refused'; pick: number }
  | { do: 'complete'; pick: number }
  | { do: 'expire'; pick: number }
  | { do: 'cancel'; pick: number }
  | { do: 'limit'; scope: 'task_type' | 'concurrency_key'; value: string; terms: DispatchLimitTerms | undefined }
  | { do: 'credit'; agent: number; tasks: number }
  | { do: 'wait'; seconds: number }
  | { do: 'reload' };

const pick = fc.nat(30);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      type: fc.nat(2),
      key: fc.nat(2),
      priority: fc.constantFrom(20, 60),
      capability: fc.boolean(),
      fairness: fc.nat(2),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'pump' as const }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('appended' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refused' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('complete' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc.record({
        do: fc.constant('limit' as const),
        scope: fc.constant('task_type' as const),
        value: fc.constantFrom('*', ...TYPES),
        terms: fc.option(fc.record({ max_concurrent: fc.nat(3) }), { nil: undefined }),
      }),
      fc.record({
        do: fc.constant('limit' as const),
        scope: fc.constant('concurrency_key' as const),
        value: fc.constantFrom('*', 'eu', 'us'),
        terms: fc.option(
          fc.oneof(
            fc.record({ max_concurrent: fc.nat(2) }),
            fc.record({ rate: fc.record({ tasks: fc.integer({ min: 1, max: 2 }), per_seconds: fc.constant(10) }) }),
          ),
          { nil: undefined },
        ),
      }),
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('credit' as const), agent: fc.nat(2), tasks: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reload' as const }) },
);

/** The dispatcher and a fleet, played through a history; checks after each step what must hold. */
function play(history: readonly Step[]): void {
  let gate!: LimitGate;
  const world = scene({
    ageingMs: 20_000,
    gates: [(listener, clock) => (gate = new LimitGate(clock, listener))],
  });
  const { model, clock } = world;
  const open = new Map<string, { type: string; key: string | undefined }>();
  const reserved = new Map<string, string>();
  const leased = new Map<string, string>();
  const limits = new Map<string, DispatchLimitTerms>();
  const credits = new Map(AGENTS.map((agent) => [agent, 2]));
  /** Of limits that were lowered, what ran before may go on. */
  const allowed = new Map<string, number>();
  for (const agent of AGENTS) {
    world.agent(agent, { capabilities: agent === 'a' ? ['gpu'] : [], max_concurrent_tasks: 2 });
  }
  const termsOf = (scope: string, value: string) => limits.get(`${scope} ${value}`) ?? limits.get(`${scope} *`);
  const valuesOf = ({ type, key }: { type: string; key: string | undefined }) =>
    [
      ['task_type', type],
      ['concurrency_key', key],
    ].filter((pair): pair is [string, string] => pair[1] !== undefined);
  const running = (scope: string, value: string) => {
    let count = 0;
    for (const id of [...reserved.keys(), ...leased.keys()]) {
      const task = open.get(id);
      if (task && valuesOf(task).some(([of, name]) => of === scope && name === value)) count += 1;
    }
    return count;
  };
  const everyValue = [
    ...TYPES.map((type) => ['task_type', type] as const),
    ...KEYS.flatMap((key) => (key === undefined ? [] : [['concurrency_key', key] as const])),
  ];
  const check = () => {
    for (const [scope, value] of everyValue) {
      const name = `${scope} ${value}`;
      const now = running(scope, value);
      const most = Math.max(termsOf(scope, value)?.max_concurrent ?? Infinity, allowed.get(name) ?? 0);
      expect({ name, now, within: now <= most }).toEqual({ name, now, within: true });
      // What ends is not made up for by what begins.
      allowed.set(name, Math.min(allowed.get(name) ?? 0, now));
    }
  };
  let number = 0;
  const at = <K>(map: Map<K, unknown>, index: number) => [...map.keys()][index % Math.max(1, map.size)];
  for (const step of history) {
    switch (step.do) {
      case 'submit': {
        const id = `${(number += 1)}`;
        const [type, key] = [TYPES[step.type]!, KEYS[step.key]];
        open.set(id, { type, key });
        world.submitted(id, {
          ...{ type, priority: step.priority },
          ...(key !== undefined && { concurrency_key: key }),
          ...(step.fairness > 0 && { fairness_key: `tenant-${step.fairness}` }),
          requirements: { capabilities: step.capability ? ['gpu'] : [] },
        });
        break;
      }
      case 'pump':
        model.wake();
        for (let match = model.reserve(); match; match = model.reserve()) {
          reserved.set(match.task.task_id, match.agent_id);
          check();
        }
        nothingMoreCouldGo();
        break;
      case 'appended': {
        const id = at(reserved, step.pick);
        if (id === undefined) break;
        const agent = reserved.get(id)!;
        reserved.delete(id);
        leased.set(id, agent);
        model.settle(id, 'appended');
        world.assigned(id, agent);
        break;
      }
      case 'refused': {
        const id = at(reserved, step.pick);
        if (id === undefined) break;
        reserved.delete(id);
        model.settle(id, { retryAt: clock.time });
        break;
      }
      case 'complete': {
        const id = at(leased, step.pick);
        if (id === undefined) break;
        world.completed(id, leased.get(id)!);
        leased.delete(id);
        open.delete(id);
        break;
      }
      case 'expire': {
        const id = at(leased, step.pick);
        if (id === undefined) break;
        world.failed(id, leased.get(id)!, new Date(clock.time).toISOString());
        leased.delete(id);
        break;
      }
      case 'cancel': {
        const id = at(open, step.pick);
        if (id === undefined) break;
        world.cancelled(id);
        open.delete(id);
        if (reserved.delete(id)) model.settle(id, { retryAt: clock.time });
        leased.delete(id);
        break;
      }
      case 'limit': {
        const { scope, value, terms } = step;
        if (terms) limits.set(`${scope} ${value}`, terms);
        else limits.delete(`${scope} ${value}`);
        gate.apply(terms ? limitSet({ scope, value }, terms) : limitRemoved({ scope, value }));
        for (const [of, name] of everyValue) allowed.set(`${of} ${name}`, running(of, name));
        break;
      }
      case 'credit': {
        const agent_id = AGENTS[step.agent]!;
        credits.set(agent_id, step.tasks);
        const connection = { agent_id, epoch: clock.time, connected: true, max_concurrent_tasks: step.tasks };
        model.roster.heard({ gateway_id: 'g', complete: false, connections: [connection] }, clock.time);
        break;
      }
      case 'wait':
        clock.time += 1_000 * step.seconds;
        break;
      case 'reload': {
        const documents = [...model.roster.all()];
        model.load(
          documents,
          [...open.keys()].map((id) => model.taskOf(id)!),
        );
        break;
      }
    }
    check();
  }

  /** Whoever still waits has no free agent, or is held. */
  function nothingMoreCouldGo(): void {
    const busy = (agent: string) =>
      [...reserved.values(), ...leased.values()].filter((each) => each === agent).length >= credits.get(agent)!;
    for (const id of open.keys()) {
      if (reserved.has(id) || leased.has(id)) continue;
      const { requirements } = model.taskOf(id)!;
      const fits = AGENTS.filter((agent) => agent === 'a' || requirements.capabilities.length === 0);
      const { ready_at, holds } = model.explain(id)!.queued!;
      const free = fits.some((agent) => !busy(agent)) && ready_at <= clock.time;
      const atLimit = valuesOf(open.get(id)!).some(
        ([scope, value]) => running(scope, value) >= (termsOf(scope, value)?.max_concurrent ?? Infinity),
      );
      const held = atLimit || holds.some(({ code }) => code === 'rate_limit');
      expect({ id, mayGo: free && !held }).toEqual({ id, mayGo: false });
    }
  }
}

describe('limits under race', () => {
  it('should let no more run than they say, and leave nothing waiting that may go', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 20, maxLength: 150 }), (history) => play([...history, { do: 'pump' }])),
      { numRuns: 150 },
    );
  });
});

describe('a limit of k', () => {
  it('should hold with many tasks at once, each of which is looked at no more than a few times', () => {
    let asked = 0;
    let gate!: LimitGate;
    const { agent, submitted, assigned, completed, model, clock } = scene({
      gates: [
        (listener, time) => {
          gate = new LimitGate(time, listener);
          const holds = gate.holds.bind(gate);
          gate.holds = (task) => {
            asked += 1;
            return holds(task);
          };
          return gate;
        },
      ],
    });
    gate.apply(limitSet({ scope: 'task_type', value: '*' }, { max_concurrent: 3 }));
    for (let index = 0; index < 50; index += 1) agent(`a${index}`, { max_concurrent_tasks: 10 });
    const COUNT = 2_000;
    for (let index = 0; index < COUNT; index += 1) {
      submitted(`${index}`, { type: 't', fairness_key: `tenant-${index % 7}`, priority: 20 * (index % 5) });
    }
    const running: [string, string][] = [];
    let done = 0;
    while (done < COUNT) {
      model.wake();
      for (let match = model.reserve(); match; match = model.reserve())
        running.push([match.task.task_id, match.agent_id]);
      expect(running.length).toBe(Math.min(3, COUNT - done));
      const [id, agentId] = running.shift()!;
      model.settle(id, 'appended');
      assigned(id, agentId);
      completed(id, agentId);
      clock.time += 1;
      done += 1;
    }
    expect(asked).toBeLessThan(5 * COUNT);
    expect(model.openLeases).toBe(0);
  });

  it('should give back in the order of rank, keys in turn, what it held', () => {
    let gate!: LimitGate;
    const { agent, submitted, assigned, completed, next } = scene({
      gates: [(listener, time) => (gate = new LimitGate(time, listener))],
    });
    gate.apply(limitSet({ scope: 'task_type', value: 't' }, { max_concurrent: 1 }));
    agent('a', { max_concurrent_tasks: 9 });
    submitted('running', { type: 't', priority: 100 });
    next();
    assigned('running', 'a');
    for (let index = 0; index < 5; index += 1) submitted(`big-${index}`, { type: 't', fairness_key: 'big' });
    submitted('small-0', { type: 't', fairness_key: 'small' });
    submitted('high', { type: 't', fairness_key: 'big', priority: 60 });
    expect(next()).toBeUndefined();
    submitted('other', { type: 'u', priority: 0 });
    expect(next()).toBe('other>a');
    const order: string[] = [];
    let before = 'running';
    for (let index = 0; index < 7; index += 1) {
      completed(before, 'a');
      before = next()!.split('>')[0]!;
      expect(next()).toBeUndefined();
      assigned(before, 'a');
      order.push(before);
    }
    expect(order).toEqual(['high', 'big-0', 'small-0', 'big-1', 'big-2', 'big-3', 'big-4']);
  });

  it('should go on at a rate without anybody freeing anything', () => {
    let gate!: LimitGate;
    const { agent, submitted, next, model, clock } = scene({
      gates: [(listener, time) => (gate = new LimitGate(time, listener))],
    });
    gate.apply(limitSet({ scope: 'queue', value: 'normal' }, { rate: { tasks: 2, per_seconds: 10 } }));
    agent('a', { max_concurrent_tasks: 99 });
    for (let index = 0; index < 4; index += 1) submitted(`${index}`);
    expect([next(), next(), next()]).toEqual(['0>a', '1>a', undefined]);
    expect(model.due()).toBe(T0 + 5_000);
    clock.time += 4_999;
    expect(next()).toBeUndefined();
    clock.time += 1;
    expect([next(), next()]).toEqual(['2>a', undefined]);
    clock.time += 5_000;
    expect([next(), next()]).toEqual(['3>a', undefined]);
  });

  it('should let everything go that a limit held when it is removed or raised', () => {
    let gate!: LimitGate;
    const { agent, submitted, next } = scene({
      gates: [(listener, time) => (gate = new LimitGate(time, listener))],
    });
    const target = { scope: 'concurrency_key', value: '*' } as const;
    gate.apply(limitSet(target, { max_concurrent: 0 }));
    agent('a', { max_concurrent_tasks: 99 });
    for (const key of ['x', 'y']) for (const index of [1, 2]) submitted(`${key}${index}`, { concurrency_key: key });
    expect(next()).toBeUndefined();
    gate.apply(limitSet(target, { max_concurrent: 1 }));
    expect([next(), next(), next()]).toEqual(['x1>a', 'y1>a', undefined]);
    gate.apply(limitRemoved(target));
    expect([next(), next(), next()]).toEqual(['x2>a', 'y2>a', undefined]);
  });
});
