import { usageEvents, type Price, type UsageEvent } from '@ao/contracts';
import { createEventLog, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { newId, streamId } from '@ao/kernel';
import { rebuildProjection, runProjection } from '@ao/projections';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { costProjection } from './cost.projection';
import { CostQueries, EVER } from './cost.queries';
import { figuresOf } from './cost.report';

const AGENTS = [newId(), newId()];
const DAYS = ['2026-01-30', '2026-01-31', '2026-02-01'];
const price = (input_per_million: number, effective_from: string): Price => ({
  ...{ provider: 'openai', model: 'm', input_per_million, output_per_million: 0, currency: 'USD', effective_from },
});

describe('the read model of costs', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let queries: CostQueries;

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('gateway'), { applicationName: 'costs', max: 8 });
    log = createEventLog({ pool: database.pool('tasks') });
    await log.ready();
    queries = new CostQueries(pool);
    const subscriptions = createSubscriptions({ pool, log, schema: 'read_models', pollIntervalMs: 20 });
    const running = await runProjection(subscriptions, costProjection, { batchSize: 3 });
    for (const event of usage()) await append(event);
    await running.reached(await log.head(), 30_000);
    await subscriptions.stop();
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await database?.drop();
  });

  /** Each agent on each day: twice a priced model, once another, once with a figure of its own. */
  function usage(): UsageEvent[] {
    return DAYS.flatMap((day, index) =>
      AGENTS.flatMap((agent_id) => {
        const reported = (changes: Partial<UsageEvent['data']>): UsageEvent => ({
          type: 'UsageReported',
          data: {
            ...{ task_id: newId(), task_type: 'llm', agent_id, attempt: 1, lease_token: newId(), report_id: newId() },
            ...{ provider: 'openai', model: 'm', input_tokens: 1_000 * (index + 1), output_tokens: 1 },
            ...{ cached_input_tokens: 0, duration_ms: 2, day, reported_at: `${day}T00:00:00.000Z` },
            ...changes,
          },
        });
        const cost = { micros: 5, currency: 'EUR' };
        return [reported({}), reported({}), reported({ model: 'x' }), reported({ provider: 'own', cost })];
      }),
    );
  }

  async function append(event: UsageEvent): Promise<void> {
    const command_id = newId();
    const { schemaVersion: schema_version } = usageEvents.UsageReported;
    await log.append({
      streams: [{ stream_id: streamId('usage', event.data.task_id), events: [{ ...event, schema_version }] }],
      metadata: {
        ...{ actor: { type: 'system', id: 'test' }, command_id, correlation_id: command_id },
        causation_id: command_id,
      },
      command_hash: command_id.replaceAll('-', '').repeat(2),
      result: {},
    });
  }

  const rows = async () =>
    (await pool.query<{ row: string }>('select c::text as row from read_models.costs c order by id')).rows;

  it('should keep one row per day, agent, type, model and currency, and be rebuilt to the same', async () => {
    const live = await rows();
    expect(live).toHaveLength(DAYS.length * AGENTS.length * 3);
    await rebuildProjection(costProjection, { pool: database.pool('admin'), log, schema: 'read_models' });
    expect(await rows()).toEqual(live);
  });

  it('should sum up what has one price, and no further', async () => {
    const of = async (prices: Price[]) => {
      const found = await queries.usage({ ...EVER, prices });
      const ofModel = found.filter(({ provider, model }) => provider === 'openai' && model === 'm');
      return ofModel.map(({ day, input_tokens }) => [day, input_tokens]).sort();
    };
    await expect(of([])).resolves.toEqual([['2026-01-30', 24_000]]);
    await expect(of([price(1, '2026-01-31'), price(1, '2026-02-01')])).resolves.toEqual([
      ['2026-01-30', 4_000],
      ['2026-01-31', 8_000],
      ['2026-02-01', 12_000],
    ]);
  });

  it('should cost the same however it is told apart, and follow prices without a replay', async () => {
    const by = [{}, { day: true }, { agent: true }, { taskType: true }, { day: true, agent: true, taskType: true }];
    const told = (prices: Price[]) =>
      Promise.all(
        by.map(async (apart) =>
          figuresOf(await queries.usage({ ...EVER, by: apart, prices }), { prices, currency: 'USD' }),
        ),
      );
    const before = await told([price(1, '2026-01-31')]);
    expect(before[0]).toMatchObject({
      ...{ cost: 0.02, other_costs: [{ currency: 'EUR', cost: 0.00003 }], reports: 24, input_tokens: 48_000 },
      // The other model, and the priced one on the day before its price.
      unpriced: { reports: 10, input_tokens: 12_000 + 4_000 },
    });
    expect(new Set(before.map((figures) => JSON.stringify(figures))).size).toBe(1);
    const after = await told([price(2, '2020-01-01'), price(3, '2026-02-01')]);
    expect(after[0]).toMatchObject({ cost: 0.06, unpriced: { reports: 6 } });
    await rebuildProjection(costProjection, { pool: database.pool('admin'), log, schema: 'read_models' });
    expect(await told([price(2, '2020-01-01'), price(3, '2026-02-01')])).toEqual(after);
  });

  it('should read the days asked for', async () => {
    const found = await queries.usage({ from: DAYS[1]!, to: DAYS[1]!, by: { day: true, agent: true }, prices: [] });
    expect(new Set(found.map(({ by_day }) => by_day))).toEqual(new Set([DAYS[1]]));
    expect(new Set(found.map(({ agent_id }) => agent_id))).toEqual(new Set(AGENTS));
  });
});
