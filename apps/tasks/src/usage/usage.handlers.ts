import { Controller, Inject } from '@nestjs/common';
import { reportUsage, type DataOf } from '@ao/contracts';
import type { CommandShell, EventLog } from '@ao/event-log';
import { reject, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { LeaseHistory } from './lease-history';
import { usageAggregate } from './usage.decider';

/** What agents have used up. */
@Controller()
export class UsageHandlers {
  private readonly leases: LeaseHistory;

  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(EVENT_LOG) log: EventLog,
  ) {
    this.leases = new LeaseHistory(log);
  }

  @CommandHandler(reportUsage)
  async report(payload: DataOf<typeof reportUsage>, metadata: CommandMetadata): Answer<typeof reportUsage> {
    const { task_id, agent_id, reports } = payload;
    const lease = await this.leases.find(task_id, agent_id, payload.lease_token);
    const expected = `Expected to report usage of task '${task_id}', but`;
    if (lease === 'unknown_task') return reject('not_found', 'task_not_found', `${expected} there is none`);
    if (!lease) {
      return reject('conflict', 'lease_unknown', `${expected} agent '${agent_id}' never had it under this lease`);
    }
    const time_zone = this.tasks.budgets.settings['general.time_zone'];
    const data = { task_id, agent_id, ...lease, reports, time_zone };
    return this.shell.run(usageAggregate, task_id, { type: 'ReportUsage', data, metadata }, { payload });
  }
}
