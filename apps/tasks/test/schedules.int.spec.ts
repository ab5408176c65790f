import {
  cancelTask,
  changeSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  type CreateScheduleData,
  type ScheduleEvent,
} from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

type Recorded = ScheduleEvent & { readonly recorded_at: Date; readonly position: number };

const everySecond = { type: 'interval', seconds: 1 } as const;

async function schedule(change: Partial<CreateScheduleData> = {}): Promise<string> {
  const { schedule_id } = await tasks.done(createSchedule, {
    ...{ name: `schedule ${newId()}`, description: '', timing: everySecond, paused: false },
    // Nobody can do it, so it stays open.
    task: { type: 'tick', payload: { n: 1 }, requirements: { capabilities: [tasks.capability()] } },
    ...{ catch_up: 'once', overlap: 'allow', jitter_seconds: 0, starts_at: null, ends_at: null },
    ...change,
  });
  return schedule_id;
}

async function eventsOf(id: string): Promise<Recorded[]> {
  const { rows } = await tasks.admin.query<Recorded>(
    'select type, data, position, recorded_at from event_log.events where stream_id = $1 order by version',
    [`schedule-${id}`],
  );
  return rows;
}
const isFired = (event: Recorded): event is Extract<Recorded, { type: 'ScheduleFired' }> =>
  event.type === 'ScheduleFired';
const firedOf = async (id: string) => (await eventsOf(id)).filter(isFired);
const skippedOf = async (id: string) =>
  (await eventsOf(id)).flatMap((e) => (e.type === 'ScheduleSkipped' ? [e.data] : []));

const openTasks = async (id: string) => {
  const statuses = await Promise.all(
    (await firedOf(id)).map(async ({ data }) => (await tasks.types(data.task_id)).at(-1)),
  );
  return statuses.filter((type) => type === 'TaskSubmitted').length;
};
const enough = (id: string) => tasks.done(pauseSchedule, { schedule_id: id, reason: 'enough' });
const firedAtLeast = (id: string, count: number) =>
  eventually(async () => expect((await firedOf(id)).length).toBeGreaterThanOrEqual(count), { timeoutMs: 30_000 });

interface Stretch {
  readonly from: number;
  readonly through: number;
}

/** The times for which each event stands. */
async function timesOf(id: string): Promise<Stretch[]> {
  return (await eventsOf(id)).flatMap((event): Stretch[] => {
    if (event.type !== 'ScheduleFired' && event.type !== 'ScheduleSkipped') return [];
    const { scheduled_for } = event.data;
    const through = event.type === 'ScheduleSkipped' ? event.data.through : scheduled_for;
    return [{ from: Date.parse(scheduled_for), through: Date.parse(through) }];
  });
}

/** Each second once, none left out. */
function expectGapless(times: readonly Stretch[]): void {
  for (const [index, { from }] of times.entries()) {
    if (index > 0) expect(from).toBe(times[index - 1]!.through + 1_000);
  }
}

