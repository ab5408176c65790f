import type { CapabilityEvent } from '@ao/contracts';
import { agentRegistered } from '@ao/contracts/testing';
import { leastConnections } from '@ao/routing';
import { PoolModel, type PoolListener } from './pool-model';
import { RecordedCapabilities, recordedNameProjection, type RecordedName } from './recorded-capabilities';

const TIME = '2026-01-01T00:00:00.000Z';
type Origin = 'record' | 'agent';

const record = (agent_id: string, name: string, origin: Origin) => ({
  ...{ capability_id: `${agent_id} ${name}`, agent_id, name, origin },
  ...{ metadata: { description: 'much text' }, groups: ['g'] },
});
const registered = (agent_id: string, name: string, origin: Origin = 'record'): CapabilityEvent => ({
  type: 'CapabilityRegistered',
  data: { ...record(agent_id, name, origin), created_at: TIME },
});
const changed = (agent_id: string, name: string, origin: Origin = 'record'): CapabilityEvent => ({
  type: 'CapabilityChanged',
  data: { ...record(agent_id, name, origin), changed_at: TIME },
});
const removed = (agent_id: string, name: string): CapabilityEvent => ({
  type: 'CapabilityRemoved',
  data: { capability_id: `${agent_id} ${name}`, agent_id, name, at: TIME },
});

describe('capabilities that were registered for agents', () => {
  it('should be known until they are removed, and tell of changes alone', () => {
    const recorded = new RecordedCapabilities();
    expect(recorded.apply(registered('a', 'ocr'))).toBe('a');
    expect(recorded.apply(registered('a', 'translate'))).toBe('a');
    expect(recorded.apply(changed('a', 'ocr'))).toBeUndefined();
    expect([...recorded.of('a')]).toEqual(['ocr', 'translate']);
    expect([...recorded.of('b')]).toEqual([]);
    expect(recorded.apply(removed('a', 'ocr'))).toBe('a');
    expect(recorded.apply(removed('a', 'ocr'))).toBeUndefined();
    expect([...recorded.of('a')]).toEqual(['translate']);
  });

  it('should not be what only follows a profile, before somebody registers it', () => {
    const recorded = new RecordedCapabilities();
    expect(recorded.apply(registered('a', 'ocr', 'agent'))).toBeUndefined();
    expect([...recorded.of('a')]).toEqual([]);
    expect(recorded.apply(changed('a', 'ocr'))).toBe('a');
    expect([...recorded.of('a')]).toEqual(['ocr']);
  });

  it('should begin anew from the table, and name the agents that lost some by that', () => {
    const recorded = new RecordedCapabilities();
    recorded.apply(registered('a', 'ocr'));
    expect(recorded.seed([{ agent_id: 'b', name: 'translate' }])).toEqual(new Set(['a', 'b']));
    expect([[...recorded.of('a')], [...recorded.of('b')]]).toEqual([[], ['translate']]);
  });

  it('should be kept by their names alone, and not written again for what dispatching does not know', () => {
    const evolve = (kept: RecordedName | undefined, event: CapabilityEvent) =>
      recordedNameProjection.evolve(kept, event as never);
    const kept = evolve(undefined, registered('a', 'ocr'));
    expect(kept).toEqual({ agent_id: 'a', name: 'ocr' });
    expect(evolve(kept, changed('a', 'ocr'))).toBe(kept);
    expect(evolve(kept, removed('a', 'ocr'))).toBeUndefined();
    expect(evolve(undefined, registered('a', 'ocr', 'agent'))).toBeUndefined();
  });
});

const NOBODY: PoolListener = { assigned: () => undefined, whileLeased: () => undefined };

describe('dispatch by registered capabilities', () => {
  function scene(profile: string[]) {
    const recorded = new RecordedCapabilities();
    const model = new PoolModel({
      ...{ pool: 'default', strategy: leastConnections, listener: NOBODY, clock: { now: () => Date.parse(TIME) } },
      known: { recorded: (id) => recorded.of(id) },
    });
    const agent = agentRegistered({ name: 'a', agent_id: 'a', capabilities: profile, max_concurrent_tasks: 9 });
    model.apply({ category: 'agent', position: 1, ...agent });
    let tasks = 0;
    return {
      model,
      happens(event: CapabilityEvent) {
        const agentId = recorded.apply(event);
        if (agentId !== undefined) model.roster.knownChanged(agentId);
      },
      /** Whether a task that asks for these is given out. */
      takes(...capabilities: string[]) {
        const task_id = String((tasks += 1));
        const data = {
          ...{ task_id, type: 't', payload: {}, priority: 40, pool: 'default', requirements: { capabilities } },
          retry: { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
          ...{ lease_seconds: 60, submitted_at: TIME },
        };
        model.apply({ category: 'task', position: 1 + tasks, type: 'TaskSubmitted', data });
        model.wake();
        const taken = model.reserve()?.task.task_id === task_id;
        if (taken) model.settle(task_id, 'appended');
        const cancelled = { task_id, cancelled_at: TIME, reason: 'seen' };
        model.apply({ category: 'task', position: 1 + tasks, type: 'TaskCancelled', data: cancelled });
        return taken;
      },
    };
  }

  it('should match what was registered like words of the profile, together with them', () => {
    const { happens, takes } = scene(['translate']);
    expect([takes('ocr'), takes('ocr', 'translate')]).toEqual([false, false]);
    happens(registered('a', 'ocr'));
    expect([takes('ocr'), takes('ocr', 'translate')]).toEqual([true, true]);
    happens(removed('a', 'ocr'));
    expect([takes('ocr'), takes('translate')]).toEqual([false, true]);
  });

  it('should keep a word of the profile whose record was removed', () => {
    const { happens, takes } = scene(['ocr']);
    happens(registered('a', 'ocr'));
    happens(removed('a', 'ocr'));
    expect(takes('ocr')).toBe(true);
  });

  it('should not say that an agent lacks what was registered for it', () => {
    const { happens, model } = scene([]);
    happens(registered('a', 'ocr'));
    expect([...model.roster.all()].map(({ capabilities }) => capabilities)).toEqual([['ocr']]);
  });

  it('should know an agent whose records were read before its registration', () => {
    const recorded = new RecordedCapabilities();
    recorded.apply(registered('a', 'ocr'));
    const offers: string[][] = [];
    const model = new PoolModel({
      ...{ pool: 'default', strategy: leastConnections, listener: NOBODY, clock: { now: () => 0 } },
      known: {
        recorded: (id) => {
          offers.push([...recorded.of(id)]);
          return recorded.of(id);
        },
      },
    });
    model.roster.knownChanged('a');
    expect(offers).toEqual([]);
    model.apply({ category: 'agent', position: 1, ...agentRegistered({ name: 'a', agent_id: 'a' }) });
    expect(offers).toEqual([['ocr']]);
  });
});
