import type { CommandShell } from '@ao/event-log';
import { systemMetadata, derivedId, isoTime } from '@ao/kernel';
import type { DueCommand, FiredTimer } from '@ao/timers';
import type { OpenTask } from '../open-task/open-task';
import { taskAggregate } from './task.aggregate';
import { isEnded, type TaskState } from './task.state';

export const RELEASE_TASK = 'release_task';
export const EXPIRE_TASK = 'expire_task';

/** Postgres' clock, by which timers fire, and the decider's may differ by less than this. */
const SOON_MS = 100;

export interface TimerChanges {
  readonly set: DueCommand[];
  readonly over: string[];
}

/** What a batch does to the timers of tasks: when they are to be released, and when to be expired. Pure. */
export function timerChanges(
  before: ReadonlyMap<string, OpenTask>,
  after: ReadonlyMap<string, OpenTask | undefined>,
): TimerChanges {
  const changes: TimerChanges = { set: [], over: [] };
  const settle = (task_id: string, kind: string, was: number | undefined, is: number | undefined) => {
    if (was === is) return;
    const timer_id = `${kind}-${task_id}`;
    if (is === undefined) changes.over.push(timer_id);
    // Without a payload: the release before takes every due command for the end of a lease, and fails at this one instead
    // of forgetting it, should it still be the one that carries them out.
    else changes.set.push({ timer_id, due_at: isoTime(is), kind, payload: null });
  };
  for (const [task_id, task] of after) {
    const known = before.get(task_id);
    settle(task_id, RELEASE_TASK, releaseTimeOf(known), releaseTimeOf(task));
    settle(task_id, EXPIRE_TASK, known?.deadline, task?.deadline);
  }
  return changes;
}

/** While it waits for other tasks, the last of their ends releases it, or leaves it to wait for its time alone. */
function releaseTimeOf(task: OpenTask | undefined): number | undefined {
  return task?.held === 'scheduled' && task.waits_for === undefined ? (task.not_before ?? task.ready_at) : undefined;
}

export interface TaskTimesOptions {
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  /** Moves a timer, which must fire again then. */
  readonly postpone: (timerId: string, dueAt: string) => Promise<void>;
  readonly now: () => number;
}

/** Carries out what falls due. The decider looks at the time again: a timer that came too early is set anew. */
export function taskTimes({ shell, postpone, now }: TaskTimesOptions) {
  async function fire(
    type: 'ReleaseTask' | 'ExpireTask',
    timer: FiredTimer,
    due: (state: TaskState) => string | undefined,
  ) {
    const task_id = timer.timer_id.slice(timer.kind.length + 1);
    // Of the time that it was due at: a deadline that was moved is another one.
    const command_id = derivedId(type, task_id, timer.due_at);
    await shell.run(taskAggregate, task_id, {
      type,
      data: { task_id },
      metadata: systemMetadata('task-times', command_id),
    });
    const { state } = await shell.state(taskAggregate, task_id);
    const time = due(state);
    if (time !== undefined) await postpone(timer.timer_id, isoTime(Math.max(Date.parse(time), now() + SOON_MS)));
  }
  return {
    release: (timer: FiredTimer) =>
      fire('ReleaseTask', timer, (state) =>
        state.status === 'scheduled' && state.waits_for.length === 0 ? state.not_before : undefined,
      ),
    expire: (timer: FiredTimer) =>
      fire('ExpireTask', timer, (state) => (state.status === 'absent' || isEnded(state) ? undefined : state.deadline)),
  };
}
