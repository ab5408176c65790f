import { completeTask, leasesOfAgent, pauseTask, renewLeases, startTask } from '@ao/contracts';
import { eventually } from '@ao/testing';
import { DataSource } from 'typeorm';
import { TasksEngine1767225600003 } from '../src/migrations/0003-tasks-engine';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const ok = { success: true, result: null } as const;

async function migrate(direction: 'up' | 'down'): Promise<void> {
  const { adminUrl } = tasks.stack.database;
  const source = await new DataSource({
    type: 'postgres',
    url: adminUrl,
    installExtensions: false,
    extra: { options: '-c role=ao_owner', max: 1 },
  }).initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    await new TasksEngine1767225600003()[direction](runner);
    await runner.commitTransaction();
  } finally {
    await runner.release();
    await source.destroy();
  }
}

const checkpoint = async () => {
  const { rows } = await tasks.admin.query<{ version: number; position: number }>(
    `select version, position from tasks.subscription_checkpoints where subscription = 'open-tasks'`,
  );
  return rows[0]!;
};

describe('an installation of the release before', () => {
  it('should go on where it was: what is queued, who has what until when', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const running = await tasks.submit({ requirements, lease_seconds: 120 });
    const { leaseToken } = await tasks.assignment(agent, running);
    const lease = { task_id: running, agent_id: agent, lease_token: leaseToken };
    await tasks.done(startTask, lease);
    const queued = await tasks.submit({ requirements, type: 'reindex' });
    // Renewals are in no event: the table alone knows until when it lasts.
    const renewal = await tasks.done(renewLeases, { agent_id: agent, leases: [lease] });
    const { lease_expires_at } = renewal.renewed[0]!;
    const types = async () => (await tasks.admin.query('select type from tasks.open_tasks order by position')).rows;
    await eventually(async () => expect(await types()).toEqual([{ type: 'index' }, { type: 'reindex' }]));
    await tasks.stack.service('tasks').kill();
    await migrate('down');
    expect((await checkpoint()).version).toBe(1);
    await migrate('up');
    const before = await checkpoint();
    expect(before.version).toBe(2);
    expect(await types()).toEqual([{ type: null }, { type: null }]);

    await tasks.stack.restart('tasks');
    tasks.connect(agent, 2);
    const { tasks: held } = await tasks.done(leasesOfAgent, { agent_id: agent });
    expect(held.find(({ task_id }) => task_id === running)).toMatchObject({ lease_expires_at, type: 'index' });
    expect((await tasks.done(renewLeases, { agent_id: agent, leases: [lease] })).lost).toEqual([]);
    expect(await tasks.assignment(agent, queued)).toMatchObject({ taskType: 'reindex', attempt: 1 });
    await tasks.done(completeTask, { ...lease, outcome: ok });
    expect(await tasks.types(running)).toEqual(['TaskSubmitted', 'TaskAssigned', 'TaskStarted', 'TaskCompleted']);

    // Once written again, a row holds its type.
    await tasks.done(pauseTask, { task_id: queued, reason: 'later' });
    await eventually(async () => {
      const { rows: written } = await tasks.admin.query('select type, held from tasks.open_tasks where task_id = $1', [
        queued,
      ]);
      expect(written).toEqual([{ type: 'reindex', held: 'paused' }]);
    });
    // It went on from there, and read nothing again.
    expect((await checkpoint()).position).toBeGreaterThan(before.position);
  });
});
