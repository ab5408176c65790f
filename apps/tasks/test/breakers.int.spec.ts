import {
  completeTask,
  breakerCounts,
  configureBreaker,
  deleteBreaker,
  explainTask,
  forceBreaker,
  resetBreaker,
  type BreakerEvent,
  type BreakerPolicy,
  type BreakerScope,
} from '@ao/contracts';
import { derivedId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const succeeded = { success: true, result: null } as const;
const failed = { success: false, failure: { message: 'no', retryable: true } } as const;
const ONCE = { retry: { max_attempts: 1 } };
const POLICY: BreakerPolicy = {
  ...{ failure_threshold: 3, window_seconds: 60, minimum_calls: 1, failure_ratio: 0, cooldown_seconds: 3_600 },
  half_open_max: 1,
};
const idOf = (name: string) => derivedId('circuitbreaker', name);

/** A breaker of a name that no other test has. */
async function breaker(scope: BreakerScope, policy: Partial<BreakerPolicy> = {}): Promise<string> {
  const name = tasks.capability();
  await tasks.done(configureBreaker, { ...POLICY, ...policy, name, scope });
  return name;
}

async function breakerEvents(name: string): Promise<BreakerEvent[]> {
  const { rows } = await tasks.admin.query<BreakerEvent>(
    'select type, data from event_log.events where stream_id = $1 order by version',
    [`circuitbreaker-${idOf(name)}`],
  );
  return rows;
}

/** Once the breaker's stream has this many events of the type; the last of them. */
function moved<Type extends BreakerEvent['type']>(name: string, type: Type, count = 1) {
  return eventually(async () => {
    const events = await breakerEvents(name);
    const found = events.filter((event) => event.type === type);
    if (found.length < count) throw new Error(`expected ${count} ${type}, got ${events.map((event) => event.type)}`);
    return found.at(-1) as Extract<BreakerEvent, { type: Type }>;
  });
}

const assigned = async (taskId: string, count = 1) => (await tasks.happened(taskId, 'TaskAssigned', { count })).data;
const explained = (task_id: string) => tasks.done(explainTask, { task_id });
const isAssigned = async (taskId: string) => (await tasks.types(taskId)).includes('TaskAssigned');

async function end(taskId: string, outcome: typeof succeeded | typeof failed): Promise<string> {
  const { agent_id, lease_token } = await assigned(taskId);
  await tasks.done(completeTask, { task_id: taskId, agent_id, lease_token, outcome });
  return agent_id;
}

/** Submits and fails as many tasks. */
async function fail(count: number, change: Parameters<TasksFixture['submit']>[0]): Promise<void> {
  for (let index = 0; index < count; index += 1) await end(await tasks.submit({ ...change, ...ONCE }), failed);
}

/** Another task went all the way: what was submitted before it has been looked at. */
async function dispatcherPassed(): Promise<void> {
  const capability = tasks.capability();
  await tasks.agent({ capabilities: [capability] });
  await assigned(await tasks.submit({ type: 'passes-by', requirements: { capabilities: [capability] } }));
}

describe('an agent that fails', () => {
  it('should get nothing until one task, after the cooldown, has succeeded', async () => {
    const requirements = { capabilities: [tasks.capability()] };
    const bad = await tasks.agent({ ...requirements, max_concurrent_tasks: 10 });
    const name = await breaker({ kind: 'agent', value: bad }, { cooldown_seconds: 1 });
    await fail(3, { requirements });
    expect(await moved(name, 'BreakerOpened')).toMatchObject({
      data: { reason: 'failures', counts: { calls: 3, failures: 3 } },
    });

    // The others do what it would have done.
    const good = await tasks.agent({ ...requirements, max_concurrent_tasks: 10 });
    const pinned = { requirements: { ...requirements, agent_id: bad } };
    const waiting = [await tasks.submit(pinned), await tasks.submit(pinned), await tasks.submit(pinned)];
    expect((await explained(waiting[0]!)).fleet!.obstacles).toContainEqual({
      ...{ code: 'held', subject: 'circuit_open', agents: 1 },
    });
    for (let index = 0; index < 4; index += 1)
      expect(await end(await tasks.submit({ requirements }), succeeded)).toBe(good);

    await moved(name, 'BreakerHalfOpened');
    const probe = await eventually(async () => {
      const through = await Promise.all(waiting.map(isAssigned));
      expect(through.filter(Boolean)).toHaveLength(1);
      return waiting[through.indexOf(true)]!;
    });
    await dispatcherPassed();
    const others = waiting.filter((id) => id !== probe);
    for (const id of others) expect(await isAssigned(id)).toBe(false);

    expect(await end(probe, succeeded)).toBe(bad);
    await moved(name, 'BreakerClosed');
    for (const id of others) expect((await assigned(id)).agent_id).toBe(bad);
  });

  it('should be left alone again when the one task fails as well', async () => {
    const requirements = { capabilities: [tasks.capability()] };
    const agent = await tasks.agent({ ...requirements, max_concurrent_tasks: 10 });
    const name = await breaker({ kind: 'agent', value: agent }, { failure_threshold: 1, cooldown_seconds: 0.5 });
    await fail(1, { requirements });
    await moved(name, 'BreakerHalfOpened');
    await fail(1, { requirements });
    expect(await moved(name, 'BreakerOpened', 2)).toMatchObject({ data: { reason: 'probe_failed' } });
  });

  it('should have a breaker of its own where there is one for each', async () => {
    const requirements = { capabilities: [tasks.capability()] };
    const type = tasks.capability();
    const rule = await breaker({ kind: 'task_type', value: '*' }, { failure_threshold: 2 });
    await tasks.agent({ ...requirements, max_concurrent_tasks: 10 });
    await fail(2, { requirements, type });
    const made = await eventually(async () => {
      const events = await breakerEvents(`${rule}:${type}`);
      expect(events.map((event) => event.type)).toEqual(['BreakerConfigured', 'BreakerOpened']);
      return events[0]!;
    });
    expect(made.data).toMatchObject({ scope: { kind: 'task_type', value: type }, made_by: rule });
    const held = await tasks.submit({ requirements, type });
    await dispatcherPassed();
    expect(await isAssigned(held)).toBe(false);
    await tasks.done(resetBreaker, { breaker_id: idOf(`${rule}:${type}`), reason: '' });
    await assigned(held);

    // What it made goes with it.
    await fail(2, { requirements, type });
    await moved(`${rule}:${type}`, 'BreakerOpened', 2);
    const heldAgain = await tasks.submit({ requirements, type });
    await tasks.done(deleteBreaker, { breaker_id: idOf(rule) });
    await moved(`${rule}:${type}`, 'BreakerDeleted');
    await assigned(heldAgain);
  });
});

describe('a breaker in somebody’s hands', () => {
  it.each(['task_type', 'target'] as const)('should hold a %s and let it go', async (kind) => {
    const requirements = { capabilities: [tasks.capability()] };
    await tasks.agent({ ...requirements, max_concurrent_tasks: 100 });
    const value = tasks.capability();
    const guarded = kind === 'task_type' ? { requirements, type: value } : { requirements, concurrency_key: value };
    const name = await breaker({ kind, value });
    const breaker_id = idOf(name);
    const force = (state: 'forced_open' | 'forced_closed') =>
      tasks.done(forceBreaker, { breaker_id, state, reason: '' });

    await force('forced_open');
    const held = await tasks.submit(guarded);
    await dispatcherPassed();
    expect(await isAssigned(held)).toBe(false);
    expect((await explained(held)).waits_because).toEqual([
      { code: 'circuit_open', detail: `circuit breaker '${name}' is forced open` },
    ]);

    await force('forced_closed');
    await end(held, failed);
    // Whatever fails: it stays closed.
    await fail(4, guarded);
    await assigned(await tasks.submit(guarded));

    await force('forced_open');
    const again = await tasks.submit(guarded);
    await dispatcherPassed();
    expect(await isAssigned(again)).toBe(false);
    await tasks.done(resetBreaker, { breaker_id, reason: 'repaired' });
    await assigned(again);
  });
});

describe('a breaker and the processes that come and go', () => {
  it('should hold and count after a restart as before it', async () => {
    const requirements = { capabilities: [tasks.capability()] };
    await tasks.agent({ ...requirements, max_concurrent_tasks: 100 });
    const [open, forced, counting] = [tasks.capability(), tasks.capability(), tasks.capability()];
    const opened = await breaker({ kind: 'task_type', value: open }, { failure_threshold: 1 });
    await fail(1, { requirements, type: open });
    const held = await breaker({ kind: 'task_type', value: forced });
    await tasks.done(forceBreaker, { breaker_id: idOf(held), state: 'forced_open', reason: '' });
    const counted = await breaker({ kind: 'target', value: counting });
    await fail(2, { requirements, concurrency_key: counting });
    await moved(opened, 'BreakerOpened');
    await eventually(async () => {
      const { counts } = await tasks.done(breakerCounts, { breaker_ids: [idOf(counted)] });
      expect(counts).toEqual([{ breaker_id: idOf(counted), calls: 2, failures: 2 }]);
    });

    await tasks.stack.restart('tasks');
    const waiting = [
      await tasks.submit({ requirements, type: open }),
      await tasks.submit({ requirements, type: forced }),
    ];
    await dispatcherPassed();
    for (const id of waiting) expect(await isAssigned(id)).toBe(false);
    await fail(1, { requirements, concurrency_key: counting });
    expect(await moved(counted, 'BreakerOpened')).toMatchObject({ data: { counts: { calls: 3, failures: 3 } } });
    await tasks.done(forceBreaker, { breaker_id: idOf(opened), state: 'forced_closed', reason: '' });
    await assigned(waiting[0]!);
  });

  it('should count once and open once, however many replicas there are', async () => {
    const second = await tasks.replica();
    const requirements = { capabilities: [tasks.capability()] };
    await tasks.agent({ ...requirements, max_concurrent_tasks: 100 });
    const type = tasks.capability();
    const name = await breaker({ kind: 'task_type', value: type }, { failure_threshold: 4 });
    await fail(3, { requirements, type });
    await eventually(async () => {
      const { counts } = await tasks.done(breakerCounts, { breaker_ids: [idOf(name)] });
      expect(counts).toEqual([{ breaker_id: idOf(name), calls: 3, failures: 3 }]);
    });
    // Whoever counted is gone: the other goes on from where it was.
    await tasks.stack.service('tasks').kill();
    await fail(1, { requirements, type });
    await moved(name, 'BreakerOpened');
    // It is in the log; who gives tasks out hears of it before what happens next.
    await dispatcherPassed();
    const held = await tasks.submit({ requirements, type });
    await dispatcherPassed();
    expect(await isAssigned(held)).toBe(false);
    await tasks.stack.restart('tasks');
    await second.kill();
    await dispatcherPassed();
    expect(await isAssigned(held)).toBe(false);
    expect((await breakerEvents(name)).map((event) => event.type)).toEqual(['BreakerConfigured', 'BreakerOpened']);
  });
});
