import type { TaskEvent } from '@ao/contracts';
import { Gates } from '../dispatch/gates';
import type { TaskInput } from '../open-task/open-task';
import { SshQueue, connectionKey } from './ssh-queue';
import { SSH_RUNNER } from './ssh-tasks';

const T0 = '2026-01-01T00:00:00.000Z';
const NOW = Date.parse(T0) + 60_000;

/** A queue with what happened to it, one event after another. */
function queueOf(limits = { total: 10, perConnection: 2 }, gates = new Gates()) {
  const queue = new SshQueue(limits, gates);
  let position = 0;
  const apply = (event: TaskEvent) => queue.apply({ ...event, position: (position += 1) } as TaskInput);
  const lease = (task_id: string) => ({ task_id, agent_id: SSH_RUNNER, attempt: 1, lease_token: `of ${task_id}` });
  return {
    queue,
    submitted: (task_id: string, connection = 'a', changes: object = {}) =>
      apply({
        type: 'TaskSubmitted',
        data: {
          ...{ task_id, type: 'ssh.execute', payload: {}, priority: 40, pool: 'ssh', lease_seconds: 30 },
          requirements: { capabilities: [] },
          retry: { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
          ...{ concurrency_key: connectionKey(connection), submitted_at: T0, ...changes },
        },
      }),
    assigned: (task_id: string) =>
      apply({
        type: 'TaskAssigned',
        data: {
          ...lease(task_id),
          ...{ assigned_at: T0, lease_expires_at: T0, pool: 'ssh', epoch: 1 },
          reason: { strategy: 's', candidates: [], candidate_count: 1 },
        },
      }),
    completed: (task_id: string) =>
      apply({ type: 'TaskCompleted', data: { ...lease(task_id), completed_at: T0, result: null } }),
    cancelled: (task_id: string) =>
      apply({ type: 'TaskCancelled', data: { task_id, cancelled_at: T0, reason: 'enough' } }),
    /** What may begin now. */
    taken: () => {
      const ids: string[] = [];
      for (let task = queue.next(NOW); task; task = queue.next(NOW)) ids.push(task.task_id);
      return ids;
    },
  };
}

describe('the queue of SSH commands', () => {
  it('should give each once, the urgent first and then in the order they came', () => {
    const { submitted, taken } = queueOf();
    submitted('1', 'a');
    submitted('2', 'b');
    submitted('3', 'c', { priority: 90 });
    expect(taken()).toEqual(['3', '1', '2']);
    expect(taken()).toEqual([]);
  });

  it('should hold back what is more than a connection may run, and let others pass', () => {
    const { queue, submitted, taken, assigned, completed } = queueOf();
    for (const id of ['1', '2', '3']) submitted(id, 'a');
    submitted('4', 'b');
    expect(taken()).toEqual(['1', '2', '4']);
    for (const id of ['1', '2', '4']) assigned(id);
    for (const id of ['1', '2', '4']) queue.settle(id);
    expect(taken()).toEqual([]);
    completed('2');
    expect(taken()).toEqual(['3']);
  });

  it('should hold back what is more than all may run, also what others run', () => {
    const { submitted, taken, assigned } = queueOf({ total: 2, perConnection: 2 });
    for (const id of ['1', '2', '3']) submitted(id, id);
    assigned('1');
    expect(taken()).toEqual(['2']);
  });

  it('should give again what was not assigned', () => {
    const { queue, submitted, taken } = queueOf();
    submitted('1');
    expect(taken()).toEqual(['1']);
    queue.settle('1');
    expect(taken()).toEqual(['1']);
  });

  it('should know no task of other pools, and none that has ended or waits', () => {
    const { queue, submitted, cancelled, taken } = queueOf();
    submitted('1', 'a', { pool: 'default' });
    submitted('2', 'b');
    cancelled('2');
    submitted('3', 'c', { not_before: '2026-01-02T00:00:00.000Z' });
    expect(taken()).toEqual([]);
    expect(queue.due(NOW)).toBeUndefined();
  });

  it('should say why one waits', () => {
    const { queue, submitted, assigned } = queueOf({ total: 2, perConnection: 1 });
    for (const id of ['1', '2', '3']) submitted(id, 'a');
    assigned('1');
    const codes = (id: string) => queue.explain(id)?.queued?.holds.map(({ code }) => code);
    expect(codes('3')).toEqual(['ssh_connection_busy']);
    expect(queue.explain('3')?.queued?.place.ahead).toBe(1);
    submitted('4', 'b');
    assigned('4');
    submitted('5', 'c');
    expect(codes('5')).toEqual(['ssh_runner_busy']);
    expect(queue.explain('1')?.queued).toBeUndefined();
    expect(queue.explain('of nobody')).toBeUndefined();
  });

  it('should tell which lease an event has ended', () => {
    const { submitted, assigned, completed, cancelled } = queueOf();
    submitted('1');
    expect(assigned('1')).toBeUndefined();
    expect(completed('1')).toEqual({ task_id: '1', lease_token: 'of 1', by: 'TaskCompleted' });
    submitted('2');
    expect(cancelled('2')).toBeUndefined();
  });

  it('should let nothing pass that a gate holds, and tell the gates what runs', () => {
    const counted: string[] = [];
    const gates = new Gates();
    let isOpen = true;
    const until = NOW + 5_000;
    gates.add({
      holds: ({ concurrency_key }) =>
        isOpen && concurrency_key === connectionKey('a')
          ? { code: 'circuit_open', detail: 'it is open', key: 'breaker', until }
          : undefined,
      entered: ({ task_id }) => counted.push(`+${task_id}`),
      left: ({ task_id }) => counted.push(`-${task_id}`),
      reloaded: (running) => counted.push(`=${[...running].map(({ task }) => task.task_id).join()}`),
    });
    const { queue, submitted, taken, assigned, completed } = queueOf(undefined, gates);
    submitted('1', 'a');
    submitted('2', 'b');
    expect(taken()).toEqual(['2']);
    expect(queue.explain('1')?.queued?.holds).toMatchObject([{ code: 'circuit_open' }]);
    expect(queue.due(NOW)).toBe(until);
    assigned('2');
    queue.settle('2');
    isOpen = false;
    expect(taken()).toEqual(['1']);
    completed('2');
    queue.settle('1');
    expect(counted).toEqual(['+2', '+1', '-2', '-1']);
    // Another pool starts anew: what runs here is still counted.
    expect(taken()).toEqual(['1']);
    gates.reloaded([], { counted: () => [] });
    expect(counted.slice(4)).toEqual(['+1', '=1']);
  });
});
