import { newId } from '@ao/kernel';
import fc from 'fast-check';
import { evolveUsageSum, usageSumKey, type UsageEvent, type UsageSum } from '@ao/contracts';
import { BudgetBoard, budgetId, type BudgetInput } from './budget.board';
import { DOLLAR_A_MILLION, budgetSet, settingsChanged, thresholdReached, usageReported } from './budget.testing';

const INSTALLATION = { kind: 'installation' } as const;
const MILLION = 1_000_000;

describe('what is spent this month', () => {
  let now: number;
  const clock = { now: () => now };
  const prices = settingsChanged({ 'costs.prices': [DOLLAR_A_MILLION] });
  const board = (...events: BudgetInput[]) => {
    const made = new BudgetBoard(clock);
    for (const event of events) made.apply(event);
    return made;
  };
  const spent = (
    made: BudgetBoard,
    scope: Parameters<BudgetBoard['spentMicros']>[0] = INSTALLATION,
    currency = 'USD',
  ) => made.spentMicros(scope, currency);

  beforeEach(() => {
    now = Date.parse('2026-01-15T12:00:00.000Z');
  });

  it('should count by scope, in one currency', () => {
    const agent_id = newId();
    const made = board(
      prices,
      usageReported('2026-01-10', MILLION, { agent_id }),
      usageReported('2026-01-11', 2 * MILLION, { task_type: 'other' }),
      usageReported('2026-01-12', 9, { provider: 'else', cost: { micros: 7, currency: 'EUR' } }),
      usageReported('2026-01-12', 9, { provider: 'else' }),
    );
    expect(spent(made)).toBe(3 * MILLION);
    expect(spent(made, { kind: 'agent', agent_id })).toBe(MILLION);
    expect(spent(made, { kind: 'task_type', task_type: 'other' })).toBe(2 * MILLION);
    expect(spent(made, INSTALLATION, 'EUR')).toBe(7);
  });

  it('should be that of the month in the time zone of the installation', () => {
    const made = board(prices, usageReported('2026-01-31', MILLION), usageReported('2026-02-01', 2 * MILLION));
    expect([made.month, spent(made)]).toEqual(['2026-01', MILLION]);
    now = Date.parse('2026-01-31T23:30:00.000Z');
    expect([made.month, spent(made)]).toEqual(['2026-01', MILLION]);
    made.apply(settingsChanged({ 'general.time_zone': 'Europe/Berlin' }));
    expect([made.month, spent(made)]).toEqual(['2026-02', 2 * MILLION]);
    expect(new Date(made.nextMonth).toISOString()).toBe('2026-02-28T23:00:00.000Z');
    now = made.nextMonth;
    expect([made.month, spent(made)]).toEqual(['2026-03', 0]);
  });

  it('should come back with a time zone that comes back', () => {
    now = Date.parse('2026-01-31T12:00:00.000Z');
    const zone = (name: string) => settingsChanged({ 'general.time_zone': name });
    const made = board(prices, usageReported('2026-01-31', MILLION), zone('Pacific/Kiritimati'));
    expect([made.month, spent(made)]).toEqual(['2026-02', 0]);
    made.apply(usageReported('2026-01-31', MILLION));
    made.apply(zone('UTC'));
    expect([made.month, spent(made)]).toEqual(['2026-01', 2 * MILLION]);
  });

  it('should be counted anew when prices change', () => {
    const made = board(usageReported('2026-01-10', MILLION));
    expect(spent(made)).toBe(0);
    made.apply(prices);
    expect(spent(made)).toBe(MILLION);
    made.apply(
      settingsChanged({
        'costs.prices': [DOLLAR_A_MILLION, { ...DOLLAR_A_MILLION, effective_from: '2026-01-10', input_per_million: 3 }],
      }),
    );
    expect(spent(made)).toBe(3 * MILLION);
  });

  it('should be the same after a start from the sums as before', () => {
    const usage = [usageReported('2026-01-10', 5), usageReported('2026-01-11', 7), usageReported('2025-12-31', 11)];
    const sums = new Map<string, UsageSum>();
    for (const event of usage as unknown as UsageEvent[]) {
      const key = usageSumKey(event).join();
      sums.set(key, evolveUsageSum(sums.get(key), event)!);
    }
    const live = board(prices, budgetSet(), ...usage);
    const started = new BudgetBoard(clock);
    started.load(sums.values(), [prices, budgetSet()]);
    expect(spent(started)).toBe(spent(live));
    expect(spent(started)).toBe(12);
    expect([...started.all()]).toEqual([...live.all()]);
  });

  it('should be the same however much of the log is summed up before the start', () => {
    const [agent, another] = [newId(), newId()];
    const usage = fc.record({
      day: fc.constantFrom('2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01'),
      tokens: fc.nat(1_000_000_000),
      agent_id: fc.constantFrom(agent, another),
      provider: fc.constantFrom('openai', 'unknown'),
    });
    const event = fc.oneof(
      { weight: 5, arbitrary: usage.map(({ day, tokens, ...changes }) => usageReported(day, tokens, changes)) },
      fc
        .integer({ min: 0, max: 9_999_999 })
        .map((micros) =>
          settingsChanged({ 'costs.prices': [{ ...DOLLAR_A_MILLION, input_per_million: micros / 1_000_000 }] }),
        ),
      fc.constantFrom('UTC', 'Pacific/Kiritimati').map((zone) => settingsChanged({ 'general.time_zone': zone })),
    );
    const scopes = [INSTALLATION, { kind: 'agent', agent_id: agent }, { kind: 'task_type', task_type: 'llm' }] as const;
    const told = (made: BudgetBoard) => [made.month, ...scopes.map((scope) => spent(made, scope))];
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.nat(30), fc.boolean(), (events, cut, lastDay) => {
        now = Date.parse(lastDay ? '2026-01-31T12:00:00.000Z' : '2026-01-15T12:00:00.000Z');
        const sums = new Map<string, UsageSum>();
        const before = events.slice(0, cut);
        for (const one of before.filter(({ category }) => category === 'usage') as unknown as UsageEvent[]) {
          const key = usageSumKey(one).join();
          sums.set(key, evolveUsageSum(sums.get(key), one)!);
        }
        const started = new BudgetBoard(clock);
        started.load(
          sums.values(),
          before.filter(({ category }) => category !== 'usage'),
        );
        for (const one of events.slice(cut)) started.apply(one);
        const live = board(...events);
        expect(told(started)).toEqual(told(live));
        now = live.nextMonth;
        expect(told(started)).toEqual(told(live));
      }),
    );
  });

  it('should be told of once it reaches what the log does not know of', () => {
    const made = board(prices, budgetSet(), usageReported('2026-01-10', MILLION - 1));
    expect(made.due()).toEqual([]);
    made.apply(usageReported('2026-01-11', 1));
    expect(made.due()).toEqual([{ budget_id: budgetId(INSTALLATION), month: '2026-01', spent_micros: MILLION }]);
    made.apply(thresholdReached('2026-01'));
    expect(made.due()).toEqual([]);
    expect(made.inForce(made.budgetOf(INSTALLATION)!)?.action).toBe('stop');
    now = made.nextMonth;
    expect(made.due()).toEqual([]);
    expect(made.inForce(made.budgetOf(INSTALLATION)!)).toBeUndefined();
  });
});
