import { taskEvents, type TaskEvent } from '@ao/contracts';
import { createEventLog, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { newId, streamId } from '@ao/kernel';
import { runProjection } from '@ao/projections';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';
import { TaskLists1767225600007 } from '../../migrations/0007-task-lists';
import { taskProjection } from './task.projection';

const AT = '2026-01-01T00:00:00.000Z';
const TASK = newId();
const submitted: TaskEvent = {
  type: 'TaskSubmitted',
  data: {
    ...{ task_id: TASK, pool: 'default', submitted_at: AT, type: 'mail', payload: {}, priority: 40, lease_seconds: 60 },
    requirements: { capabilities: [] },
    retry: { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
  },
};

/** An installation of the release before, whose read model knows less, meets this one. */
describe('the read model of tasks after an upgrade', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let log: EventLog;

  beforeAll(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    pool = createPool(database.urlFor('gateway'), { applicationName: 'upgrade', max: 8 });
    log = createEventLog({ pool });
    await log.ready();
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await database?.drop();
  });

  const run = (version: number) => {
    const subscriptions = createSubscriptions({ pool, log, schema: 'read_models', pollIntervalMs: 20 });
    return { subscriptions, running: runProjection(subscriptions, { ...taskProjection, version }) };
  };
  const rows = async () =>
    (await admin.query<Record<string, unknown>>('select id, type, document from read_models.tasks')).rows;

  it('should fill itself from the log, and leave an older process without work', async () => {
    const migration = new TaskLists1767225600007();
    const runner = { query: (sql: string) => admin.query(sql) } as unknown as QueryRunner;
    await migration.down(runner);
    await append(log, submitted);
    const head = await log.head();
    // What the release before had made of it.
    await admin.query(
      `insert into read_models.tasks (id, document, position, status, priority) values ($1, '{}', $2, 'queued', 40)`,
      [TASK, head],
    );
    await admin.query(
      `insert into read_models.subscription_checkpoints (subscription, position, version) values ('tasks', $1, 1)`,
      [head],
    );

    await migration.up(runner);
    expect(await rows()).toEqual([]);

    const older = run(1);
    const paused = await older.running;
    await until(() => paused.status().state === 'paused');
    expect(await rows()).toEqual([]);
    await older.subscriptions.stop();

    const newer = run(taskProjection.version);
    await (await newer.running).reached(head, 30_000);
    await newer.subscriptions.stop();
    expect(await rows()).toMatchObject([{ id: TASK, type: 'mail', document: { status: 'queued', ready_at: AT } }]);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function append(log: EventLog, event: TaskEvent): Promise<void> {
  const command_id = newId();
  const outcome = await log.append({
    streams: [
      {
        stream_id: streamId('task', event.data.task_id),
        expected_version: 0,
        events: [{ type: event.type, schema_version: taskEvents[event.type].schemaVersion, data: event.data }],
      },
    ],
    metadata: {
      actor: { type: 'operator', id: 'test' },
      correlation_id: command_id,
      causation_id: command_id,
      command_id,
    },
    command_hash: '0'.repeat(64),
    result: {},
  });
  if (outcome.kind !== 'appended') throw new Error(`not appended: ${JSON.stringify(outcome)}`);
}
