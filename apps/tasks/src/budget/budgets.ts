import type { SettingValues, UsageSum } from '@ao/contracts';
import type { CommandShell, EventLog, Position, RecordedEvent, RunningLocal, Subscriptions } from '@ao/event-log';
import { systemMetadata, isRejection, type Clock } from '@ao/kernel';
import type { Logger } from '@ao/platform';
import { runProjection, type Pruning } from '@ao/projections';
import type { Pool } from 'pg';
import type { GateListener } from '../dispatch/gate';
import { usageSumsProjection } from '../usage/usage-sums.projection';
import { firstDayCounted, usageSumsPruning } from '../usage/usage-sums.pruning';
import { BUDGET_CATEGORIES, BudgetBoard, type DueBudget } from './budget.board';
import { budgetAggregate } from './budget.decider';
import { BudgetGate } from './budget.gate';

export interface BudgetsOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly log: Pick<EventLog, 'read' | 'head'>;
  readonly shell: Pick<CommandShell, 'run'>;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly listener: GateListener;
  readonly logger: Pick<Logger, 'warn'>;
}

const TICK_MS = 1_000;
const PAGE = 1_000;

/**
 * Budgets in one process: counts what is spent, tells the log once which thresholds that has reached, and holds tasks back
 * accordingly. Every replica counts, and the decider takes each threshold once.
 */
export class Budgets {
  readonly board: BudgetBoard;
  readonly gate: BudgetGate;
  private readonly pruning: Pruning;
  private readonly telling = new Set<string>();
  private following: RunningLocal | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: BudgetsOptions) {
    const { pool, clock, listener, logger } = options;
    this.board = new BudgetBoard(clock);
    this.gate = new BudgetGate(this.board, clock, listener);
    const onError = (err: unknown) => logger.warn({ err }, 'old sums of usage could not be pruned');
    this.pruning = usageSumsPruning({ pool, clock, onError });
  }

  get settings(): SettingValues {
    return this.board.settings;
  }

  async start(): Promise<void> {
    const { subscriptions } = this.options;
    await runProjection(subscriptions, usageSumsProjection);
    this.following = await subscriptions.local({
      name: 'budgets',
      categories: BUDGET_CATEGORIES,
      seed: () => this.seed(),
      handle: (events) => {
        for (const event of events) this.board.apply(event);
        if (events.some(({ category }) => category !== 'usage')) this.gate.refresh();
        this.tell();
      },
    });
    this.timer = setInterval(() => {
      this.gate.tick();
      this.tell();
    }, TICK_MS);
    this.pruning.start();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pruning.stop();
  }

  async reached(position: Position, timeoutMs: number): Promise<void> {
    await this.following?.reached(position, timeoutMs);
  }

  /** Everything that was in the log when this was called is counted. */
  async atHead(timeoutMs: number): Promise<void> {
    await this.following?.reached(await this.options.log.head(), timeoutMs);
  }

  private async seed(): Promise<Position> {
    const { pool, clock } = this.options;
    // The sums and the checkpoint they stand at, of one snapshot; one row at least, for the checkpoint.
    const { rows } = await pool.query<{ position: number; document: UsageSum | null }>(
      `select coalesce(checkpoint.position, 0) as position, sum.document
         from (select max(position) as position from tasks.subscription_checkpoints where subscription = $1) as checkpoint
         left join tasks.usage_sums as sum on sum.day >= $2`,
      [usageSumsProjection.name, firstDayCounted(clock.now())],
    );
    const position = Number(rows[0]?.position ?? 0);
    const events = await this.eventsUpTo(position);
    this.board.load(
      rows.flatMap(({ document }) => (document ? [document] : [])),
      events,
    );
    this.gate.refresh();
    this.tell();
    return position;
  }

  /** Of budgets and settings: few, and nothing that a table of their own would be worth. */
  private async eventsUpTo(position: Position): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (;;) {
      const after = events.at(-1)?.position ?? 0;
      const categories = ['budget', 'settings'];
      const page = await this.options.log.read({ categories, after, upTo: position, limit: PAGE });
      events.push(...page);
      if (page.length < PAGE) return events;
    }
  }

  private tell(): void {
    for (const due of this.board.due()) {
      if (this.telling.has(due.budget_id)) continue;
      this.telling.add(due.budget_id);
      this.count(due)
        .catch((err: unknown) =>
          this.options.logger.warn({ err }, 'spending could not be counted; the next try follows'),
        )
        .finally(() => this.telling.delete(due.budget_id));
    }
  }

  private async count(data: DueBudget): Promise<void> {
    const command = { type: 'CountSpending' as const, data, metadata: systemMetadata('budgets') };
    const result = await this.options.shell.run(budgetAggregate, data.budget_id, command);
    if (isRejection(result)) throw new Error(result.message);
    // Until the board has seen it, it would be told again.
    await this.following?.reached(result.position, TICK_MS).catch(() => undefined);
  }
}
