import type { TaskEvent, TaskOutcome } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { reject } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { Gates } from '../dispatch/gates';
import type { TaskInput } from '../open-task/open-task';
import type { SshFailure } from './ssh-failure';
import { SshQueue } from './ssh-queue';
import { SshRunner } from './ssh-runner';
import { POOL_TAKEN, SSH_RUNNER, type SshOrder, type SshTasks } from './ssh-tasks';

const T0 = '2026-01-01T00:00:00.000Z';

/** A runner before a log that takes down what it is told, and hosts whose commands end when they are told to. */
function scene() {
  const told: string[] = [];
  const running = new Map<string, { signal: AbortSignal; end: (outcome: TaskOutcome) => void }>();
  const queue = new SshQueue({ total: 10, perConnection: 10 }, new Gates());
  const refusals = new Map<string, CommandResult>();
  const untouched = new Map<string, boolean>();
  let position = 0;
  const apply = (event: TaskEvent) => queue.apply({ ...event, position: (position += 1) } as TaskInput);
  /** What is done is in the queue at once. */
  const tell = async (what: string, task_id: string): Promise<CommandResult> => {
    told.push(`${what} ${task_id}`);
    const refused = refusals.get(`${what} ${task_id}`);
    if (refused) return refused;
    if (what === 'assign') leased(task_id);
    else if (what !== 'start') apply({ type: 'TaskCancelled', data: { task_id, cancelled_at: T0, reason: 'over' } });
    return { kind: 'done', result: {}, position };
  };
  const leased = (task_id: string) => {
    const lease = { agent_id: SSH_RUNNER, attempt: 1, lease_token: `of ${task_id}`, lease_expires_at: T0 };
    const reason = { strategy: 's', candidates: [], candidate_count: 1 };
    apply({ type: 'TaskAssigned', data: { task_id, ...lease, assigned_at: T0, pool: 'ssh', epoch: 1, reason } });
  };
  const tasks = {
    orderOf: async (task_id: string) => {
      return { task_id, payload: { command: task_id }, asked: {}, isUntouched: untouched.get(task_id) ?? true };
    },
    assign: async ({ task_id }: SshOrder) => {
      const outcome = await tell('assign', task_id);
      return outcome.kind === 'done' ? { ...outcome, result: { lease_token: `of ${task_id}` } } : outcome;
    },
    start: ({ task_id }: SshOrder) => tell('start', task_id),
    giveBack: ({ task_id }: SshOrder) => tell('return', task_id),
    complete: ({ task_id }: SshOrder, _token: string, outcome: TaskOutcome) => {
      return tell(outcome.success ? 'complete' : `fail ${outcome.failure.class}`, task_id);
    },
  } as unknown as SshTasks;
  const execute = ({ command }: { command: string }, _asked: unknown, signal: AbortSignal) =>
    new Promise<TaskOutcome>((end) => {
      running.set(command, { signal, end });
      signal.addEventListener('abort', () => {
        const { errorClass, message } = signal.reason as SshFailure;
        end({ success: false, failure: { class: errorClass, message, retryable: false } });
      });
    });
  const runner = new SshRunner({
    ...{ queue, tasks, executor: { execute }, clock: { now: () => Date.parse(T0) } },
    renew: async () => undefined,
    seen: async () => undefined,
    watch: () => ({ progress: () => undefined, log: () => undefined }),
    logger: { error: () => undefined, warn: () => undefined },
  });
  return {
    ...{ told, running, queue, runner, refusals, untouched },
    at: () => position,
    submitted: (task_id: string) => {
      const retry = { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 };
      const about = { type: 'ssh.execute', payload: {}, priority: 40, pool: 'ssh', lease_seconds: 30 };
      const data = { task_id, ...about, retry, requirements: { capabilities: [] }, submitted_at: T0 };
      apply({ type: 'TaskSubmitted', data });
    },
    ended: (task_id: string) => {
      const ended = apply({ type: 'TaskCancelled', data: { task_id, cancelled_at: T0, reason: 'enough' } });
      if (ended) runner.ended(ended);
    },
  };
}

describe('the runner of SSH commands', () => {
  it('should begin nothing before it owns the pool, nor after', async () => {
    const { runner, submitted, told, running } = scene();
    submitted('1');
    runner.pump();
    expect(told).toEqual([]);
    runner.begin(1, () => undefined);
    await eventually(() => expect(running.has('1')).toBe(true));
    runner.end();
    submitted('2');
    runner.pump();
    // What has begun goes on.
    running.get('1')!.end({ success: true, result: {} });
    await eventually(() => expect(told).toEqual(['assign 1', 'start 1', 'complete 1']));
    await runner.drain(0);
    expect(told).toHaveLength(3);
  });

  it('should step down when another has taken the pool, and run nothing of it', async () => {
    const { runner, submitted, refusals, running } = scene();
    refusals.set('assign 1', reject('precondition_failed', POOL_TAKEN, 'taken'));
    submitted('1');
    let deposed = 0;
    runner.begin(1, () => (deposed += 1));
    await eventually(() => expect(deposed).toBe(1));
    expect(runner.active).toBe(false);
    expect(running.size).toBe(0);
    await runner.drain(0);
  });

  it('should run nothing that was changed, or that may have run', async () => {
    const { runner, submitted, untouched, told, running } = scene();
    untouched.set('1', false);
    submitted('1');
    runner.begin(1, () => undefined);
    await eventually(() => expect(told).toEqual(['assign 1', 'fail not_repeatable 1']));
    expect(running.size).toBe(0);
    await runner.drain(0);
  });

  it('should run nothing whose start was refused', async () => {
    const { runner, submitted, refusals, told, running, ended } = scene();
    refusals.set('start 1', reject('conflict', 'task_ended', 'ended'));
    submitted('1');
    runner.begin(1, () => undefined);
    await eventually(() => expect(told).toEqual(['assign 1', 'start 1']));
    ended('1');
    expect(running.size).toBe(0);
    await runner.drain(0);
  });

  it('should kill what has lost its lease, and report nothing of it', async () => {
    const { runner, submitted, ended, told, running } = scene();
    submitted('1');
    runner.begin(1, () => undefined);
    await eventually(() => expect(running.has('1')).toBe(true));
    ended('1');
    expect(running.get('1')!.signal.aborted).toBe(true);
    await runner.drain(0);
    expect(told).toEqual(['assign 1', 'start 1']);
  });

  it('should kill what ended unheard while its queue was seeded anew, and nothing that the seed is too old for', async () => {
    const { runner, submitted, queue, running, at } = scene();
    submitted('1');
    runner.begin(1, () => undefined);
    await eventually(() => expect(running.has('1')).toBe(true));
    queue.load([]);
    runner.reseeded(at() - 1);
    expect(running.get('1')!.signal.aborted).toBe(false);
    runner.reseeded(at());
    expect(running.get('1')!.signal.aborted).toBe(true);
    await runner.drain(0);
  });

  it('should tell as failed what does not end in time when it must stop', async () => {
    const { runner, submitted, told, running } = scene();
    submitted('1');
    runner.begin(1, () => undefined);
    await eventually(() => expect(running.has('1')).toBe(true));
    await runner.drain(0);
    expect(told.at(-1)).toBe('fail runner_stopped 1');
  });
});
