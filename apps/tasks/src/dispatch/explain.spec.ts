import type { Gate } from './gate';
import { T0, scene } from './pool-model.testing';

const open = (held: boolean): Gate => ({
  holds: () => (held ? { code: 'circuit_open', detail: 'broken', key: 'k', until: T0 + 5 } : undefined),
  holdsAgent: (agentId) => (agentId === 'barred' ? { code: 'budget_exceeded', detail: 'spent', key: 'b' } : undefined),
});

describe('what the model knows of a task that waits', () => {
  it('should name what agents lack, and what keeps those that fit', () => {
    const { agent, agentEvent, submitted, assigned, model } = scene({ gates: [() => open(false)] });
    const capabilities = ['gpu'];
    agent('full', { capabilities, max_concurrent_tasks: 1 });
    submitted('running', { requirements: { capabilities } });
    assigned('running', 'full');
    agent('offline', { capabilities });
    agentEvent('AgentWentOffline', 'offline');
    agent('busy', { capabilities });
    agentEvent('AgentMarkedBusy', 'busy');
    agent('stopped', { capabilities });
    agentEvent('AgentStopped', 'stopped');
    agent('new', { capabilities, lifecycle: 'initializing' });
    agent('barred', { capabilities });
    agent('none', { capabilities });
    const connection = { agent_id: 'none', epoch: 1, connected: true, max_concurrent_tasks: 0 };
    model.roster.heard({ gateway_id: 'g', complete: false, connections: [connection] }, 0);
    agent('plain-1');
    agent('plain-2', { agent_type: 'provider' });
    submitted('waiting', { requirements: { capabilities, agent_type: 'worker' } });
    const { fleet } = model.explain('waiting')!.queued!;
    expect(fleet).toMatchObject({ agents: 9, fit: 7, free: 0 });
    expect(fleet.obstacles).toEqual([
      { code: 'lacks_capability', subject: 'gpu', agents: 2 },
      { code: 'full', agents: 1 },
      { code: 'offline', agents: 1 },
      { code: 'busy', agents: 1 },
      { code: 'not_active', subject: 'stopped', agents: 1 },
      { code: 'not_active', subject: 'initializing', agents: 1 },
      { code: 'held', subject: 'budget_exceeded', agents: 1 },
      { code: 'takes_none', agents: 1 },
      { code: 'other_type_wanted', subject: 'worker', agents: 1 },
    ]);
    expect(fleet.examples.map(({ agent_id, fits }) => `${agent_id} ${fits}`)).toEqual([
      ...['full', 'offline', 'busy', 'stopped', 'new', 'barred', 'none'].map((id) => `${id} true`),
      ...['plain-1 false', 'plain-2 false'],
    ]);
  });

  it('should tell of the gate that holds it, and of those that could take it', () => {
    const { agent, submitted, model } = scene({ gates: [() => open(true)] });
    agent('a');
    submitted('1');
    const { holds, fleet } = model.explain('1')!.queued!;
    expect(holds).toEqual([{ code: 'circuit_open', detail: 'broken', key: 'k', until: T0 + 5 }]);
    expect(fleet).toMatchObject({ fit: 1, free: 1, obstacles: [], examples: [] });
  });

  it('should tell its place, what its priority is worth, and who takes turns', () => {
    const { submitted, model, clock, agent, next } = scene({ ageingMs: 300_000, gates: [() => open(true)] });
    for (let index = 0; index < 1_500; index += 1) submitted(`a-${index}`, { fairness_key: 'a' });
    submitted('b', { fairness_key: 'b' });
    clock.time += 300_000;
    model.wake();
    const place = (id: string) => model.explain(id)!.queued!.place;
    const worth = { effective_priority: 60, next_level_at: new Date(T0 + 600_000).toISOString(), other_keys: 1 };
    expect(place('a-0')).toEqual({ ...worth, ahead: 0 });
    expect(place('a-7')).toEqual({ ...worth, ahead: 7 });
    expect(place('a-1400')).toEqual({ ...worth, ahead: 1_000, ahead_counted_up_to: 1_000 });
    expect(place('b')).toEqual({ ...worth, ahead: 0 });
    // The same while they are held back.
    agent('a');
    expect(next()).toBeUndefined();
    expect(place('a-7')).toMatchObject({ ahead: 7 });
  });

  it('should say nothing of the queue for a task that is not in it', () => {
    const { agent, submitted, assigned, model, next, taskEvent } = scene();
    agent('a');
    submitted('1');
    expect(next()).toBe('1>a');
    expect(model.explain('1')!.queued).toMatchObject({ assigning: 'a' });
    assigned('1', 'a');
    expect(model.explain('1')!.queued).toBeUndefined();
    submitted('2');
    taskEvent({ type: 'TaskPaused', data: { task_id: '2', paused_at: new Date(T0).toISOString(), reason: 'lunch' } });
    expect(model.explain('2')!.queued).toBeUndefined();
    expect(model.explain('3')).toBeUndefined();
  });
});
