import {
  DEFAULT_SETTINGS,
  budgetIn,
  budgetKey,
  dayOf,
  evolveBudget,
  evolveSettings,
  isReached,
  microsOfPicos,
  monthOf,
  nextMonthBegins,
  thresholdInForce,
  type BudgetDocument,
  type BudgetEvent,
  type BudgetScope,
  type BudgetThreshold,
  type SettingValues,
  type SettingsEvent,
  type UsageEvent,
  type UsageSum,
} from '@ao/contracts';
import { derivedId, type Clock } from '@ao/kernel';
import { Spending } from './spending';

/** An event of usage, of a budget or of the settings, as the log has it. */
export interface BudgetInput {
  readonly category: string;
  readonly type: string;
  readonly data: unknown;
}

export const BUDGET_CATEGORIES = ['usage', 'budget', 'settings'] as const;

/** A budget whose spending has reached thresholds that the log does not know of. */
export interface DueBudget {
  readonly budget_id: string;
  readonly month: string;
  readonly spent_micros: number;
}

export const budgetId = (scope: BudgetScope): string => derivedId('budget', ...budgetKey(scope));

/** The budgets and what is spent of them this month: the same fold of the same events in every replica. */
export class BudgetBoard {
  settings: SettingValues = DEFAULT_SETTINGS;
  private readonly budgets = new Map<string, BudgetDocument>();
  private readonly spending = new Spending();
  private monthNow = '';
  private monthEnds = -Infinity;

  constructor(private readonly clock: Clock) {
    this.turn();
  }

  /** Starts anew: `events` are those of budgets and settings, in order. */
  load(sums: Iterable<UsageSum>, events: Iterable<BudgetInput>): void {
    this.budgets.clear();
    this.settings = DEFAULT_SETTINGS;
    for (const event of events) this.apply(event);
    this.turn();
    this.spending.load(sums);
  }

  apply(event: BudgetInput): void {
    if (event.category === 'usage') this.spending.add(event as unknown as UsageEvent);
    else if (event.category === 'settings') {
      this.settings = evolveSettings(this.settings, event as unknown as SettingsEvent);
      this.turn();
    } else if (event.category === 'budget') {
      const budgetEvent = event as unknown as BudgetEvent;
      const { budget_id } = budgetEvent.data;
      const budget = evolveBudget(this.budgets.get(budget_id), budgetEvent);
      if (budget) this.budgets.set(budget_id, budget);
      else this.budgets.delete(budget_id);
    }
  }

  /** The month that is spent from, in the installation's time zone. */
  get month(): string {
    if (this.clock.now() >= this.monthEnds) this.turn();
    return this.monthNow;
  }

  /** When the next month begins: milliseconds since the Unix epoch. */
  get nextMonth(): number {
    return this.month ? this.monthEnds : 0;
  }

  all(): Iterable<BudgetDocument> {
    return this.budgets.values();
  }

  budgetOf(scope: BudgetScope): BudgetDocument | undefined {
    return this.budgets.get(budgetId(scope));
  }

  /** Everything that was spent this month, in millionths, what was forgiven included. */
  spentMicros(scope: BudgetScope, currency: string): number {
    return this.month ? microsOfPicos(this.spending.spent(scope, currency)) : 0;
  }

  /** The strictest threshold that this month has reached. */
  inForce(budget: BudgetDocument): BudgetThreshold | undefined {
    return thresholdInForce(budget, this.month);
  }

  due(): DueBudget[] {
    const { month } = this;
    const due: DueBudget[] = [];
    for (const budget of this.budgets.values()) {
      const { budget_id, scope, currency, thresholds, monthly_limit_micros } = budget;
      const { reached, forgiven_micros } = budgetIn(budget, month);
      const spent_micros = this.spentMicros(scope, currency);
      const counted = Math.max(0, spent_micros - forgiven_micros);
      const isDue = thresholds.some(
        ({ percent }) =>
          isReached(percent, counted, monthly_limit_micros) && !reached.some((before) => before.percent === percent),
      );
      if (isDue) due.push({ budget_id, month, spent_micros });
    }
    return due;
  }

  private turn(): void {
    const now = this.clock.now();
    const zone = this.settings['general.time_zone'];
    this.monthNow = monthOf(dayOf(now, zone));
    this.monthEnds = nextMonthBegins(now, zone);
    this.spending.turnTo(this.monthNow, this.settings['costs.prices']);
  }
}
