import { Controller, Inject } from '@nestjs/common';
import { removeBudget, resetBudget, setBudget, type DataOf } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { reject, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { budgetId } from './budget.board';
import { budgetAggregate } from './budget.decider';

const BOARD_TIMEOUT_MS = 2_000;

/** The budgets' doors on NATS. */
@Controller()
export class BudgetHandlers {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
  ) {}

  @CommandHandler(setBudget)
  set(payload: DataOf<typeof setBudget>, metadata: CommandMetadata): Answer<typeof setBudget> {
    const budget_id = budgetId(payload.scope);
    const data = { budget_id, ...payload, default_currency: this.tasks.budgets.settings['costs.currency'] };
    return this.shell.run(budgetAggregate, budget_id, { type: 'SetBudget', data, metadata }, { payload });
  }

  @CommandHandler(resetBudget)
  async reset(payload: DataOf<typeof resetBudget>, metadata: CommandMetadata): Answer<typeof resetBudget> {
    const { scope } = payload;
    const { budgets } = this.tasks;
    const budget_id = budgetId(scope);
    try {
      await budgets.atHead(BOARD_TIMEOUT_MS);
    } catch {
      const why = 'the spending in memory is behind the log';
      return reject('unavailable', 'spending_behind', `Expected to reset budget '${budget_id}', but ${why}`);
    }
    const { board } = budgets;
    const currency = board.budgetOf(scope)?.currency ?? '';
    const data = { budget_id, month: board.month, spent_micros: board.spentMicros(scope, currency) };
    return this.shell.run(budgetAggregate, budget_id, { type: 'ResetBudget', data, metadata }, { payload });
  }

  @CommandHandler(removeBudget)
  remove({ scope }: DataOf<typeof removeBudget>, metadata: CommandMetadata): Answer<typeof removeBudget> {
    const budget_id = budgetId(scope);
    return this.shell.run(budgetAggregate, budget_id, { type: 'RemoveBudget', data: { budget_id }, metadata });
  }
}
