import {
  DEFAULT_TASKS_PER_MINUTE,
  amountOf,
  type BudgetDocument,
  type BudgetScope,
  type BudgetThreshold,
} from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { Gate, GateListener, Hold } from '../dispatch/gate';
import type { OpenTask } from '../open-task/open-task';
import { budgetId, type BudgetBoard } from './budget.board';

const MINUTE_MS = 60_000;

interface Restriction {
  readonly budget: BudgetDocument;
  readonly threshold: BudgetThreshold;
  /** When tasks went out under it within the last minute; of `throttle`. */
  readonly given: number[];
}

/**
 * Holds tasks back whose budget is spent. What holds is what the log says was reached, so that every replica holds the same
 * after a start as before.
 */
export class BudgetGate implements Gate {
  /** By budget id: those that throttle or stop now. */
  private readonly restrictions = new Map<string, Restriction>();
  private readonly installation = budgetId({ kind: 'installation' });
  /** Ids are derived by hashing, and a gate is asked about every task. */
  private readonly ofType = new Map<string, string>();
  private readonly ofAgent = new Map<string, string>();
  private endsAt = Infinity;

  constructor(
    private readonly board: Pick<BudgetBoard, 'all' | 'inForce' | 'nextMonth' | 'month'>,
    private readonly clock: Clock,
    private readonly listener: GateListener,
  ) {}

  /** The budgets, what they have reached, or the month have changed. */
  refresh(): void {
    const before = new Map(this.restrictions);
    this.restrictions.clear();
    this.ofType.clear();
    this.ofAgent.clear();
    this.endsAt = this.board.nextMonth;
    for (const budget of this.board.all()) {
      const threshold = this.board.inForce(budget);
      if (!threshold || threshold.action === 'warn') continue;
      const { budget_id, scope } = budget;
      this.restrictions.set(budget_id, { budget, threshold, given: before.get(budget_id)?.given ?? [] });
      if (scope.kind === 'task_type') this.ofType.set(scope.task_type, budget_id);
      if (scope.kind === 'agent') this.ofAgent.set(scope.agent_id, budget_id);
    }
    for (const [id, { budget, threshold }] of before) {
      if (isSame(threshold, this.restrictions.get(id)?.threshold)) continue;
      this.listener.freed(keyOf(id));
      if (budget.scope.kind === 'agent') this.listener.agentChanged(budget.scope.agent_id);
    }
    for (const [id, { budget }] of this.restrictions) {
      if (!before.has(id) && budget.scope.kind === 'agent') this.listener.agentChanged(budget.scope.agent_id);
    }
  }

  /** Looks whether a month is over; from time to time. */
  tick(): void {
    if (this.clock.now() >= this.endsAt) this.refresh();
  }

  holds(task: OpenTask): Hold | undefined {
    if (this.restrictions.size === 0) return undefined;
    return this.holdOf(this.installation) ?? this.holdOf(this.ofType.get(task.type));
  }

  holdsAgent(agentId: string): Hold | undefined {
    return this.holdOf(this.ofAgent.get(agentId));
  }

  entered(task: OpenTask, agentId: string): void {
    if (this.restrictions.size === 0) return;
    for (const id of [this.installation, this.ofType.get(task.type), this.ofAgent.get(agentId)]) {
      const restriction = id === undefined ? undefined : this.restrictions.get(id);
      if (restriction?.threshold.action !== 'throttle') continue;
      restriction.given.push(this.clock.now());
      if (restriction.budget.scope.kind === 'agent' && this.holdOf(id)) this.listener.agentChanged(agentId);
    }
  }

  private holdOf(id: string | undefined): Hold | undefined {
    const restriction = id === undefined ? undefined : this.restrictions.get(id);
    if (!restriction) return undefined;
    const now = this.clock.now();
    if (now >= this.endsAt) return undefined;
    const { budget, threshold, given } = restriction;
    const key = keyOf(budget.budget_id);
    if (threshold.action === 'stop') {
      return { code: 'budget_exceeded', detail: detailOf(restriction, 'gives out no tasks'), key, until: this.endsAt };
    }
    while (given.length > 0 && given[0]! <= now - MINUTE_MS) given.shift();
    const { tasks_per_minute = DEFAULT_TASKS_PER_MINUTE } = threshold;
    if (given.length < tasks_per_minute) return undefined;
    const until = given[given.length - tasks_per_minute]! + MINUTE_MS;
    const why = `gives out ${tasks_per_minute} tasks a minute`;
    return { code: 'budget_throttled', detail: detailOf(restriction, why), key, until };
  }
}

const keyOf = (id: string) => `budget:${id}`;

function isSame(threshold: BudgetThreshold, other: BudgetThreshold | undefined): boolean {
  return threshold.action === other?.action && threshold.tasks_per_minute === other.tasks_per_minute;
}

function detailOf({ budget, threshold }: Restriction, consequence: string): string {
  const { monthly_limit_micros, currency, scope } = budget;
  const limit = `${amountOf(monthly_limit_micros)} ${currency}`;
  return `${threshold.percent} % of the monthly ${limit} of the budget of ${nameOf(scope)} are spent: it ${consequence}`;
}

function nameOf(scope: BudgetScope): string {
  switch (scope.kind) {
    case 'installation':
      return 'the installation';
    case 'agent':
      return `agent '${scope.agent_id}'`;
    case 'task_type':
      return `task type '${scope.task_type}'`;
  }
}
