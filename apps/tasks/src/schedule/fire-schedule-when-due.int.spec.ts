import { createCommandShell, createEventLog, createPool, type EventLog } from '@ao/event-log';
import { isRejection, isoTime, newId } from '@ao/kernel';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { SubmissionDefaults } from '../task-type/submission-defaults';
import { fireScheduleWhenDue } from './fire-schedule-when-due';
import { scheduleAggregate, scheduleId } from './schedule.decider';
import { terms } from './schedule.testing';
import { ScheduledTasks } from './scheduled-task';

const SCHEDULES = 20;

/** Two replicas on one log, which know nothing of each other. */
describe('two replicas that fire the same schedules at once', () => {
  let database: TestDatabase;
  const pools: Pool[] = [];
  const logs: EventLog[] = [];

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(async () => {
    for (const log of logs) await log.close();
    for (const pool of pools) await pool.end();
    await database?.drop();
  });

  async function replica() {
    const pool = createPool(database.urlFor('tasks'), { applicationName: 'schedules', max: 4 });
    const log = createEventLog({ pool });
    pools.push(pool);
    logs.push(log);
    await log.ready();
    const shell = createCommandShell(log);
    const { clock } = log;
    const tasks = new ScheduledTasks({ shell, clock, defaults: new SubmissionDefaults() });
    const postponed: string[] = [];
    const postpone = async (timerId: string) => void postponed.push(timerId);
    return { log, shell, postponed, fire: fireScheduleWhenDue({ shell, tasks, clock, postpone }) };
  }

  it('should make one task per time, by whichever of them', async () => {
    const [one, two] = [await replica(), await replica()];
    const at = isoTime(one.log.clock.now() + 500);
    const ids = Array.from({ length: SCHEDULES }, (_, index) => scheduleId(`schedule ${index}`));
    for (const [index, schedule_id] of ids.entries()) {
      const command_id = newId();
      const metadata = { command_id, correlation_id: command_id, causation_id: command_id };
      const data = {
        ...terms,
        schedule_id,
        name: `schedule ${index}`,
        paused: false,
        timing: { type: 'at' as const, at },
      };
      const created = await one.shell.run(scheduleAggregate, schedule_id, {
        ...{ type: 'CreateSchedule', data },
        metadata: { ...metadata, actor: { type: 'operator', id: 'test' } },
      });
      expect(isRejection(created)).toBe(false);
    }
    const timer = (schedule_id: string) => ({ timer_id: `schedule-${schedule_id}`, payload: { schedule_id } });

    // Too early, it is put off, and nothing happens.
    await one.fire(timer(ids[0]!));
    expect(one.postponed).toEqual([`schedule-${ids[0]}`]);

    await eventually(() => expect(one.log.clock.now()).toBeGreaterThan(Date.parse(at)));
    await Promise.all([one, two, one, two].flatMap(({ fire }) => ids.map((id) => fire(timer(id)))));
    const { rows } = await database.pool().query<{ type: string; count: number; streams: number }>(
      `select type, count(*)::int as count, count(distinct stream_id)::int as streams from event_log.events
          where type in ('ScheduleFired', 'ScheduleSkipped', 'TaskSubmitted') group by type order by type`,
    );
    expect(rows).toEqual([
      { type: 'ScheduleFired', count: SCHEDULES, streams: SCHEDULES },
      { type: 'TaskSubmitted', count: SCHEDULES, streams: SCHEDULES },
    ]);
  });
});
