import { agentEvents, taskEvents, type TaskEvent } from '@ao/contracts';
import { createEventLog, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { newId, streamId } from '@ao/kernel';
import { rebuildProjection, runProjection } from '@ao/projections';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { metricProjection } from './metric.projection';
import { minutePruning } from './metric.pruning';
import { MetricQueries, stretchOf } from './metric.queries';
import { METRIC_NAMES, seriesOf } from './metric.series';

const DAY_MS = 86_400_000;

describe('the read model of metrics', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let queries: MetricQueries;

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('gateway'), { applicationName: 'metrics', max: 8 });
    log = createEventLog({ pool: database.pool('tasks') });
    await log.ready();
    queries = new MetricQueries(pool);
    for (let task = 0; task < 5; task += 1) await live(task);
    await append('agent', newId(), [
      { type: 'AgentCameOnline', schema_version: agentEvents.AgentCameOnline.schemaVersion, data: {} },
    ]);
    const subscriptions = createSubscriptions({ pool, log, schema: 'read_models', pollIntervalMs: 20 });
    // Batches cut lives in two: what is remembered of a task is read back.
    const running = await runProjection(subscriptions, metricProjection, { batchSize: 3 });
    await running.reached(await log.head(), 30_000);
    await subscriptions.stop();
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await database?.drop();
  });

  /** Of five tasks one fails, one waits and three are completed, each after 2 s at work. */
  async function live(task: number): Promise<void> {
    const task_id = newId();
    const lease = { task_id, agent_id: newId(), attempt: 1, lease_token: newId() };
    const begun = Date.now();
    const at = (seconds: number) => new Date(begun + seconds * 1_000).toISOString();
    const events = [
      { type: 'TaskSubmitted', data: { task_id, submitted_at: at(0) } },
      { type: 'TaskAssigned', data: { ...lease, assigned_at: at(1) } },
      { type: 'TaskStarted', data: { ...lease, started_at: at(1) } },
      task === 0
        ? { type: 'TaskFailed', data: { ...lease, failed_at: at(2), failure: { class: 'x', message: '' } } }
        : { type: 'TaskCompleted', data: { ...lease, completed_at: at(3), result: null } },
    ] as unknown as TaskEvent[];
    for (const event of task === 1 ? events.slice(0, 1) : events) {
      await append('task', task_id, [{ ...event, schema_version: taskEvents[event.type].schemaVersion }]);
    }
  }

  async function append(
    category: string,
    id: string,
    events: readonly { type: string; schema_version: number; data: object }[],
  ): Promise<void> {
    const command_id = newId();
    const outcome = await log.append({
      streams: [{ stream_id: streamId(category, id), events }],
      metadata: {
        ...{ actor: { type: 'system', id: 'test' }, command_id, correlation_id: command_id },
        causation_id: command_id,
      },
      command_hash: command_id.replaceAll('-', '').repeat(2),
      result: {},
    });
    expect(outcome.kind).toBe('appended');
  }

  const rows = async () => {
    const { rows: counters } = await pool.query<{ counter: string; value: number }>(
      'select counter, value::int as value from read_models.metric_counters order by counter',
    );
    const { rows: subjects } = await pool.query<{ row: string }>(
      'select s::text as row from read_models.metric_subjects s order by id',
    );
    return { counters, subjects };
  };
  const newest = async (name: (typeof METRIC_NAMES)[number]) => {
    const now = Date.now();
    const told = await Promise.all(
      (['1h', '24h', '7d', '30d'] as const).map(async (period) => {
        const stretch = stretchOf(period, now);
        const points = seriesOf([name], await queries.sums(period, stretch), stretch).get(name)!;
        return points.reduce((sum, { value }) => sum + value, 0);
      }),
    );
    return new Set(told);
  };

  it('should keep nothing of a task but that it is open, and be rebuilt to the same', async () => {
    const live = await rows();
    expect(live.subjects).toHaveLength(1);
    expect(live.counters).toContainEqual({ counter: 'now/queued', value: 1 });
    expect(live.counters.some(({ counter }) => counter.startsWith('now/running'))).toBe(false);
    await rebuildProjection(metricProjection, { pool: database.pool('admin'), log, schema: 'read_models' });
    expect(await rows()).toEqual(live);
  });

  it('should tell the same of every period', async () => {
    expect(await newest('tasks_submitted')).toEqual(new Set([5]));
    expect(await newest('tasks_completed')).toEqual(new Set([3]));
    expect(await newest('tasks_failed')).toEqual(new Set([1]));
    expect((await queries.today(Date.now())).get('completed') ?? 0).toBeLessThanOrEqual(3);
    const stretch = stretchOf('30d', Date.now());
    const series = seriesOf(METRIC_NAMES, await queries.sums('30d', stretch), stretch);
    expect(series.get('response_time')!.every(({ value }) => value === 2_000)).toBe(true);
    expect(series.get('queue_wait')!.every(({ value }) => value === 1_000)).toBe(true);
    expect(series.get('queue_depth')!.at(-1)!.value).toBe(1);
  });

  it('should lose old minutes and nothing else, and get them back by a rebuild until they are pruned again', async () => {
    const before = await rows();
    const pruneAt = async (now: number) => {
      const onError = (error: unknown) => {
        throw error;
      };
      await minutePruning({ pool, clock: { now: () => now }, onError }).prune();
      return rows();
    };
    expect(await pruneAt(Date.now())).toEqual(before);
    const later = await pruneAt(Date.now() + 3 * DAY_MS);
    const hours = before.counters.filter(({ counter }) => !counter.startsWith('m'));
    expect(later.counters).toEqual(hours);
    expect(hours.length).toBeLessThan(before.counters.length);
    await rebuildProjection(metricProjection, { pool: database.pool('admin'), log, schema: 'read_models' });
    expect(await rows()).toEqual(before);
  });
});
