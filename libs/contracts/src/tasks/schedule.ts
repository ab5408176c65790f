import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, text } from '../text';
import { TaskOrder } from './task.requests';

/** What becomes of times that passed while nothing fired: none of them, the newest, all of them (the newest 100). */
export const CATCH_UP_POLICIES = ['skip', 'once', 'all'] as const;
/**
 * What becomes of a time at which a task of the schedule is still open: a task all the same; none; one that waits for its
 * end; one that takes the other's place.
 */
export const OVERLAP_POLICIES = ['allow', 'skip', 'queue', 'cancel_previous'] as const;
export const SCHEDULE_STATUSES = ['active', 'paused', 'ended'] as const;

/** Of the times that passed, so many are caught up at most. */
export const MAX_CAUGHT_UP = 100;
/** So many of its newest tasks are looked at for what is still open; so many may wait one behind the other. */
export const MAX_RECENT_TASKS = 20;

/** When a schedule fires. */
export const ScheduleTiming = z.discriminatedUnion('type', [
  /** In the local time of an IANA time zone. */
  z.object({ type: z.literal('cron'), expression: text(256, 1), time_zone: text(64, 1) }),
  /** Counted from `starts_at`, else from its creation, which is no time of it. */
  z.object({ type: z.literal('interval'), seconds: z.int().min(1).max(31_536_000) }),
  z.object({ type: z.literal('at'), at: Time }),
]);
export type ScheduleTiming = z.infer<typeof ScheduleTiming>;

/** The tasks it makes: an order without what belongs to one task alone. */
export const ScheduledOrder = TaskOrder.omit({
  not_before: true,
  delay_seconds: true,
  deadline: true,
  depends_on: true,
  on_dependency_failure: true,
  schedule_id: true,
  scheduled_for: true,
  run: true,
});
export type ScheduledOrder = z.infer<typeof ScheduledOrder>;

/** What is configured of a schedule; its name stays. */
export const ScheduleTerms = z.object({
  description: text(2_000),
  timing: ScheduleTiming,
  task: ScheduledOrder,
  catch_up: z.enum(CATCH_UP_POLICIES),
  overlap: z.enum(OVERLAP_POLICIES),
  /** It fires up to so many seconds after its time, never after the following one; for one time always the same. */
  jitter_seconds: z.int().min(0).max(86_400),
  /** No time of it is before. */
  starts_at: Time.nullable(),
  /** No time of it is after. */
  ends_at: Time.nullable(),
});
export type ScheduleTerms = z.infer<typeof ScheduleTerms>;

/** The next time, and when it fires: its jitter later. */
export const NextRun = z.object({ scheduled_for: Time, due_at: Time });
export type NextRun = z.infer<typeof NextRun>;

/** Decided with the event, so that a fold needs no calendar; null: it does not fire any more, or not while it is paused. */
const next = NextRun.nullable();
const schedule_id = Id;
const CATEGORY = 'schedule';

/** A schedule: stream `schedule-<derivedId('schedule', name)>`. */
export const scheduleEvents = {
  ScheduleCreated: event(
    CATEGORY,
    'ScheduleCreated',
    1,
    ScheduleTerms.extend({ schedule_id, name: text(200, 1), paused: z.boolean(), next, created_at: Time }),
  ),
  /** Always with all that is configured. */
  ScheduleChanged: event(CATEGORY, 'ScheduleChanged', 1, ScheduleTerms.extend({ schedule_id, next, at: Time })),
  SchedulePaused: event(CATEGORY, 'SchedulePaused', 1, z.object({ schedule_id, reason: text(500), at: Time })),
  /** The times that passed meanwhile are no times of it. */
  ScheduleResumed: event(CATEGORY, 'ScheduleResumed', 1, z.object({ schedule_id, next, at: Time })),
  /** In one unit with the submission of the task. */
  ScheduleFired: event(
    CATEGORY,
    'ScheduleFired',
    1,
    z.object({
      schedule_id,
      task_id: Id,
      scheduled_for: Time,
      /** Somebody asked for it, apart from its times. */
      manual: z.boolean(),
      next,
      at: Time,
    }),
  ),
  /** The times from one to another made no task. */
  ScheduleSkipped: event(
    CATEGORY,
    'ScheduleSkipped',
    1,
    z.object({
      schedule_id,
      scheduled_for: Time,
      through: Time,
      /** How many they are, at least: of a long stretch no more than 200 are counted. */
      count: z.int().min(1),
      reason: z.enum(['overlap', 'catch_up']),
      next,
      at: Time,
    }),
  ),
  ScheduleDeleted: event(CATEGORY, 'ScheduleDeleted', 1, z.object({ schedule_id, at: Time })),
} as const;
export type ScheduleEvent = EventOf<typeof scheduleEvents>;

export const ScheduleDocument = ScheduleTerms.extend({
  schedule_id,
  name: text(200, 1),
  paused: z.boolean(),
  next,
  /** The newest of its tasks, the newest one last. */
  recent_task_ids: z.array(Id),
  last_fired_at: Time.nullable(),
  fired: z.int(),
  skipped: z.int(),
  /** Raised by every change of its terms. */
  revision: z.int(),
  created_at: Time,
  updated_at: Time,
});
export type ScheduleDocument = z.infer<typeof ScheduleDocument>;

/** The schedule after one more event; undefined: there is none (any more). Every reader folds with this function. */
export function evolveSchedule(
  schedule: ScheduleDocument | undefined,
  event: ScheduleEvent,
): ScheduleDocument | undefined {
  if (event.type === 'ScheduleCreated') {
    const begun = { recent_task_ids: [], last_fired_at: null, fired: 0, skipped: 0, revision: 1 };
    return { ...event.data, ...begun, updated_at: event.data.created_at };
  }
  if (!schedule) return schedule;
  switch (event.type) {
    case 'ScheduleChanged': {
      const { at, ...changed } = event.data;
      return { ...schedule, ...changed, revision: schedule.revision + 1, updated_at: at };
    }
    case 'SchedulePaused':
      return { ...schedule, paused: true, next: null, updated_at: event.data.at };
    case 'ScheduleResumed':
      return { ...schedule, paused: false, next: event.data.next, updated_at: event.data.at };
    case 'ScheduleFired': {
      const { task_id, next, at } = event.data;
      const recent_task_ids = [...schedule.recent_task_ids, task_id].slice(-MAX_RECENT_TASKS);
      return { ...schedule, next, recent_task_ids, last_fired_at: at, fired: schedule.fired + 1 };
    }
    case 'ScheduleSkipped':
      return { ...schedule, next: event.data.next, skipped: schedule.skipped + event.data.count };
    case 'ScheduleDeleted':
      return undefined;
    default:
      return schedule;
  }
}
