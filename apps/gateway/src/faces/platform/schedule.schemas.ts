import {
  CATCH_UP_POLICIES,
  CheckedTiming,
  JsonObject,
  OVERLAP_POLICIES,
  SCHEDULE_STATUSES,
  ScheduleTerms,
  ScheduleTiming,
  ScheduledOrder,
  TASK_STATUSES,
  text,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';
import { AnyTime } from '../time.schemas';
import { TaskBody } from './task-order.schemas';
import { Page, Timestamp } from './user.schemas';

const terms = ScheduleTerms.shape;
const OF_ONE_TASK = ['not_before', 'delay_seconds', 'deadline', 'depends_on', 'on_dependency_failure'] as const;

/** What is wrong with the expression or the zone is told by the contract's own check. */
export const Timing = z
  .discriminatedUnion('type', [
    /** 5 fields, or 6 with seconds first; read in the local time of an IANA time zone. */
    z.object({ type: z.literal('cron'), expression: text(256, 1), time_zone: text(64, 1).default('UTC') }),
    z.object({ type: z.literal('interval'), seconds: z.int().min(1).max(31_536_000) }),
    z.object({ type: z.literal('at'), at: AnyTime }),
  ])
  .pipe(CheckedTiming);

/** A task as `POST /api/v1/tasks` takes it, without what belongs to one task alone. */
const Template = TaskBody.superRefine((task, context) => {
  for (const field of OF_ONE_TASK) {
    if (task[field] !== undefined)
      context.addIssue({ code: 'custom', path: [field], message: 'must not be given in a schedule' });
  }
});

const Changeable = z.object({
  description: terms.description,
  timing: Timing,
  task: Template,
  catch_up: z.enum(CATCH_UP_POLICIES),
  overlap: z.enum(OVERLAP_POLICIES),
  jitter_seconds: terms.jitter_seconds,
  starts_at: AnyTime.nullable(),
  ends_at: AnyTime.nullable(),
});

/** `POST /api/v1/schedules` */
export const ScheduleBody = Changeable.extend({
  /** One schedule has it; it cannot be changed. */
  name: text(200, 1),
  description: terms.description.default(''),
  catch_up: Changeable.shape.catch_up.default('once'),
  overlap: Changeable.shape.overlap.default('skip'),
  jitter_seconds: Changeable.shape.jitter_seconds.default(0),
  starts_at: Changeable.shape.starts_at.default(null),
  ends_at: Changeable.shape.ends_at.default(null),
  paused: z.boolean().default(false),
}).meta({
  example: {
    name: 'nightly report',
    timing: { type: 'cron', expression: '30 2 * * 1-5', time_zone: 'Europe/Berlin' },
    task: { type: 'report', payload: { of: 'yesterday' }, priority: 'low' },
    catch_up: 'once',
    overlap: 'skip',
  },
});
export class ScheduleBodyDto extends createZodDto(ScheduleBody) {}

/** `PATCH /api/v1/schedules/{id}`: the fields given change, each as a whole. */
export class ScheduleChangesDto extends createZodDto(
  Changeable.partial().meta({ example: { timing: { type: 'interval', seconds: 900 }, overlap: 'queue' } }),
) {}

export class SchedulePauseDto extends createZodDto(z.object({ reason: text(500).default('') })) {}

/** A payload in the place of the template's, for this one task. */
export class ScheduleTriggerDto extends createZodDto(z.object({ payload: JsonObject.optional() })) {}

export class ScheduleListQueryDto extends createZodDto(Page.extend({ status: z.enum(SCHEDULE_STATUSES).optional() })) {}
export class ScheduleRunsQueryDto extends createZodDto(Page) {}
export class ScheduleNextQueryDto extends createZodDto(
  z.object({ count: wholeNumber(100, 1).default(10), at_least: AtLeast }),
) {}

export const ShownSchedule = ScheduleTerms.extend({
  id: z.uuid(),
  name: z.string(),
  timing: ScheduleTiming,
  task: ScheduledOrder,
  /** `ended`: none of its times is to come. */
  status: z.enum(SCHEDULE_STATUSES),
  /** The next time, and when it fires: its jitter later. */
  next_scheduled_for: Timestamp.nullable(),
  next_run_at: Timestamp.nullable(),
  last_fired_at: Timestamp.nullable(),
  last_task_id: z.uuid().nullable(),
  /** Tasks it has made. */
  fired: z.int(),
  /** Times that made none. */
  skipped: z.int(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ShownSchedule = z.infer<typeof ShownSchedule>;
export class ShownScheduleDto extends createZodDto(ShownSchedule) {}

export class TriggeredScheduleDto extends createZodDto(z.object({ task_id: z.uuid(), fired_at: Timestamp })) {}

export const ShownScheduleRun = z.object({
  id: z.uuid(),
  scheduled_for: Timestamp,
  /** The last of the times that it stands for. */
  through: Timestamp,
  count: z.int(),
  outcome: z.enum(['fired', 'skipped']),
  /** Why it was skipped. */
  reason: z.enum(['overlap', 'catch_up']).nullable(),
  task_id: z.uuid().nullable(),
  task_status: z.enum(TASK_STATUSES).nullable(),
  /** Somebody asked for it, apart from its times. */
  manual: z.boolean(),
  at: Timestamp,
});
export type ShownScheduleRun = z.infer<typeof ShownScheduleRun>;
export class ShownScheduleRunDto extends createZodDto(ShownScheduleRun) {}

export class NextTimesDto extends createZodDto(
  z.object({
    time_zone: z.string(),
    /** Without jitter. */
    times: z.array(Timestamp),
  }),
) {}
