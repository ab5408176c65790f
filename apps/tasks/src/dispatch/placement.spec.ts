import { evolveAgent } from '@ao/contracts';
import { agentRegistered } from '@ao/contracts/testing';
import type { OpenTask } from '../open-task/open-task';
import type { Gate } from './gate';
import { rosterAgent } from './agent-roster';
import { T0, scene } from './pool-model.testing';

const order = (task_id: string, change: Partial<OpenTask> = {}): OpenTask => ({
  ...{ task_id, pool: 'default', type: 't', priority: 40, requirements: { capabilities: [] }, lease_seconds: 60 },
  ...{ position: Number.MAX_SAFE_INTEGER, ready_at: T0 },
  ...change,
});

/** Holds tasks of the type `limited` while one of them counts; what it was told stands in `counts`. */
function limit() {
  const counts: string[] = [];
  let running = 0;
  const gate = (): Gate => ({
    holds: ({ type }) =>
      type === 'limited' && running > 0
        ? { key: 'limited', code: 'concurrency_limit', detail: 'one at a time' }
        : undefined,
    entered: ({ task_id, type }, agentId) => {
      if (type === 'limited') running += 1;
      counts.push(`+${task_id}>${agentId}`);
    },
    left: ({ task_id, type }, agentId) => {
      if (type === 'limited') running -= 1;
      counts.push(`-${task_id}>${agentId}`);
    },
    reloaded: (all) => {
      const tasks = [...all];
      running = tasks.filter(({ task }) => task.type === 'limited').length;
      counts.push(`=${tasks.map(({ task }) => task.task_id).join()}`);
    },
  });
  return { counts, gate };
}

describe('a place for a task before its submission', () => {
  it('should be counted once, from the reservation to the end', () => {
    const { counts, gate } = limit();
    const { agent, submitted, assigned, completed, model, next } = scene({ gates: [gate] });
    agent('a');
    expect(model.reserveFor(order('1'))).toMatchObject({ agent_id: 'a', candidate_count: 1 });
    expect(model.reserveFor(order('2'))).toBeUndefined();
    expect(model.queueSizes().normal).toBe(0);
    submitted('1');
    expect(next()).toBeUndefined();
    assigned('1', 'a');
    model.settle('1', 'appended');
    model.withdraw('1');
    expect(model.openLeases).toBe(1);
    expect(model.reserveFor(order('2'))).toBeUndefined();
    completed('1', 'a');
    expect(counts).toEqual(['+1>a', '-1>a']);
    expect(model.reserveFor(order('2'))?.agent_id).toBe('a');
  });

  it('should be free again when the submission does not come about', () => {
    const { counts, gate } = limit();
    const { agent, submitted, model, next } = scene({ gates: [gate] });
    agent('a');
    model.reserveFor(order('1'));
    model.withdraw('1');
    expect(counts).toEqual(['+1>a', '-1>a']);
    submitted('2');
    expect(next()).toBe('2>a');
  });

  it('should leave a task in its queue whose submission came about without it', () => {
    const { agent, submitted, model, next } = scene();
    agent('a');
    model.reserveFor(order('1'));
    submitted('1');
    expect(next()).toBeUndefined();
    model.withdraw('1');
    expect(next()).toBe('1>a');
  });

  it('should not be that of one who waits', () => {
    const { agent, submitted, model, next } = scene();
    agent('a');
    submitted('1');
    expect(model.reserveFor(order('2', { priority: 90 }))?.task.task_id).toBe('2');
    model.withdraw('2');
    expect(model.reserveFor(order('3'))).toBeUndefined();
    expect(next()).toBe('1>a');
  });

  it('should not pass a gate that holds it, nor stand in its way', () => {
    const { gate } = limit();
    const { agent, model } = scene({ gates: [gate] });
    agent('a', { max_concurrent_tasks: 3 });
    expect(model.reserveFor(order('1', { type: 'limited' }))?.agent_id).toBe('a');
    expect(model.reserveFor(order('2', { type: 'limited' }))).toBeUndefined();
    expect(model.reserveFor(order('3'))?.agent_id).toBe('a');
    model.withdraw('1');
    expect(model.reserveFor(order('2', { type: 'limited' }))?.agent_id).toBe('a');
  });

  it('should not be given twice, nor to one that waits for its time', () => {
    const { agent, submitted, model } = scene();
    agent('a', { max_concurrent_tasks: 3 });
    expect(model.reserveFor(order('1'))).toBeDefined();
    expect(model.reserveFor(order('1'))).toBeUndefined();
    submitted('2');
    expect(model.reserveFor(order('2'))).toBeUndefined();
    expect(model.reserveFor(order('3', { held: 'scheduled', not_before: T0 + 1 }))).toBeUndefined();
  });

  it('should outlast a new seed while it is on its way, and not once it is in the log', () => {
    const { counts, gate } = limit();
    const { submitted, assigned, completed, model } = scene({ gates: [gate] });
    const agent = rosterAgent(evolveAgent(undefined, agentRegistered({ agent_id: 'a', max_concurrent_tasks: 2 }))!);
    model.load([agent], []);
    expect(model.reserveFor(order('1'))?.agent_id).toBe('a');
    expect(model.reserveFor(order('2'))?.agent_id).toBe('a');
    model.settle('2', 'appended');
    counts.length = 0;
    model.load([agent], []);
    expect(counts).toEqual(['=1']);
    // The seed was older than 2, whose events follow.
    submitted('2');
    assigned('2', 'a');
    expect(model.reserveFor(order('3'))).toBeUndefined();
    model.withdraw('1');
    completed('2', 'a');
    expect(model.reserveFor(order('3'))?.agent_id).toBe('a');
    expect(model.reserveFor(order('4'))?.agent_id).toBe('a');
    expect(model.reserveFor(order('5'))).toBeUndefined();
  });
});
