import {
  addDays,
  budgetKey,
  costOf,
  evolveUsageSum,
  monthOf,
  usageSumKey,
  type BudgetScope,
  type Price,
  type PricedUsage,
  type UsageEvent,
  type UsageSum,
} from '@ao/contracts';

/** What has been spent in a month, by scope and currency. Exact, and the same whether counted on or counted anew. */
export class Spending {
  /** From the month before on: another time zone may bring that back. */
  private readonly sums = new Map<string, UsageSum>();
  private readonly totals = new Map<string, bigint>();
  private month = '';
  private keptFrom = '';
  private prices: readonly Price[] = [];

  /** Starts anew from what was summed up. */
  load(sums: Iterable<UsageSum>): void {
    this.sums.clear();
    for (const sum of sums) this.sums.set(keyOf(sum), sum);
    this.count();
  }

  /** Which month counts, at which prices. */
  turnTo(month: string, prices: readonly Price[]): void {
    if (month === this.month && prices === this.prices) return;
    this.month = month;
    this.prices = prices;
    this.keptFrom = addDays(`${month}-01`, -31);
    for (const [key, { day }] of this.sums) if (day < this.keptFrom) this.sums.delete(key);
    this.count();
  }

  add(event: UsageEvent): void {
    const { data } = event;
    if (data.day < this.keptFrom) return;
    const key = JSON.stringify(usageSumKey(event));
    const sum = evolveUsageSum(this.sums.get(key), event);
    if (sum) this.sums.set(key, sum);
    if (monthOf(data.day) === this.month) this.addUp(data);
  }

  /** 10⁻¹² of the currency. What was spent in another currency is none of this. */
  spent(scope: BudgetScope, currency: string): bigint {
    return this.totals.get(totalKey(scope, currency)) ?? 0n;
  }

  private count(): void {
    this.totals.clear();
    for (const sum of this.sums.values()) if (monthOf(sum.day) === this.month) this.addUp(sum);
  }

  private addUp(usage: PricedUsage & Pick<UsageSum, 'agent_id' | 'task_type'>): void {
    const cost = costOf(usage, this.prices);
    if (!cost) return;
    const { agent_id, task_type } = usage;
    const scopes: BudgetScope[] = [
      { kind: 'installation' },
      { kind: 'agent', agent_id },
      { kind: 'task_type', task_type },
    ];
    for (const scope of scopes) {
      const key = totalKey(scope, cost.currency);
      this.totals.set(key, (this.totals.get(key) ?? 0n) + cost.picos);
    }
  }
}

function keyOf({ day, agent_id, task_type, provider, model, cost }: UsageSum): string {
  return JSON.stringify([day, agent_id, task_type, provider, model, cost?.currency ?? '']);
}

function totalKey(scope: BudgetScope, currency: string): string {
  return `${currency} ${budgetKey(scope).join(' ')}`;
}
