import { Controller, Inject } from '@nestjs/common';
import { countDeadLetters, deadLetterRetry, retryDeadLetters, type DataOf, type ResultOf } from '@ao/contracts';
import type { CommandShell, EventLog } from '@ao/event-log';
import { derivedId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { deadLetterRetryAggregate } from './dead-letter-retry.decider';

const TABLE_TIMEOUT_MS = 4_000;

/** The dead letters as a whole; one of them is a task's own matter. */
@Controller()
export class DeadLetterHandlers {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** Starts it; from then on it goes on by itself. */
  @CommandHandler(retryDeadLetters)
  async retry(payload: DataOf<typeof retryDeadLetters>, metadata: CommandMetadata): Answer<typeof retryDeadLetters> {
    const retry_id = derivedId('dead-letter-retry', metadata.command_id);
    const until = await this.log.head();
    if (!(await this.tableAt(until))) return behind();
    const count = await this.tasks.deadLetters.store.count({ filter: payload.filter, until });
    const command = { type: 'StartDeadLetterRetry' as const, data: { retry_id, ...payload, until, count }, metadata };
    return this.shell.run(deadLetterRetryAggregate, retry_id, command, { payload });
  }

  @QueryHandler(countDeadLetters)
  async count({ filter }: DataOf<typeof countDeadLetters>): Promise<ResultOf<typeof countDeadLetters> | Rejection> {
    const until = await this.log.head();
    if (!(await this.tableAt(until))) return behind();
    return { count: await this.tasks.deadLetters.store.count({ filter, until }) };
  }

  @QueryHandler(deadLetterRetry)
  async show({ retry_id }: DataOf<typeof deadLetterRetry>): Promise<ResultOf<typeof deadLetterRetry> | Rejection> {
    const { state } = await this.shell.state(deadLetterRetryAggregate, retry_id, { fresh: true });
    if (state.status === 'absent') {
      const why = `Expected to show the retry '${retry_id}' of dead letters, but there is none with this id`;
      return reject('not_found', 'dead_letter_retry_not_found', why);
    }
    const { status, filter, rate_per_second = null, count, retried, skipped, started_at, finished_at = null } = state;
    return { retry_id, status, filter, rate_per_second, count, retried, skipped, started_at, finished_at };
  }

  private async tableAt(position: number): Promise<boolean> {
    return this.tasks.deadLetters.reached(position, TABLE_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
  }
}

function behind(): Rejection {
  const why = 'Expected to go through the dead letters, but their table is behind the log';
  return reject('unavailable', 'dead_letters_behind', why);
}
