import { agentEvents, runEvents, taskEvents, workerEvents } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { recorded } from '../access/access.testing';
import { namesOf, type Subscription } from './interest';
import { InterestIndex } from './interest-index';
import { ANY_AGENT, LiveEvent, keyOf } from './live-event';

const TIME = '2026-01-01T00:00:00.000Z';
const [task, agent, worker] = [newId(), newId(), newId()];

const completedAt = (position: number) =>
  LiveEvent.of(
    recorded(
      {
        stream: `task-${task}`,
        contract: taskEvents.TaskCompleted,
        data: { task_id: task, agent_id: agent, attempt: 1, lease_token: newId(), completed_at: TIME, result: null },
      },
      position,
    ),
  )!;
const wants = (pattern: string, keys: readonly string[] = [], since = 0): Subscription => ({
  ...{ id: `${pattern} ${keys.join()}`, names: namesOf(pattern), keys, since },
});

describe('the index of interests', () => {
  it('should find whom an event concerns, each once', () => {
    const index = new InterestIndex<string>();
    index.add('by name', wants('task.completed'));
    index.add('by pattern', wants('*.completed'));
    index.add('all', wants('*'));
    index.add('another name', wants('task.failed'));
    index.add('its task', wants('*', [keyOf('task', task)]));
    index.add('another task', wants('*', [keyOf('task', newId())]));
    index.add('its agent', wants('task.*', [keyOf('agent', agent)]));
    index.add('agent and task', wants('*', [keyOf('agent', agent), keyOf('task', task)]));
    index.add('agent and another task', wants('*', [keyOf('agent', agent), keyOf('task', newId())]));
    index.add('any agent', wants('*', [ANY_AGENT]));
    index.add('later', wants('*', [], 7));
    index.add('twice', wants('*'));
    index.add('twice', wants('task.*'));
    expect([...index.of(completedAt(7))].sort()).toEqual([
      ...['agent and task', 'all', 'any agent', 'by name', 'by pattern', 'its agent', 'its task', 'twice'],
    ]);
    expect(index.of(completedAt(8))).toContain('later');
  });

  it('should forget what is removed, and keep the rest', () => {
    const index = new InterestIndex<string>();
    const both = [wants('task.*'), wants('*', [keyOf('task', task)])] as const;
    for (const subscription of both) index.add('a', subscription);
    index.remove('a', both[0].id);
    expect([...index.of(completedAt(1))]).toEqual(['a']);
    index.remove('a', both[1].id);
    expect([...index.of(completedAt(1))]).toEqual([]);
    for (const subscription of both) index.add('b', subscription);
    index.removeAll('b');
    expect([...index.of(completedAt(1))]).toEqual([]);
  });

  it('should know the objects of an event', () => {
    expect(completedAt(1).keys).toEqual([keyOf('task', task), keyOf('agent', agent), ANY_AGENT]);
    const fact = (category: string, id: string, contract: Parameters<typeof recorded>[0]['contract'], data: object) =>
      LiveEvent.of(recorded({ stream: `${category}-${id}`, contract, data }, 1));
    expect(fact('agent', agent, agentEvents.AgentActivated, { agent_id: agent, at: TIME })?.keys).toEqual([
      ...[keyOf('agent', agent), ANY_AGENT],
    ]);
    expect(fact('worker', worker, workerEvents.WorkerCameOnline, { worker_id: worker, at: TIME })?.keys).toEqual([
      keyOf('worker', worker),
    ]);
    const run_id = newId();
    const run = { run_id, node: 'extract' };
    expect(fact('run', run_id, runEvents.RunPaused, { run_id, reason: '', at: TIME })?.keys).toEqual([
      keyOf('run', run_id),
    ]);
    expect(fact('task', task, taskEvents.TaskSubmitted, { task_id: task, run, submitted_at: TIME })?.keys).toEqual([
      ...[keyOf('task', task), keyOf('run', run_id)],
    ]);
    // What is nobody's business outside is no live event at all.
    const inside = { task_id: task, dependency_id: newId(), status: 'completed', at: TIME };
    expect(fact('task', task, taskEvents.TaskDependencyEnded, inside)).toBeUndefined();
  });
});
