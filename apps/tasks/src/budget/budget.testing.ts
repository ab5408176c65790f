import { type BudgetEvent, type BudgetTerms, type Price, type UsageEvent } from '@ao/contracts';
import { isoTime, newId } from '@ao/kernel';
import type { OpenTask } from '../open-task/open-task';
import { budgetId, type BudgetInput } from './budget.board';

const AT = '2026-01-01T00:00:00.000Z';

/** A dollar for a million tokens of any model of `openai`. */
export const DOLLAR_A_MILLION: Price = {
  ...{ provider: 'openai', model: '*', currency: 'USD', effective_from: '2020-01-01' },
  ...{ input_per_million: 1, output_per_million: 1 },
};

type UsageData = UsageEvent['data'];

export function usageReported(day: string, input_tokens: number, changes: Partial<UsageData> = {}): BudgetInput {
  const data: UsageData = {
    ...{ task_id: newId(), task_type: 'llm', agent_id: newId(), attempt: 1, lease_token: newId(), report_id: newId() },
    ...{ provider: 'openai', model: 'm', input_tokens, output_tokens: 0, cached_input_tokens: 0, duration_ms: 1 },
    ...{ day, reported_at: isoTime(Date.parse(day)) },
    ...changes,
  };
  return { category: 'usage', type: 'UsageReported', data };
}

/** A dollar a month, stopped when it is spent. */
export function budgetSet(changes: Partial<BudgetTerms> = {}): BudgetInput {
  const terms: BudgetTerms = {
    ...{ scope: { kind: 'installation' }, monthly_limit_micros: 1_000_000, currency: 'USD' },
    thresholds: [{ percent: 100, action: 'stop' }],
    ...changes,
  };
  const event: BudgetEvent = { type: 'BudgetSet', data: { budget_id: budgetId(terms.scope), ...terms, at: AT } };
  return { category: 'budget', ...event };
}

export function thresholdReached(month: string, changes: Partial<BudgetTerms> = {}): BudgetInput {
  const { scope = { kind: 'installation' } as const, thresholds } = changes;
  const { percent = 100, action = 'stop' } = thresholds?.at(-1) ?? {};
  const data = { budget_id: budgetId(scope), month, percent, action, spent_micros: 1_000_000 } as const;
  const event: BudgetEvent = {
    type: 'BudgetThresholdReached',
    data: { ...data, monthly_limit_micros: 1_000_000, at: AT },
  };
  return { category: 'budget', ...event };
}

export function settingsChanged(values: Readonly<Record<string, unknown>>): BudgetInput {
  const changes = Object.entries(values).map(([name, value]) => ({ name, value, previous: null }));
  return { category: 'settings', type: 'SettingsChanged', data: { changes, at: AT } };
}

export function openTask(type = 'llm'): OpenTask {
  return {
    ...{ task_id: newId(), pool: 'default', type, priority: 40, requirements: { capabilities: [] } },
    ...{ lease_seconds: 60, position: 1, ready_at: 0 },
  };
}