describe('schedules', () => {
  it('should make one task for each time, never early, in one unit with what says so', async () => {
    const id = await schedule();
    await firedAtLeast(id, 3);
    await enough(id);
    const [begun] = await eventsOf(id);
    const fired = await firedOf(id);
    const created_at = Date.parse((begun!.data as { created_at: string }).created_at);
    expectGapless(await timesOf(id));
    expect(Date.parse(fired[0]!.data.scheduled_for)).toBe(created_at + 1_000);
    for (const { data, position, recorded_at } of fired) {
      expect(recorded_at.getTime()).toBeGreaterThanOrEqual(Date.parse(data.scheduled_for));
      const [submitted, ...others] = await tasks.events(data.task_id);
      expect(others).toEqual([]);
      expect(submitted).toMatchObject({
        type: 'TaskSubmitted',
        data: { type: 'tick', payload: { n: 1 }, schedule_id: id, scheduled_for: data.scheduled_for },
      });
      expect(Number(submitted!.position)).toBe(Number(position) + 1);
    }
  });

  it('should leave out a time while a task is open, and take the next one up when it has ended', async () => {
    const id = await schedule({ overlap: 'skip' });
    await eventually(async () => expect((await skippedOf(id)).length).toBeGreaterThanOrEqual(2), { timeoutMs: 15_000 });
    expect(await firedOf(id)).toHaveLength(1);
    expect((await skippedOf(id))[0]).toMatchObject({ reason: 'overlap', count: 1 });
    const [first] = await firedOf(id);
    await tasks.done(cancelTask, { task_id: first!.data.task_id, reason: 'test' });
    await firedAtLeast(id, 2);
    await enough(id);
    expect(await openTasks(id)).toBe(1);
    expectGapless(await timesOf(id));
  });

  it('should put a task in the place of the one before', async () => {
    const id = await schedule({ overlap: 'cancel_previous' });
    await firedAtLeast(id, 3);
    await enough(id);
    const fired = await firedOf(id);
    expect(await openTasks(id)).toBe(1);
    expect(await tasks.types(fired[0]!.data.task_id)).toEqual(['TaskSubmitted', 'TaskCancelled']);
    expect((await tasks.events(fired[0]!.data.task_id))[1]!.data).toMatchObject({ reason: 'superseded_by_schedule' });
  });

  it('should let a task wait for the end of the one before', async () => {
    const id = await schedule({ overlap: 'queue' });
    await firedAtLeast(id, 2);
    await enough(id);
    const [first, second] = await firedOf(id);
    const [submitted] = await tasks.events(second!.data.task_id);
    expect(submitted!.data).toMatchObject({ depends_on: [first!.data.task_id] });
    await tasks.done(cancelTask, { task_id: first!.data.task_id, reason: 'test' });
    await tasks.happened(second!.data.task_id, 'TaskReleased');
  });

  it('should fire by hand once per command, with a payload of its own', async () => {
    const id = await schedule({ timing: { type: 'cron', expression: '0 0 29 2 *', time_zone: 'Europe/Berlin' } });
    const command_id = newId();
    const trigger = () =>
      tasks.done(triggerSchedule, { schedule_id: id, payload: { n: 7 } }, { command_id, idempotent: true });
    const { task_id } = await trigger();
    expect(await trigger()).toMatchObject({ task_id });
    expect(await firedOf(id)).toHaveLength(1);
    expect((await tasks.events(task_id))[0]!.data).toMatchObject({ payload: { n: 7 }, schedule_id: id });
  });

  it('should go by its new terms at once, and not at all while it is paused or deleted', async () => {
    const never = { type: 'cron', expression: '0 0 29 2 *', time_zone: 'UTC' } as const;
    const id = await schedule({ timing: never });
    await tasks.done(changeSchedule, { schedule_id: id, timing: everySecond });
    await firedAtLeast(id, 1);
    await enough(id);
    const before = (await firedOf(id)).length;
    const other = await schedule();
    await firedAtLeast(other, 2);
    expect(await firedOf(id)).toHaveLength(before);
    await tasks.done(resumeSchedule, { schedule_id: id });
    await firedAtLeast(id, before + 1);
    await tasks.done(deleteSchedule, { schedule_id: id });
    await tasks.done(deleteSchedule, { schedule_id: other });
    expect(await tasks.send(pauseSchedule, { schedule_id: id, reason: '' })).toMatchObject({
      code: 'schedule_not_found',
    });
  });

  it('should go on without a gap or a second task when its replica is killed, and catch up when all were', async () => {
    const [all, once] = [await schedule({ catch_up: 'all' }), await schedule({ catch_up: 'once' })];
    const other = await tasks.replica();
    await Promise.all([firedAtLeast(all, 1), firedAtLeast(once, 1)]);
    await tasks.stack.service('tasks').kill();
    await Promise.all([firedAtLeast(all, 3), firedAtLeast(once, 3)]);
    await other.kill();
    const { next } = (await firedOf(all)).at(-1)!.data;
    await eventually(
      async () => {
        const { rows } = await tasks.admin.query<{ now: Date }>('select clock_timestamp() as now');
        expect(rows[0]!.now.getTime()).toBeGreaterThan(Date.parse(next!.scheduled_for) + 4_000);
      },
      { timeoutMs: 15_000 },
    );
    const before = { all: (await firedOf(all)).length, once: (await firedOf(once)).length };
    await tasks.replica();
    await Promise.all([firedAtLeast(all, before.all + 6), firedAtLeast(once, before.once + 2)]);
    await Promise.all([tasks.done(pauseSchedule, { schedule_id: all, reason: '' }), enough(once)]);
    expect(await skippedOf(all)).toEqual([]);
    expect((await skippedOf(once)).some(({ reason, count }) => reason === 'catch_up' && count >= 3)).toBe(true);
    for (const id of [all, once]) {
      expectGapless(await timesOf(id));
      const { rows } = await tasks.admin.query<{ n: number }>(
        "select count(*)::int as n from event_log.events where type = 'TaskSubmitted' and data->>'schedule_id' = $1",
        [id],
      );
      expect(rows[0]!.n).toBe((await firedOf(id)).length);
    }
  });
});
