import type { RecordedEvent } from '@ao/event-log';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { DueCommand } from '@ao/timers';
import * as fc from 'fast-check';
import type { Pool } from 'pg';
import { DEPENDENCIES, Run, TASK, intervention, retrying, specifications, work } from '../task/task-run.testing';
import { loadOpenTasks, seedOpenTasks } from './open-task.store';
import { openTaskSubscription } from './open-task.subscription';

let database: TestDatabase;
let pool: Pool;
let admin: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = database.pool('tasks');
  admin = database.pool('admin');
});
afterAll(() => database?.drop());

const recorded = ({ events }: Run): RecordedEvent[] =>
  events.map((event, index) => ({
    ...event,
    stream_id: `task-${TASK}`,
    category: 'task',
    position: index + 1,
    version: index + 1,
    schema_version: 1,
    metadata: {} as never,
    recorded_at: '',
  }));

/** The subscription on real tables, with its timers as a list. */
function tables(run: Run) {
  const timers = new Map<string, DueCommand>();
  const subscription = openTaskSubscription(
    {
      schedule: async (_transaction, commands) => commands.forEach((timer) => timers.set(timer.timer_id, timer)),
      cancel: async (_transaction, ids) => ids.forEach((id) => timers.delete(id)),
    },
    {
      readStream: async (_stream, { upTo = Infinity } = {}) => recorded(run).filter(({ position }) => position <= upTo),
    },
  );
  const handle = async (events: RecordedEvent[]) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await subscription.handle(events, client);
      await client.query('commit');
    } finally {
      client.release();
    }
  };
  return { timers, handle };
}

const kinds = fc.oneof(
  { weight: 12, arbitrary: work },
  { weight: 3, arbitrary: intervention },
  { weight: 1, arbitrary: retrying },
);

describe('the table of open tasks', () => {
  it('should hold what the events say, in whatever batches they come, with the timers that belong to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        specifications,
        fc.array(fc.array(kinds, { minLength: 1, maxLength: 6 }), { maxLength: 12, size: 'max' }),
        async (specification, batches) => {
          await admin.query('truncate tasks.open_tasks, tasks.leases, tasks.dependencies');
          const run = new Run(specification);
          const { timers, handle } = tables(run);
          let handled = 0;
          for (const batch of batches) {
            for (const step of batch) step(run);
            const events = recorded(run).slice(handled);
            handled += events.length;
            if (events.length > 0) await handle(events);
            const { open } = run.folds;
            const expected = open ? [open] : [];
            expect(await loadOpenTasks(pool, [TASK])).toEqual(expected);
            expect(await seedOpenTasks(pool, 'default', undefined, 10)).toEqual(expected);
            const due = (timerId: string) => {
              const timer = timers.get(timerId);
              return timer && Date.parse(timer.due_at);
            };
            expect(due(`expire_task-${TASK}`)).toBe(open?.deadline);
            const scheduled = open?.held === 'scheduled' && !open.waits_for;
            expect(due(`release_task-${TASK}`)).toBe(scheduled ? open.not_before : undefined);
            expect(timers.has(`lease-${TASK}`)).toBe(open?.lease !== undefined);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('should find what ended before its dependent came, and what ends afterwards', async () => {
    await admin.query('truncate tasks.open_tasks, tasks.leases, tasks.dependencies');
    const [open, over] = DEPENDENCIES;
    const submitted = (task_id: string, position: number, change: object = {}): RecordedEvent => {
      const [event] = recorded(new Run({ ...change }));
      return { ...event!, position, stream_id: `task-${task_id}`, data: { ...(event!.data as object), task_id } };
    };
    const { timers, handle } = tables(new Run({}));
    await handle([submitted(open, 1)]);
    await handle([submitted(TASK, 2, { depends_on: [...DEPENDENCIES] })]);
    expect([...timers.keys()]).toEqual([`${TASK}/${over}`]);
    const cancelled = { task_id: open, cancelled_at: '2026-01-01T00:00:00.000Z', reason: 'r' };
    await handle([{ ...submitted(open, 3), type: 'TaskCancelled', data: cancelled }]);
    expect([...timers.keys()]).toEqual([`${TASK}/${over}`, `${TASK}/${open}`]);
  });
});
