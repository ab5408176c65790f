import {
  evolveSchedule,
  scheduleEvents,
  schemaVersionsOf,
  type CreateScheduleData,
  type ScheduleDocument,
  type ScheduleEvent,
  type ScheduleTerms,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  derivedId,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { nextRun } from './schedule.rules';

interface Reference {
  readonly schedule_id: string;
}

export type CreateSchedule = Command<'CreateSchedule', CreateScheduleData & Reference>;
export type ChangeSchedule = Command<'ChangeSchedule', Partial<ScheduleTerms> & Reference>;
export type PauseSchedule = Command<'PauseSchedule', Reference & { readonly reason: string }>;
export type ResumeSchedule = Command<'ResumeSchedule', Reference>;
export type DeleteSchedule = Command<'DeleteSchedule', Reference>;
/** `revision`: of the terms by which the task of the same unit was made. */
export type FireSchedule = Command<
  'FireSchedule',
  Reference & { readonly task_id: string; readonly scheduled_for: string; readonly revision: number }
>;
export type TriggerSchedule = Command<
  'TriggerSchedule',
  Reference & { readonly task_id: string; readonly revision: number }
>;
export type SkipScheduleTimes = Command<
  'SkipScheduleTimes',
  Reference & {
    readonly scheduled_for: string;
    readonly through: string;
    readonly count: number;
    readonly reason: 'overlap' | 'catch_up';
    readonly revision: number;
  }
>;
export type ScheduleCommand =
  | CreateSchedule
  | ChangeSchedule
  | PauseSchedule
  | ResumeSchedule
  | DeleteSchedule
  | FireSchedule
  | TriggerSchedule
  | SkipScheduleTimes;

/** Undefined: there is none with the name. */
export type ScheduleState = ScheduleDocument | undefined;

/** What the unit was made for is no longer so; whoever made it looks again. */
export const SCHEDULE_MOVED_ON = 'schedule_moved_on';

const VERBS = {
  ChangeSchedule: 'change',
  PauseSchedule: 'pause',
  ResumeSchedule: 'resume',
  DeleteSchedule: 'delete',
  FireSchedule: 'fire',
  TriggerSchedule: 'trigger',
  SkipScheduleTimes: 'skip times of',
} as const;

export const scheduleDecider: Decider<ScheduleState, ScheduleCommand, ScheduleEvent> = {
  initialState: () => undefined,
  evolve: evolveSchedule,
  decide(command, state): Decision<ScheduleEvent> {
    if (command.type === 'CreateSchedule') return create(command, state);
    const { schedule_id } = command.data;
    const at = command.metadata.time;
    if (!state) {
      const why = `Expected to ${VERBS[command.type]} schedule '${schedule_id}', but there is none`;
      return reject('not_found', 'schedule_not_found', why);
    }
    switch (command.type) {
      case 'ChangeSchedule':
        return change(command, state);
      case 'PauseSchedule': {
        if (state.paused) return accept([], { paused_at: state.updated_at });
        const { reason } = command.data;
        return accept([{ type: 'SchedulePaused', data: { schedule_id, reason, at } }], { paused_at: at });
      }
      case 'ResumeSchedule': {
        if (!state.paused) return accept([], { resumed_at: state.updated_at });
        const next = nextRun(state, Date.parse(at));
        return accept([{ type: 'ScheduleResumed', data: { schedule_id, next, at } }], { resumed_at: at });
      }
      case 'DeleteSchedule':
        return accept([{ type: 'ScheduleDeleted', data: { schedule_id, at } }], { deleted_at: at });
      case 'FireSchedule':
        return fire(command, state);
      case 'TriggerSchedule': {
        const { task_id, revision } = command.data;
        if (revision !== state.revision) return movedOn(command);
        const data = { schedule_id, task_id, scheduled_for: at, manual: true, next: state.next, at };
        return accept([{ type: 'ScheduleFired', data }], { task_id, fired_at: at });
      }
      case 'SkipScheduleTimes': {
        const { scheduled_for, through, count, reason, revision } = command.data;
        if (state.next?.scheduled_for !== scheduled_for || revision !== state.revision) return movedOn(command);
        const next = nextRun(state, Date.parse(through));
        const data = { schedule_id, scheduled_for, through, count, reason, next, at };
        return accept([{ type: 'ScheduleSkipped', data }]);
      }
      default:
        return assertNever(command);
    }
  },
};

function create(command: CreateSchedule, state: ScheduleState): Decision<ScheduleEvent> {
  const { paused, ...terms } = command.data;
  const { time: created_at } = command.metadata;
  if (state) {
    const why = `Expected to create a schedule, but another one is named '${terms.name}'`;
    return reject('conflict', 'schedule_name_taken', why, '/name');
  }
  const next = nextRun({ ...terms, created_at }, Date.parse(created_at));
  if (!next) return neverDue('create a schedule', terms, created_at);
  const data = { ...terms, paused, next: paused ? null : next, created_at };
  return accept([{ type: 'ScheduleCreated', data }], { schedule_id: terms.schedule_id, created_at });
}

function change(command: ChangeSchedule, state: ScheduleDocument): Decision<ScheduleEvent> {
  const { schedule_id, ...changes } = command.data;
  const { time: at } = command.metadata;
  const before = termsOf(state);
  const terms = termsOf({ ...state, ...given(changes) });
  if (isSameJson(terms, before)) return accept([], { schedule_id, updated_at: state.updated_at });
  let { next } = state;
  if (!isSameJson(timesOf(terms), timesOf(before))) {
    const { created_at } = state;
    next = nextRun({ ...terms, schedule_id, created_at }, Date.parse(at));
    if (!next) return neverDue(`change schedule '${schedule_id}'`, terms, at);
    if (state.paused) next = null;
  }
  return accept([{ type: 'ScheduleChanged', data: { ...terms, schedule_id, next, at } }], {
    schedule_id,
    updated_at: at,
  });
}

function fire(command: FireSchedule, state: ScheduleDocument): Decision<ScheduleEvent> {
  const { schedule_id, task_id, scheduled_for, revision } = command.data;
  const { time: at } = command.metadata;
  const { next } = state;
  if (next?.scheduled_for !== scheduled_for || revision !== state.revision) return movedOn(command);
  if (Date.parse(at) < Date.parse(next.due_at)) {
    const why = `Expected to fire schedule '${schedule_id}', but it is not due before ${next.due_at}`;
    return reject('conflict', 'schedule_not_due', why);
  }
  const following = nextRun(state, Date.parse(scheduled_for));
  const data = { schedule_id, task_id, scheduled_for, manual: false, next: following, at };
  return accept([{ type: 'ScheduleFired', data }], { task_id });
}

function termsOf(schedule: ScheduleTerms): ScheduleTerms {
  const { description, timing, task, catch_up, overlap, jitter_seconds, starts_at, ends_at } = schedule;
  return { description, timing, task, catch_up, overlap, jitter_seconds, starts_at, ends_at };
}

function timesOf({ timing, jitter_seconds, starts_at, ends_at }: ScheduleTerms) {
  return { timing, jitter_seconds, starts_at, ends_at };
}

function given(changes: Partial<ScheduleTerms>): Partial<ScheduleTerms> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function neverDue(what: string, { ends_at }: ScheduleTerms, now: string): Rejection {
  const isOver = ends_at !== null && Date.parse(ends_at) <= Date.parse(now);
  const why = `Expected to ${what}, but none of its times is to come`;
  return reject('invalid', 'schedule_never_due', why, isOver ? '/ends_at' : '/timing');
}

function movedOn({ type, data }: FireSchedule | TriggerSchedule | SkipScheduleTimes): Rejection {
  const why = `Expected to ${VERBS[type]} schedule '${data.schedule_id}', but it has changed in the meantime`;
  return reject('conflict', SCHEDULE_MOVED_ON, why);
}

export const scheduleAggregate: Aggregate<ScheduleState, ScheduleCommand, ScheduleEvent> = {
  category: 'schedule',
  decider: scheduleDecider,
  schemaVersions: schemaVersionsOf(scheduleEvents),
  freshIds: 0,
};

/** Names, which people choose, do not stand in stream ids; and a name is one schedule's. */
export function scheduleId(name: string): string {
  return derivedId('schedule', name);
}
