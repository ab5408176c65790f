import { listParked } from '@ao/event-log';
import { testDatabase, type TestDatabase } from '@ao/testing';
import { parked, UsageError } from './parked';

describe('npm run parked', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  async function run(...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    expect(await parked(args, database.pool('admin'), (line) => lines.push(line))).toBe(0);
    return lines;
  }

  it('should list parked events of every service and mark those named for a retry', async () => {
    const admin = database.pool('admin');
    for (const [schema, subscription] of [
      ['read_models', 'tasks'],
      ['tasks', 'open_tasks'],
    ])
      await admin.query(
        `insert into ${schema}.parked_events (subscription, position, stream_id, type, error, attempts)
         values ($1, 7, 'task-1', 'TaskSubmitted', 'no room', 5), ($1, 9, 'task-1', 'TaskStarted', null, 0)`,
        [subscription],
      );
    expect((await run('list')).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { schema: 'read_models', subscription: 'tasks', position: 7, error: 'no room', attempts: 5 },
      { schema: 'read_models', position: 9, error: null },
      { schema: 'tasks', subscription: 'open_tasks', position: 7 },
      { schema: 'tasks', position: 9 },
    ]);
    expect(await run('list', '--subscription', 'open_tasks')).toHaveLength(2);
    expect(await run('retry', '--subscription', 'open_tasks', '--stream', 'task-1')).toEqual([
      expect.stringMatching(/^parked: 2 event\(s\) will be handled again/),
    ]);
    expect((await listParked(admin, 'tasks')).map((event) => event.retry_requested)).toEqual([true, true]);
    expect((await listParked(admin, 'read_models')).map((event) => event.retry_requested)).toEqual([false, false]);
    expect(await run('retry', '--stream', 'task-2')).toEqual(['parked: there is nothing to retry']);
  });

  it('rejects what is no command', async () => {
    await expect(parked(['drop'], database.pool('admin'), () => undefined)).rejects.toThrow(UsageError);
    await expect(parked(['list', '--all'], database.pool('admin'), () => undefined)).rejects.toThrow(UsageError);
  });
});
