import {
  addDays,
  amountOf,
  budgetIn,
  dayOf,
  microsOfPicos,
  costOf,
  monthOf,
  nextMonthBegins,
  thresholdInForce,
  type BudgetDocument,
  type BudgetScope,
  type Price,
} from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import { figuresOf, grouped, unpricedModels, type CostTerms, type UsageRow } from '../../projections/costs/cost.report';
import type { CostSummary, ShownBudget } from './cost.schemas';

const MOST_UNPRICED = 100;

/** Today, and the terms on which costs are told. */
export interface CostCalendar extends CostTerms {
  readonly timeZone: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

type Period = keyof CostSummary['periods'];

/** First and last day of each period of the summary. */
export function periodsAt({ now, timeZone }: Pick<CostCalendar, 'now' | 'timeZone'>): Record<Period, Span> {
  const today = dayOf(now, timeZone);
  const firstOfMonth = `${monthOf(today)}-01`;
  const lastOfLast = addDays(firstOfMonth, -1);
  return {
    today: { from: today, to: today },
    last_7_days: { from: addDays(today, -6), to: today },
    last_30_days: { from: addDays(today, -29), to: today },
    this_month: { from: firstOfMonth, to: today },
    last_month: { from: `${monthOf(lastOfLast)}-01`, to: lastOfLast },
  };
}

interface Span {
  readonly from: string;
  readonly to: string;
}

/** `ever`: all there is; `daily`: apart by day, from the earliest of the periods on. */
export function presentSummary(
  ever: readonly UsageRow[],
  daily: readonly UsageRow[],
  calendar: CostCalendar,
): CostSummary {
  const total = figuresOf(ever, calendar);
  const periods = Object.entries(periodsAt(calendar)).map(([name, { from, to }]) => {
    const within = daily.filter(({ by_day }) => by_day !== null && from <= by_day && by_day <= to);
    return [name, { from, to, ...figuresOf(within, calendar) }];
  });
  return {
    currency: calendar.currency,
    time_zone: calendar.timeZone,
    total_spend: total.cost,
    total,
    periods: Object.fromEntries(periods) as CostSummary['periods'],
    unpriced_models: unpricedModels(ever, calendar.prices).slice(0, MOST_UNPRICED),
  };
}

/** Every day of the span, the quiet ones too, the oldest first. */
export function presentDays(rows: readonly UsageRow[], { from, to }: Span, terms: CostTerms) {
  const byDay = grouped(rows, ({ by_day }) => by_day ?? '');
  const days = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    days.push({ date, currency: terms.currency, ...figuresOf(byDay.get(date) ?? [], terms) });
  }
  return days;
}

/** The dearest first; of those as dear, the one that used most. */
export function presentAgents(rows: readonly UsageRow[], names: ReadonlyMap<string, string>, terms: CostTerms) {
  return [...grouped(rows, ({ agent_id }) => agent_id ?? '')]
    .map(([agent_id, group]) => {
      const agent_name = names.get(agent_id) ?? null;
      return { agent_id, agent_name, currency: terms.currency, ...figuresOf(group, terms) };
    })
    .sort(byCost);
}

export function presentProviders(rows: readonly UsageRow[], terms: CostTerms) {
  const { currency } = terms;
  return [...grouped(rows, ({ provider }) => provider)]
    .map(([provider, group]) => {
      const models = [...grouped(group, ({ model }) => model)]
        .map(([model, ofModel]) => ({ model, currency, ...figuresOf(ofModel, terms) }))
        .sort(byCost);
      return { provider, currency, ...figuresOf(group, terms), models };
    })
    .sort(byCost);
}

export function presentTaskUsage(task_id: string, rows: readonly UsageRow[], terms: CostTerms) {
  const models = [...grouped(rows, ({ provider, model }) => JSON.stringify([provider, model])).values()]
    .map((group) => {
      const { provider, model } = group[0]!;
      return { provider, model, currency: terms.currency, ...figuresOf(group, terms) };
    })
    .sort(byCost);
  return { task_id, currency: terms.currency, ...figuresOf(rows, terms), models };
}

function byCost(a: Ranked, b: Ranked): number {
  return b.cost - a.cost || b.input_tokens + b.output_tokens - (a.input_tokens + a.output_tokens);
}

interface Ranked {
  readonly cost: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

const STATUS = { warn: 'warned', throttle: 'throttled', stop: 'stopped' } as const;

/** `rows`: the usage of this month, apart by agent and by type. */
export function presentBudget(
  scope: BudgetScope,
  budget: BudgetDocument | undefined,
  rows: readonly UsageRow[],
  calendar: CostCalendar,
): ShownBudget {
  const { now, timeZone, prices } = calendar;
  const month = monthOf(dayOf(now, timeZone));
  const currency = budget?.currency ?? calendar.currency;
  const { reached, forgiven_micros } = budget ? budgetIn(budget, month) : { reached: [], forgiven_micros: 0 };
  const spent = Math.max(0, spentMicros(rows.filter(within(scope)), prices, currency) - forgiven_micros);
  const inForce = budget && thresholdInForce(budget, month);
  return {
    budget_id: budget?.budget_id ?? null,
    scope: scope.kind,
    agent_id: scope.kind === 'agent' ? scope.agent_id : null,
    task_type: scope.kind === 'task_type' ? scope.task_type : null,
    monthly_limit: budget ? amountOf(budget.monthly_limit_micros) : null,
    currency,
    alert_thresholds: (budget?.thresholds ?? []).map((threshold) => ({
      ...threshold,
      reached_at: reached.find(({ percent }) => percent === threshold.percent)?.at ?? null,
    })),
    month,
    resets_at: isoTime(nextMonthBegins(now, timeZone)),
    spent: amountOf(spent),
    forgiven: amountOf(forgiven_micros),
    remaining: budget ? amountOf(Math.max(0, budget.monthly_limit_micros - spent)) : null,
    percent_used: budget ? Math.round((spent / budget.monthly_limit_micros) * 10_000) / 100 : null,
    status: !budget ? 'not_set' : inForce ? STATUS[inForce.action] : 'ok',
    updated_at: budget?.updated_at ?? null,
  };
}

function within(scope: BudgetScope): (row: UsageRow) => boolean {
  switch (scope.kind) {
    case 'installation':
      return () => true;
    case 'agent':
      return ({ agent_id }) => agent_id === scope.agent_id;
    case 'task_type':
      return ({ task_type }) => task_type === scope.task_type;
  }
}

function spentMicros(rows: readonly UsageRow[], prices: readonly Price[], currency: string): number {
  let picos = 0n;
  for (const row of rows) {
    const cost = costOf(row, prices);
    if (cost?.currency === currency) picos += cost.picos;
  }
  return microsOfPicos(picos);
}
