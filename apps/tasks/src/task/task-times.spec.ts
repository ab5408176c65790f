import { accept, fold, isRejection } from '@ao/kernel';
import type { FiredTimer } from '@ao/timers';
import { submitted } from './task.testing';
import { taskDecider } from './task.decider';
import { taskTimes } from './task-times';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (milliseconds: number) => new Date(T0 + milliseconds).toISOString();

/** One task that can be expired and released, a clock turned by hand. */
function scene(change: Parameters<typeof submitted>[0]) {
  const did: string[] = [];
  const ids: string[] = [];
  const clock = { now: 0 };
  let state = fold(taskDecider, [submitted(change)]);
  const times = taskTimes({
    shell: {
      run: (async (_aggregate: unknown, _id: string, command: { type: string; metadata: { command_id: string } }) => {
        const decision = taskDecider.decide(
          { ...command, data: { task_id: _id }, metadata: { ...command.metadata, time: iso(clock.now) } } as never,
          state,
        );
        ids.push(command.metadata.command_id);
        if (isRejection(decision)) return decision;
        for (const event of decision.events) {
          did.push(event.type);
          state = taskDecider.evolve(state, event);
        }
        return accept([]);
      }) as never,
      state: (async () => ({ state, version: 1 })) as never,
    },
    postpone: async (timer, due) => void did.push(`${timer} at ${due}`),
    now: () => T0 + clock.now,
  });
  const timer = (kind: string, due: number): FiredTimer => ({
    ...{ timer_id: `${kind}-t`, kind, due_at: iso(due), payload: null, command_id: '', fired_at: iso(due) },
  });
  return { did, ids, clock, times, timer };
}

describe('the time of a task', () => {
  it('should release and expire it, each once', async () => {
    const { did, clock, times, timer } = scene({ not_before: iso(10), deadline: iso(500) });
    clock.now = 10;
    await times.release(timer('release_task', 10));
    await times.release(timer('release_task', 10));
    clock.now = 500;
    await times.expire(timer('expire_task', 500));
    await times.expire(timer('expire_task', 500));
    expect(did).toEqual(['TaskReleased', 'TaskExpired']);
  });

  it('should be waited for again when the timer came too early', async () => {
    const { did, clock, times, timer } = scene({ not_before: iso(10), deadline: iso(500) });
    clock.now = 9;
    await times.release(timer('release_task', 10));
    await times.expire(timer('expire_task', 10));
    expect(did).toEqual([`release_task-t at ${iso(109)}`, `expire_task-t at ${iso(500)}`]);
  });

  it('should be the same command at each firing, and another at another time', async () => {
    const { ids, times, timer } = scene({ deadline: iso(500) });
    await times.expire(timer('expire_task', 500));
    await times.expire(timer('expire_task', 500));
    await times.expire(timer('expire_task', 600));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});
