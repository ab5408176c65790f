import type { BudgetDocument, BudgetScope, Price } from '@ao/contracts';
import type { UsageRow } from '../../projections/costs/cost.report';
import {
  periodsAt,
  presentAgents,
  presentBudget,
  presentDays,
  presentSummary,
  type CostCalendar,
} from './cost.presenter';

const PRICE: Price = {
  ...{ provider: 'openai', model: 'm', input_per_million: 1, output_per_million: 0 },
  ...{ currency: 'USD', effective_from: '2020-01-01' },
};
const calendar = (now: string, timeZone = 'UTC'): CostCalendar => ({
  ...{ prices: [PRICE], currency: 'USD', timeZone, now: Date.parse(now) },
});
const row = (day: string, input_tokens: number, changes: Partial<UsageRow> = {}): UsageRow => ({
  ...{ by_day: day, day, agent_id: 'a', task_type: 'llm', provider: 'openai', model: 'm', cost: null },
  ...{ reports: 1, input_tokens, output_tokens: 0, cached_input_tokens: 0, duration_ms: 1 },
  ...changes,
});

describe('the costs of a period', () => {
  it('should be those of days of the installation', () => {
    expect(periodsAt(calendar('2026-03-01T01:00:00.000Z', 'America/New_York'))).toEqual({
      today: { from: '2026-02-28', to: '2026-02-28' },
      last_7_days: { from: '2026-02-22', to: '2026-02-28' },
      last_30_days: { from: '2026-01-30', to: '2026-02-28' },
      this_month: { from: '2026-02-01', to: '2026-02-28' },
      last_month: { from: '2026-01-01', to: '2026-01-31' },
    });
  });

  it('should hold each day where it belongs', () => {
    const days = ['2026-02-28', '2026-03-01', '2026-03-09', '2026-03-15'];
    const rows = days.map((day, index) => row(day, 10 ** index * 1_000_000));
    const { periods, total_spend } = presentSummary(rows, rows, calendar('2026-03-15T12:00:00.000Z'));
    expect(total_spend).toBe(1_111);
    expect(Object.entries(periods).map(([name, { cost }]) => [name, cost])).toEqual([
      ['today', 1_000],
      ['last_7_days', 1_100],
      ['last_30_days', 1_111],
      ['this_month', 1_110],
      ['last_month', 1],
    ]);
  });

  it('should name every day, the quiet ones too', () => {
    const days = presentDays([row('2026-03-01', 2_000_000)], { from: '2026-02-27', to: '2026-03-02' }, calendar(''));
    expect(days.map(({ date, cost }) => [date, cost])).toEqual([
      ['2026-02-27', 0],
      ['2026-02-28', 0],
      ['2026-03-01', 2],
      ['2026-03-02', 0],
    ]);
  });

  it('should begin with who cost most, then with who used most', () => {
    const rows = [
      row('2026-03-01', 5, { agent_id: 'cheap', provider: 'free' }),
      row('2026-03-01', 1, { agent_id: 'dear' }),
      row('2026-03-01', 9, { agent_id: 'busy', provider: 'free' }),
    ];
    const shown = presentAgents(rows, new Map([['dear', 'Dear']]), calendar(''));
    expect(shown.map(({ agent_id, agent_name }) => [agent_id, agent_name])).toEqual([
      ['dear', 'Dear'],
      ['busy', null],
      ['cheap', null],
    ]);
  });
});

describe('a budget', () => {
  const now = calendar('2026-03-15T12:00:00.000Z');
  const AGENT: BudgetScope = { kind: 'agent', agent_id: 'a' };
  const budget = (changes: Partial<BudgetDocument> = {}): BudgetDocument => ({
    ...{ budget_id: 'b', scope: AGENT, monthly_limit_micros: 10_000_000, currency: 'USD' },
    thresholds: [
      { percent: 50, action: 'warn' },
      { percent: 80, action: 'throttle', tasks_per_minute: 3 },
    ],
    ...{ month: null, forgiven_micros: 0, reached: [], updated_at: '2026-03-01T00:00:00.000Z' },
    ...changes,
  });
  const rows = [
    row('2026-03-01', 6_000_000),
    row('2026-03-01', 3_000_000, { agent_id: 'another' }),
    row('2026-03-01', 1, { cost: { micros: 9_000_000, currency: 'EUR' }, provider: 'own' }),
  ];
  const at = '2026-03-10T00:00:00.000Z';

  it('should count its own scope, in its own currency', () => {
    expect(presentBudget(AGENT, budget(), rows, now)).toMatchObject({
      ...{ scope: 'agent', agent_id: 'a', task_type: null, monthly_limit: 10, spent: 6, remaining: 4 },
      ...{ percent_used: 60, status: 'ok', month: '2026-03', resets_at: '2026-04-01T00:00:00.000Z' },
    });
    expect(presentBudget({ kind: 'installation' }, budget(), rows, now).spent).toBe(9);
    expect(presentBudget(AGENT, budget({ currency: 'EUR' }), rows, now).spent).toBe(9);
  });

  it('should say what this month has reached, and nothing of another', () => {
    const reached = [{ percent: 50, spent_micros: 5_000_000, at }];
    const shown = presentBudget(AGENT, budget({ month: '2026-03', reached }), rows, now);
    expect(shown.status).toBe('warned');
    expect(shown.alert_thresholds).toEqual([
      { percent: 50, action: 'warn', reached_at: at },
      { percent: 80, action: 'throttle', tasks_per_minute: 3, reached_at: null },
    ]);
    const before = presentBudget(AGENT, budget({ month: '2026-02', reached, forgiven_micros: 7 }), rows, now);
    expect([before.status, before.alert_thresholds[0]?.reached_at, before.forgiven]).toEqual(['ok', null, 0]);
  });

  it('should leave out what was forgiven, and never be less than nothing', () => {
    const forgiven = (micros: number) =>
      presentBudget(AGENT, budget({ month: '2026-03', forgiven_micros: micros }), rows, now);
    expect(forgiven(2_000_000)).toMatchObject({ spent: 4, forgiven: 2, remaining: 6, percent_used: 40 });
    expect(forgiven(8_000_000)).toMatchObject({ spent: 0, remaining: 10 });
  });
});
