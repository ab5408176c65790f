import { amountOf, costOf, microsOfPicos, type Price, type UsageEvent, type UsageSum } from '@ao/contracts';

/** Usage that has one price; what it was not told apart by is null. */
export interface UsageRow extends Omit<UsageSum, 'agent_id' | 'task_type'> {
  /** Set where days were told apart; `day` is only one of those summed up. */
  readonly by_day: string | null;
  readonly agent_id: string | null;
  readonly task_type: string | null;
}

/** One report, as a row of its own. */
export function usageRowOf({ cost, ...report }: UsageEvent['data']): UsageRow {
  return { ...report, by_day: report.day, reports: 1, cost: cost ?? null };
}

export interface Tokens {
  readonly reports: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_input_tokens: number;
}

/** What some usage comes to. */
export interface CostFigures extends Tokens {
  readonly duration_ms: number;
  /** In the currency asked for. */
  readonly cost: number;
  /** In others, which are not converted. */
  readonly other_costs: { currency: string; cost: number }[];
  /** Counted above, but without a price: what this part cost is not known. */
  readonly unpriced: Tokens;
}

/** How costs are told. */
export interface CostTerms {
  readonly prices: readonly Price[];
  readonly currency: string;
}

/** Exact sums, rounded to a millionth at the very end. */
export function figuresOf(rows: readonly UsageRow[], { prices, currency }: CostTerms): CostFigures {
  const picos = new Map<string, bigint>();
  const unpriced: UsageRow[] = [];
  for (const row of rows) {
    const cost = costOf(row, prices);
    if (cost) picos.set(cost.currency, (picos.get(cost.currency) ?? 0n) + cost.picos);
    else unpriced.push(row);
  }
  const costIn = (of: string) => amountOf(microsOfPicos(picos.get(of) ?? 0n));
  const others = [...picos.keys()].filter((other) => other !== currency).sort();
  return {
    cost: costIn(currency),
    other_costs: others.map((other) => ({ currency: other, cost: costIn(other) })),
    ...tokensOf(rows),
    duration_ms: rows.reduce((sum, { duration_ms }) => sum + duration_ms, 0),
    unpriced: tokensOf(unpriced),
  };
}

/** The rows of each key. */
export function grouped(rows: readonly UsageRow[], keyOf: (row: UsageRow) => string): Map<string, UsageRow[]> {
  const groups = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** The models of which something has no price, the most used first. */
export function unpricedModels(rows: readonly UsageRow[], prices: readonly Price[]) {
  const unpriced = rows.filter((row) => !costOf(row, prices));
  return [...grouped(unpriced, ({ provider, model }) => JSON.stringify([provider, model])).values()]
    .map((group) => ({ provider: group[0]!.provider, model: group[0]!.model, ...tokensOf(group) }))
    .sort((a, b) => b.input_tokens + b.output_tokens - (a.input_tokens + a.output_tokens));
}

function tokensOf(rows: readonly UsageRow[]): Tokens {
  const sum = (key: keyof Tokens) => rows.reduce((total, row) => total + row[key], 0);
  return {
    reports: sum('reports'),
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    cached_input_tokens: sum('cached_input_tokens'),
  };
}
