import { z } from 'zod';
import { command, type DataOf } from '../contract';
import { Id, JsonObject, Time, text } from '../text';
import { isTimeZone, whyNoCron } from './schedule-times';
import { ScheduleTerms, ScheduleTiming } from './schedule';

/** A timing that names times there are. */
export const CheckedTiming = ScheduleTiming.superRefine((timing, context) => {
  if (timing.type !== 'cron') return;
  const why = whyNoCron(timing.expression);
  if (why !== undefined) context.addIssue({ code: 'custom', path: ['expression'], message: why });
  if (!isTimeZone(timing.time_zone))
    context.addIssue({ code: 'custom', path: ['time_zone'], message: 'must be an IANA time zone' });
});

const Terms = ScheduleTerms.extend({ timing: CheckedTiming });
const Reference = z.object({ schedule_id: Id });

/** 409 `schedule_name_taken`; 422 `schedule_never_due` for one whose times are all over. */
export const createSchedule = command(
  'tasks.create_schedule',
  Terms.extend({ name: text(200, 1), paused: z.boolean() }),
  z.object({ schedule_id: Id, created_at: Time }),
);
export type CreateScheduleData = DataOf<typeof createSchedule>;

/** Absent fields stay. */
export const changeSchedule = command(
  'tasks.change_schedule',
  Terms.partial().extend({ schedule_id: Id }),
  z.object({ schedule_id: Id, updated_at: Time }),
);

export const pauseSchedule = command(
  'tasks.pause_schedule',
  Reference.extend({ reason: text(500) }),
  z.object({ paused_at: Time }),
);
export const resumeSchedule = command('tasks.resume_schedule', Reference, z.object({ resumed_at: Time }));
/** Its tasks stay. */
export const deleteSchedule = command('tasks.delete_schedule', Reference, z.object({ deleted_at: Time }));

/** Makes one task now, whatever its policies and times say; with another payload, as a sample. */
export const triggerSchedule = command(
  'tasks.trigger_schedule',
  Reference.extend({ payload: JsonObject.optional() }),
  z.object({ task_id: Id, fired_at: Time }),
);
