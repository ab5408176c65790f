import { DEFAULT_THRESHOLDS, evolveBudget, thresholdInForce, type BudgetEvent, type BudgetTerms } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { budgetDecider, type CountSpending, type SetBudget } from './budget.decider';

const { given } = deciderSpec(budgetDecider);
const budget_id = newId();
const at = '2026-01-01T00:00:00.000Z';
const terms: BudgetTerms = {
  ...{ scope: { kind: 'installation' }, monthly_limit_micros: 100_000_000, currency: 'USD' },
  thresholds: [
    { percent: 50, action: 'warn' },
    { percent: 80, action: 'throttle', tasks_per_minute: 3 },
    { percent: 100, action: 'stop' },
  ],
};
const budgetSet = (changes: Partial<BudgetTerms> = {}): BudgetEvent => ({
  type: 'BudgetSet',
  data: { budget_id, ...terms, ...changes, at },
});
const reached = (percent: number, spent_micros: number, month = '2026-01', limit = 100_000_000): BudgetEvent => ({
  type: 'BudgetThresholdReached',
  data: {
    ...{ budget_id, month, percent, spent_micros, monthly_limit_micros: limit, at },
    action: terms.thresholds.find((threshold) => threshold.percent === percent)!.action,
  },
});
const reset = (forgiven_micros: number, month = '2026-01'): BudgetEvent => ({
  type: 'BudgetReset',
  data: { budget_id, month, forgiven_micros, at },
});
const count = (spent_micros: number, month = '2026-01'): CountSpending =>
  testCommand('CountSpending', { budget_id, month, spent_micros });
const set = (changes: Partial<SetBudget['data']> = {}) =>
  testCommand('SetBudget', { budget_id, default_currency: 'CHF', ...terms, ...changes });

describe('a budget', () => {
  it('should be set, with its thresholds in order, and not again when nothing is new', () => {
    given()
      .when(set({ thresholds: [...terms.thresholds].reverse() }))
      .then(budgetSet());
    given(budgetSet()).when(set()).then();
    given(budgetSet())
      .when(set({ currency: 'EUR' }))
      .then(budgetSet({ currency: 'EUR' }));
  });

  it('should keep what is not said, and begin with warnings in the currency of the installation', () => {
    const nothing = { monthly_limit_micros: undefined, currency: undefined, thresholds: undefined };
    given(budgetSet())
      .when(set({ ...nothing, monthly_limit_micros: 5 }))
      .then(budgetSet({ monthly_limit_micros: 5 }));
    given()
      .when(set({ ...nothing, monthly_limit_micros: 5 }))
      .then(budgetSet({ monthly_limit_micros: 5, currency: 'CHF', thresholds: [...DEFAULT_THRESHOLDS] }));
    given().when(set(nothing)).thenRejected({ code: 'monthly_limit_required', pointer: '/monthly_limit_micros' });
  });

  it('should reach each threshold once in a month', () => {
    given(budgetSet()).when(count(49_999_999)).then();
    given(budgetSet()).when(count(50_000_000)).then(reached(50, 50_000_000));
    given(budgetSet(), reached(50, 50_000_000)).when(count(79_000_000)).then();
    given(budgetSet(), reached(50, 50_000_000))
      .when(count(120_000_000))
      .then(reached(80, 120_000_000), reached(100, 120_000_000));
    given(budgetSet(), reached(50, 50_000_000))
      .when(count(60_000_000, '2026-02'))
      .then(reached(50, 60_000_000, '2026-02'));
  });

  it('should count on from what was forgiven, in that month alone', () => {
    given(budgetSet(), reached(100, 120_000_000), reset(120_000_000)).when(count(169_999_999)).then();
    given(budgetSet(), reset(120_000_000)).when(count(170_000_000)).then(reached(50, 50_000_000));
    given(budgetSet(), reset(120_000_000))
      .when(count(50_000_000, '2026-02'))
      .then(reached(50, 50_000_000, '2026-02'));
  });

  it('should reach a threshold again after its limit was raised past it', () => {
    const raised = budgetSet({ monthly_limit_micros: 200_000_000 });
    given(budgetSet(), reached(50, 50_000_000), raised).when(count(99_000_000)).then();
    given(budgetSet(), reached(50, 50_000_000), raised)
      .when(count(100_000_000))
      .then(reached(50, 100_000_000, '2026-01', 200_000_000));
  });

  it('should hold by the strictest that its month has reached', () => {
    const after = (...events: BudgetEvent[]) => events.reduce(evolveBudget, evolveBudget(undefined, budgetSet()))!;
    const [half, most, all] = [reached(50, 50_000_000), reached(80, 80_000_000), reached(100, 100_000_000)];
    expect(thresholdInForce(after(), '2026-01')).toBeUndefined();
    expect(thresholdInForce(after(half), '2026-01')?.action).toBe('warn');
    expect(thresholdInForce(after(half, most), '2026-01')).toEqual(terms.thresholds[1]);
    expect(thresholdInForce(after(half, most, all), '2026-01')?.action).toBe('stop');
    expect(thresholdInForce(after(half, most, all), '2026-02')).toBeUndefined();
    expect(thresholdInForce(after(half, most, all, reset(100_000_000)), '2026-01')).toBeUndefined();
    const raised = budgetSet({ monthly_limit_micros: 110_000_000 });
    expect(thresholdInForce(after(half, most, all, raised), '2026-01')?.action).toBe('throttle');
  });

  it('should be removed, and set anew with nothing reached', () => {
    const remove = testCommand('RemoveBudget', { budget_id });
    const removed: BudgetEvent = { type: 'BudgetRemoved', data: { budget_id, at } };
    given(budgetSet()).when(remove).then(removed);
    given(budgetSet(), removed).when(count(120_000_000)).then();
    given(budgetSet(), reached(50, 50_000_000), removed, budgetSet())
      .when(count(50_000_000))
      .then(reached(50, 50_000_000));
  });

  it('rejects what is said of a budget that is not there', () => {
    const missing = { rejection: 'not_found', code: 'budget_not_found' } as const;
    given().when(testCommand('RemoveBudget', { budget_id })).thenRejected(missing);
    given()
      .when(testCommand('ResetBudget', { budget_id, month: '2026-01', spent_micros: 1 }))
      .thenRejected(missing);
  });
});
