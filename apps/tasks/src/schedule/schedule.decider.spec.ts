import type { ScheduleEvent } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { scheduleDecider } from './schedule.decider';
import { created, schedule_id, terms } from './schedule.testing';

const { given } = deciderSpec(scheduleDecider);
const at = '2026-01-01T00:00:00.000Z';
const [first, second] = ['2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];
const run = (time: string) => ({ scheduled_for: time, due_at: time });
const task_id = newId();

const create = (change: object = {}) =>
  testCommand('CreateSchedule', { ...terms, schedule_id, name: 'nightly', paused: false, ...change });
const change = (changes: object, time = at) => testCommand('ChangeSchedule', { schedule_id, ...changes }, { time });
const fire = (scheduled_for = first, time = first, revision = 1) =>
  testCommand('FireSchedule', { schedule_id, task_id, scheduled_for, revision }, { time });
const fired: ScheduleEvent = {
  type: 'ScheduleFired',
  data: { schedule_id, task_id, scheduled_for: first, manual: false, next: run(second), at: first },
};
const pause = testCommand('PauseSchedule', { schedule_id, reason: 'holidays' });
const paused: ScheduleEvent = { type: 'SchedulePaused', data: { schedule_id, reason: 'holidays', at } };
const deleted: ScheduleEvent = { type: 'ScheduleDeleted', data: { schedule_id, at } };

describe('a schedule', () => {
  it('should be created with its first time, or without while it is paused', () => {
    expect(given().when(create()).then(created())).toEqual({ schedule_id, created_at: at });
    given()
      .when(create({ paused: true }))
      .then(created({ paused: true, next: null }));
  });

  it('rejects a name that another one has, until that is deleted', () => {
    given(created()).when(create()).thenRejected({ code: 'schedule_name_taken', pointer: '/name' });
    given(created(), deleted).when(create()).then(created());
  });

  it('rejects one that would never fire', () => {
    const past = { timing: { type: 'at', at } };
    given().when(create(past)).thenRejected({ rejection: 'invalid', code: 'schedule_never_due', pointer: '/timing' });
    given()
      .when(create({ ends_at: at }))
      .thenRejected({ code: 'schedule_never_due', pointer: '/ends_at' });
    given(created()).when(change(past)).thenRejected({ code: 'schedule_never_due' });
  });

  it('should fire at its time, once, and look forward to the next', () => {
    expect(given(created()).when(fire()).then(fired)).toEqual({ task_id });
    given(created(), fired).when(fire()).thenRejected({ code: 'schedule_moved_on' });
  });

  it('rejects to fire too early, paused, deleted, or by terms that have changed', () => {
    const early = fire(first, '2026-01-01T23:59:59.999Z');
    given(created()).when(early).thenRejected({ code: 'schedule_not_due' });
    given(created(), paused).when(fire()).thenRejected({ code: 'schedule_moved_on' });
    given(created(), deleted).when(fire()).thenRejected({ rejection: 'not_found' });
    const changed: ScheduleEvent = {
      type: 'ScheduleChanged',
      data: { ...terms, overlap: 'allow', schedule_id, next: run(first), at },
    };
    given(created(), changed).when(fire()).thenRejected({ code: 'schedule_moved_on' });
    given(created(), changed)
      .when(fire(first, first, 2))
      .thenTypes('ScheduleFired');
  });

  it('should leave out a stretch of its times', () => {
    const through = '2026-01-05T00:00:00.000Z';
    const data = { schedule_id, scheduled_for: first, through, count: 4, reason: 'catch_up' } as const;
    const time = '2026-01-06T00:00:00.000Z';
    given(created())
      .when(testCommand('SkipScheduleTimes', { ...data, revision: 1 }, { time }))
      .then({ type: 'ScheduleSkipped', data: { ...data, next: run(time), at: time } });
  });

  it('should keep its next time when the change does not concern it, and be no event when there is none', () => {
    given(created())
      .when(change({ overlap: 'queue' }))
      .then({
        type: 'ScheduleChanged',
        data: { ...terms, overlap: 'queue', schedule_id, next: run(first), at },
      });
    given(created())
      .when(change({ overlap: 'skip', description: undefined }))
      .then();
  });

  it('should decide its next time anew when its times change', () => {
    const timing = { type: 'interval', seconds: 60 } as const;
    const [time, next] = ['2026-01-01T10:00:30.000Z', '2026-01-01T10:01:00.000Z'];
    given(created())
      .when(change({ timing }, time))
      .then({ type: 'ScheduleChanged', data: { ...terms, timing, schedule_id, next: run(next), at: time } });
    given(created(), paused)
      .when(change({ timing }, time))
      .then({ type: 'ScheduleChanged', data: { ...terms, timing, schedule_id, next: null, at: time } });
  });

  it('should have no time while it is paused, and go on from when it is resumed', () => {
    given(created()).when(pause).then(paused);
    given(created(), paused).when(pause).then();
    const time = '2026-01-09T08:00:00.000Z';
    given(created(), paused)
      .when(testCommand('ResumeSchedule', { schedule_id }, { time }))
      .then({ type: 'ScheduleResumed', data: { schedule_id, next: run('2026-01-10T00:00:00.000Z'), at: time } });
  });

  it('should fire by hand at any moment, paused as well, without a change of its times', () => {
    const trigger = testCommand('TriggerSchedule', { schedule_id, task_id, revision: 1 });
    const by = (next: ReturnType<typeof run> | null): ScheduleEvent => {
      return { type: 'ScheduleFired', data: { schedule_id, task_id, scheduled_for: at, manual: true, next, at } };
    };
    expect(
      given(created())
        .when(trigger)
        .then(by(run(first))),
    ).toEqual({ task_id, fired_at: at });
    given(created(), paused).when(trigger).then(by(null));
  });

  it('should be over after its last time', () => {
    const once = created({ timing: { type: 'at', at: first } });
    given(once)
      .when(fire())
      .then({ ...fired, data: { ...fired.data, next: null } } as ScheduleEvent);
  });
});
