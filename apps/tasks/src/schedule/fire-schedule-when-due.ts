import { MAX_RECENT_TASKS, type ScheduleDocument } from '@ao/contracts';
import type { CommandResult, CommandShell, StreamAppend } from '@ao/event-log';
import { systemMetadata, derivedId, isRejection, isoTime, reject, type Clock, type CommandMetadata } from '@ao/kernel';
import type { FiredTimer } from '@ao/timers';
import { SCHEDULE_MOVED_ON, scheduleAggregate, type ScheduleCommand } from './schedule.decider';
import { dueAt } from './schedule.rules';
import type { OpenTaskOfSchedule, ScheduledTasks } from './scheduled-task';

/** Steps per firing of the timer: those of a whole catching up, and some that others' changes cost. */
const MOST_STEPS = 250;
/** Postgres' clock, by which timers fire, and the decider's may differ by less than this. */
const SOON_MS = 100;

export interface FireScheduleOptions {
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  readonly tasks: Pick<ScheduledTasks, 'openOf' | 'submission' | 'cancellation'>;
  readonly clock: Clock;
  /** Moves a timer, which must fire again then. */
  readonly postpone: (timerId: string, dueAt: string) => Promise<void>;
}

type Step = Extract<ScheduleCommand, { type: 'FireSchedule' | 'SkipScheduleTimes' }>;
type StepData = { [Type in Step['type']]: Extract<Step, { type: Type }>['data'] };

/**
 * Does what a schedule has to do by now. Each time has command ids of its own, and its task an id derived from it: fired
 * again, by this process or another one, it finds what is done.
 */
export function fireScheduleWhenDue({ shell, tasks, clock, postpone }: FireScheduleOptions) {
  return async (timer: Pick<FiredTimer, 'timer_id' | 'payload'>): Promise<void> => {
    const { schedule_id } = timer.payload as { schedule_id: string };
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const { state } = await shell.state(scheduleAggregate, schedule_id, { fresh: true });
      if (!state) return;
      const due = dueAt(state, clock.now());
      switch (due.kind) {
        case 'nothing':
          return;
        case 'later':
          await postpone(timer.timer_id, isoTime(Math.max(Date.parse(due.due_at), clock.now() + SOON_MS)));
          return;
        case 'skip': {
          const { scheduled_for, through, count } = due;
          await skip(state, { scheduled_for, through, count, reason: 'catch_up' });
          break;
        }
        case 'fire':
          await fireOrSkip(state, due.scheduled_for);
      }
    }
    throw new Error(`schedule '${schedule_id}' is not done after ${MOST_STEPS} steps`);
  };

  async function fireOrSkip(schedule: ScheduleDocument, scheduled_for: string): Promise<void> {
    const open = schedule.overlap === 'allow' ? [] : await tasks.openOf(schedule);
    const { overlap } = schedule;
    if ((overlap === 'skip' && open.length > 0) || (overlap === 'queue' && open.length >= MAX_RECENT_TASKS)) {
      await skip(schedule, { scheduled_for, through: scheduled_for, count: 1, reason: 'overlap' });
    } else await fire(schedule, scheduled_for, open);
  }

  async function fire(
    schedule: ScheduleDocument,
    scheduled_for: string,
    open: readonly OpenTaskOfSchedule[],
  ): Promise<void> {
    const { schedule_id, revision, overlap } = schedule;
    const task_id = derivedId('task-of-schedule', schedule_id, scheduled_for);
    const metadata = metadataOf('fire-schedule', schedule_id, scheduled_for);
    const last = open.at(-1);
    const order = { ...schedule.task, schedule_id, scheduled_for, ...(overlap === 'queue' && last && behind(last)) };
    const also = [tasks.submission(task_id, order, metadata)];
    if (overlap === 'cancel_previous')
      also.push(...open.map((task) => tasks.cancellation(task, 'superseded_by_schedule', metadata)));
    await take('FireSchedule', { schedule_id, task_id, scheduled_for, revision }, metadata, also);
  }

  async function skip(
    { schedule_id, revision }: ScheduleDocument,
    times: Omit<StepData['SkipScheduleTimes'], 'schedule_id' | 'revision'>,
  ): Promise<void> {
    const metadata = metadataOf('skip-schedule-times', schedule_id, times.scheduled_for);
    await take('SkipScheduleTimes', { schedule_id, ...times, revision }, metadata, []);
  }

  /** What has moved on meanwhile is looked at again. @throws when it cannot be told, for the timer to come again */
  async function take<Type extends Step['type']>(
    type: Type,
    data: StepData[Type],
    metadata: CommandMetadata,
    also: readonly StreamAppend[],
  ): Promise<void> {
    const { schedule_id, scheduled_for } = data;
    const command = { type, data, metadata } as Pick<Step, 'type'> & { data: never; metadata: CommandMetadata };
    const outcome: CommandResult = await shell.run(scheduleAggregate, schedule_id, command, {
      also,
      payload: { schedule_id, scheduled_for },
      onConflict: () =>
        reject('conflict', SCHEDULE_MOVED_ON, `Expected the tasks of '${schedule_id}' to stay as they were`),
    });
    if (isRejection(outcome) && outcome.rejection === 'unavailable') throw new Error(outcome.message);
  }
}

/** Its turn comes when the one before has ended, however that was. */
function behind({ task_id }: OpenTaskOfSchedule) {
  return { depends_on: [task_id], on_dependency_failure: 'run' as const };
}

function metadataOf(what: string, scheduleId: string, scheduledFor: string): CommandMetadata {
  return systemMetadata('schedules', derivedId(what, scheduleId, scheduledFor));
}
