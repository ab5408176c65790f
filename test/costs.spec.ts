import { addDays } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const TODAY = new Date().toISOString().slice(0, 10);

type Body = Record<string, unknown>;

/** Rows 106 to 111 of the inventory, and the usage they are made of, against everything real. */
describe('costs and budgets', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack();
    api = new IdentityClient(stack);
    // The limits have a spec of their own.
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await api.logIn(stack.admin);
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
  });

  const code = (answer: Answer) => [answer.status, answer.body.code];
  async function get<Shown = Body>(route: string): Promise<Shown> {
    const answer = await admin.call('GET', route);
    expect([route, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([route, 200, '']);
    return JSON.parse(answer.text) as Shown;
  }

  const price = (model: string, input: number, output: number, changes: object = {}) => ({
    ...{ provider: 'openai', model, input_per_million: input, output_per_million: output },
    ...{ currency: 'USD', effective_from: '2020-01-01', ...changes },
  });
  async function priced(...prices: object[]): Promise<void> {
    expect((await admin.call('PUT', '/api/v1/cost/prices', { prices })).status).toBe(200);
    await eventually(async () => expect((await get('/api/v1/cost/prices')).prices).toEqual(prices));
  }

  /** An agent that has a task of the type in hand. */
  async function holding(agent: string, type = 'llm') {
    await api.operator('POST', '/agents/register', { agent_id: agent, agent_type: 'worker', capabilities: [agent] });
    const task = { type, requirements: { capabilities: [agent] } };
    const { task_id } = (await api.operator('POST', '/api/v1/tasks', task)).body as { task_id: string };
    const tasks = await eventually(async () => {
      const found = (await get<{ tasks: { taskId: string }[] }>(`/api/v1/agents/${agent}/tasks`)).tasks;
      expect(found.map(({ taskId }) => taskId)).toContain(task_id);
      return found;
    });
    expect(tasks.length).toBeGreaterThan(0);
    return { agent, task_id };
  }

  const report = (inputTokens: number, outputTokens: number, changes: object = {}) => ({
    ...{ reportId: newId(), provider: 'openai', model: 'gpt-4o', inputTokens, outputTokens, durationMs: 10 },
    ...changes,
  });
  const tell = ({ agent, task_id }: { agent: string; task_id: string }, reports: object[], more: object = {}) =>
    api.operator('POST', `/api/v1/agents/${agent}/tasks/${task_id}/usage`, { reports, ...more });

  it('should be nothing before anything was used', async () => {
    const nothing = { reports: 0, input_tokens: 0, output_tokens: 0, cached_input_tokens: 0 };
    const figures = { cost: 0, other_costs: [], ...nothing, duration_ms: 0, unpriced: nothing };
    const summary = await get<{ periods: Record<string, Body> }>('/api/v1/cost/summary');
    expect(summary).toMatchObject({
      ...{ currency: 'USD', time_zone: 'UTC', total_spend: 0, total: figures, unpriced_models: [] },
    });
    expect(summary.periods.today).toEqual({ from: TODAY, to: TODAY, ...figures });
    expect(Object.keys(summary.periods)).toEqual([
      ...['today', 'last_7_days', 'last_30_days', 'this_month', 'last_month'],
    ]);
    const days = await get<Body[]>('/api/v1/cost/daily?days=3');
    expect(days).toEqual([2, 1, 0].map((ago) => ({ date: addDays(TODAY, -ago), currency: 'USD', ...figures })));
    expect(await get('/api/v1/cost/by-agent')).toEqual([]);
    expect(await get('/api/v1/cost/by-provider')).toEqual([]);
    expect(await get('/api/v1/cost/budget')).toMatchObject({
      ...{ budget_id: null, scope: 'installation', monthly_limit: null, alert_thresholds: [], status: 'not_set' },
      ...{ month: TODAY.slice(0, 7), resets_at: TIME, spent: 0, remaining: null, percent_used: null, budgets: [] },
    });
  });

  it('should count what agents report once, by day, agent, provider and model', async () => {
    await priced(price('gpt-4o*', 2.5, 10, { cached_input_per_million: 1.25 }));
    const [first, second] = [await holding('spender'), await holding('saver')];
    const reports = [report(1_000_000, 100_000, { cachedInputTokens: 400_000 }), report(7, 3, { model: 'o1' })];
    const told = await tell(first, reports);
    expect([told.status, told.body]).toEqual([200, { recorded: 2, repeated: 0 }]);
    expect((await tell(first, reports)).body).toEqual({ recorded: 0, repeated: 2 });
    await tell(second, [report(1, 0), report(0, 0, { provider: 'own', cost: { amount: 0.25, currency: 'EUR' } })]);

    expect(await get(`/api/v1/tasks/${first.task_id}/usage`)).toMatchObject({
      ...{ task_id: first.task_id, currency: 'USD', cost: 3, reports: 2, unpriced: { reports: 1 } },
      models: [
        { provider: 'openai', model: 'gpt-4o', cost: 3 },
        { provider: 'openai', model: 'o1', cost: 0, unpriced: { input_tokens: 7 } },
      ],
    });
    expect(code(await admin.call('GET', `/api/v1/tasks/${UNKNOWN}/usage`))).toEqual([404, 'task_not_found']);

    // 600,000 x 2.5 + 400,000 x 1.25 + 100,000 x 10, per million.
    expect(await get('/api/v1/cost/summary')).toMatchObject({
      total_spend: 3.000003,
      total: {
        ...{ cost: 3.000003, other_costs: [{ currency: 'EUR', cost: 0.25 }], reports: 4 },
        ...{ input_tokens: 1_000_008, output_tokens: 100_003, cached_input_tokens: 400_000, duration_ms: 40 },
        unpriced: { reports: 1, input_tokens: 7, output_tokens: 3, cached_input_tokens: 0 },
      },
      periods: { today: { cost: 3.000003 }, this_month: { cost: 3.000003 }, last_month: { cost: 0 } },
      unpriced_models: [{ provider: 'openai', model: 'o1', reports: 1 }],
    });
    const days = await get<{ date: string; cost: number }[]>('/api/v1/cost/daily?days=2');
    expect(days.map(({ date, cost }) => [date, cost])).toEqual([
      [addDays(TODAY, -1), 0],
      [TODAY, 3.000003],
    ]);
    const answer = await admin.call('GET', '/api/v1/cost/by-agent?limit=1');
    expect(answer.headers.get('x-total-count')).toBe('2');
    expect(JSON.parse(answer.text)).toMatchObject([{ agent_id: UUID, agent_name: 'spender', cost: 3 }]);
    expect(await get('/api/v1/cost/by-agent?offset=1')).toMatchObject([{ agent_name: 'saver', cost: 0.000003 }]);
    expect(await get('/api/v1/cost/by-provider')).toMatchObject([
      {
        ...{ provider: 'openai', currency: 'USD', cost: 3.000003 },
        models: [
          { model: 'gpt-4o', cost: 3.000003, unpriced: { reports: 0 } },
          { model: 'o1', cost: 0, unpriced: { reports: 1, input_tokens: 7 } },
        ],
      },
      { provider: 'own', cost: 0, other_costs: [{ currency: 'EUR', cost: 0.25 }] },
    ]);
  });

  it('should tell the past by the prices of now', async () => {
    await priced(price('gpt-4o', 1, 0), price('gpt-4o', 3, 0, { effective_from: TODAY }), price('o1', 1_000_000, 0));
    expect(await get('/api/v1/cost/summary')).toMatchObject({ total_spend: 10.000003, unpriced_models: [] });
    await priced(price('gpt-4o', 1, 0), price('gpt-4o', 3, 0, { effective_from: addDays(TODAY, 1) }));
    expect(await get('/api/v1/cost/summary')).toMatchObject({ total_spend: 1.000001 });
    await admin.call('PUT', '/api/v1/settings/costs/currency', { value: 'EUR' });
    await eventually(async () =>
      expect(await get('/api/v1/cost/summary')).toMatchObject({
        ...{ currency: 'EUR', total_spend: 0.25 },
        total: { other_costs: [{ currency: 'USD', cost: 1.000001 }] },
      }),
    );
    await admin.call('PUT', '/api/v1/settings/costs/currency', { value: 'USD' });
    await eventually(async () => expect((await get('/api/v1/cost/summary')).currency).toBe('USD'));
    expect(code(await admin.call('PUT', '/api/v1/settings/costs/prices', { value: [{ provider: 'x' }] }))).toEqual([
      ...[422, 'validation_failed'],
    ]);
  });

  it('should set a budget, show what is used of it, and act at its thresholds', async () => {
    await priced(price('gpt-4o', 1, 0));
    const set = (body: object) => admin.call('PUT', '/api/v1/cost/budget', body);
    expect(code(await set({ task_type: 'dear', currency: 'USD' }))).toEqual([422, 'monthly_limit_required']);
    const made = await set({ monthly_limit: 100, alert_thresholds: [50, 80, 100] });
    expect([made.status, made.body]).toEqual([
      200,
      {
        ...{ budget_id: UUID, scope: 'installation', agent_id: null, task_type: null, monthly_limit: 100 },
        ...{ currency: 'USD', month: TODAY.slice(0, 7), resets_at: TIME, spent: 1.000001, forgiven: 0 },
        ...{ remaining: 98.999999, percent_used: 1, status: 'ok', updated_at: TIME },
        alert_thresholds: [50, 80, 100].map((percent) => ({ percent, action: 'warn', reached_at: null })),
      },
    ]);
    const dear = await set({
      ...{ task_type: 'dear', monthly_limit: 2 },
      alert_thresholds: [{ percent: 50 }, { percent: 100, action: 'stop' }],
    });
    expect(dear.body).toMatchObject({ scope: 'task_type', task_type: 'dear', spent: 0, status: 'ok' });
    const work = await holding('dear-agent', 'dear');
    await tell(work, [report(1_500_000, 0)]);
    const ofDear = async () => (await get<{ budgets: Body[] }>('/api/v1/cost/budget')).budgets[0];
    await eventually(async () =>
      expect(await ofDear()).toMatchObject({
        ...{ status: 'warned', spent: 1.5, remaining: 0.5, percent_used: 75 },
        alert_thresholds: [
          { percent: 50, action: 'warn', reached_at: TIME },
          { percent: 100, action: 'stop', reached_at: null },
        ],
      }),
    );
    await tell(work, [report(500_000, 0)]);
    await eventually(async () => expect(await ofDear()).toMatchObject({ status: 'stopped', remaining: 0 }));
    expect(await get('/api/v1/cost/budget')).toMatchObject({ scope: 'installation', spent: 3.000001, status: 'ok' });

    const raised = await set({ task_type: 'dear', monthly_limit: 10 });
    expect(raised.body).toMatchObject({ monthly_limit: 10, status: 'ok', alert_thresholds: [{ percent: 50 }, {}] });
    const reset = await admin.call('POST', '/api/v1/cost/budget/reset', { task_type: 'dear' });
    expect([reset.status, reset.body]).toMatchObject([200, { spent: 0, forgiven: 2, remaining: 10 }]);
    const removed = await admin.call('DELETE', '/api/v1/cost/budget?task_type=dear');
    expect([removed.status, removed.body]).toEqual([200, { deleted: true, id: UUID, deleted_at: TIME }]);
    expect((await get('/api/v1/cost/budget')).budgets).toEqual([]);
    expect(code(await admin.call('DELETE', '/api/v1/cost/budget?task_type=dear'))).toEqual([404, 'budget_not_found']);
  });

  it('should take the budget of an agent by any of its names', async () => {
    await holding('own-budget');
    const made = await admin.call('PUT', '/api/v1/cost/budget', { agent_id: 'own-budget', monthly_limit: 1 });
    expect(made.body).toMatchObject({ scope: 'agent', agent_id: UUID, task_type: null });
    for (const agent_id of ['nobody', UNKNOWN]) {
      const answer = await admin.call('PUT', '/api/v1/cost/budget', { agent_id, monthly_limit: 1 });
      expect([agent_id, ...code(answer)]).toEqual([agent_id, 404, 'agent_not_found']);
    }
    expect(
      code(
        await admin.call('PUT', '/api/v1/cost/budget', { agent_id: 'own-budget', task_type: 'x', monthly_limit: 1 }),
      ),
    ).toEqual([422, 'validation_failed']);
    await admin.call('DELETE', '/api/v1/cost/budget?agent_id=own-budget');
  });

  it('should take usage of a task that is over, and none of one that was never held', async () => {
    const work = await holding('late');
    await api.operator('POST', `/api/v1/agents/late/tasks/${work.task_id}/complete`, { success: true, result: 1 });
    expect((await tell(work, [report(1, 1)])).body).toEqual({ recorded: 1, repeated: 0 });
    expect(code(await tell(work, [report(1, 1)], { leaseToken: newId() }))).toEqual([409, 'lease_unknown']);
    await holding('another');
    expect(code(await tell({ ...work, agent: 'another' }, [report(1, 1)]))).toEqual([409, 'lease_unknown']);
    expect(code(await tell({ ...work, task_id: UNKNOWN }, [report(1, 1)]))).toEqual([404, 'task_not_found']);
    expect(code(await tell({ ...work, agent: 'nobody' }, [report(1, 1)]))).toEqual([404, 'agent_not_found']);
  });

  it('should be read by whoever may read, and changed by administrators', async () => {
    const viewer = await api.person('viewer');
    for (const route of ['summary', 'daily', 'by-agent', 'by-provider', 'budget', 'prices']) {
      expect([route, (await viewer.call('GET', `/api/v1/cost/${route}`)).status]).toEqual([route, 200]);
      expect([route, (await api.call('GET', `/api/v1/cost/${route}`)).status]).toEqual([route, 401]);
    }
    expect(code(await viewer.call('PUT', '/api/v1/cost/budget', { monthly_limit: 1 }))).toEqual([403, 'forbidden']);
    expect(code(await viewer.call('PUT', '/api/v1/cost/prices', { prices: [] }))).toEqual([403, 'forbidden']);
    expect((await viewer.call('DELETE', '/api/v1/cost/budget')).status).toBe(403);
    expect((await viewer.call('POST', '/api/v1/cost/budget/reset', {})).status).toBe(403);
  });
});
