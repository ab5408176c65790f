import { Controller, Inject } from '@nestjs/common';
import { clearQueue, dispatchStatus, type DataOf, type PriorityName, type ResultOf } from '@ao/contracts';
import type { CommandResult, CommandShell, EventLog } from '@ao/event-log';
import { accept, derivedId, isRejection, reject, type Command, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, QueryHandler } from '@ao/messaging';
import { COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import { poolAggregate, poolId, type PoolState } from '../pool/pool.decider';
import { taskAggregate } from '../task/task.aggregate';
import { TasksService } from '../tasks.service';

type Cleared = ResultOf<typeof clearQueue>;

/** Cancellations on their way to the log at once. */
const IN_FLIGHT = 512;
const MODEL_TIMEOUT_MS = 4_000;

/** The pool's queues as a whole. */
@Controller()
export class QueueHandlers {
  /** By command id: a command that is repeated while it is carried out waits for the same answer. */
  private readonly clearing = new Map<string, Promise<CommandResult<Cleared>>>();

  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  @CommandHandler(clearQueue)
  clear(data: DataOf<typeof clearQueue>, metadata: CommandMetadata): Promise<CommandResult<Cleared>> {
    const { command_id } = metadata;
    const running = this.clearing.get(command_id);
    if (running) return running;
    const work = this.clearOnce(data, metadata).finally(() => this.clearing.delete(command_id));
    this.clearing.set(command_id, work);
    return work;
  }

  /** Every replica's model is the owner's, a few milliseconds later at most, so every replica can answer. */
  @QueryHandler(dispatchStatus)
  async status({ pool }: DataOf<typeof dispatchStatus>): Promise<ResultOf<typeof dispatchStatus> | Rejection> {
    const { model, view, strategy, latencies } = this.tasks;
    if (pool !== model.pool) {
      return reject('not_found', 'pool_not_found', `Expected to show pool '${pool}', but there is none with this name`);
    }
    const owner = view.owner();
    if (!owner) {
      return reject(
        'unavailable',
        'pool_without_owner',
        `Expected to show pool '${pool}', but nobody has taken it yet`,
      );
    }
    return {
      pool,
      ...owner,
      strategy: strategy.name,
      ready: model.queueSizes(),
      assigned: model.openLeases,
      agents: model.roster.candidates,
      dispatch_latency: latencies.percentiles(),
    };
  }

  /**
   * Cancels exactly the tasks that were queued when the command came: the model first reads up to the log's head of that
   * moment. A task that an agent gets meanwhile is the decider's to spare.
   */
  private async clearOnce(
    { band }: DataOf<typeof clearQueue>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<Cleared>> {
    if ((await this.log.answerOf(metadata.command_id)) !== undefined) return this.answer(band, metadata, 0);
    try {
      await this.tasks.modelAtHead(MODEL_TIMEOUT_MS);
    } catch {
      const why = 'the queues in memory are behind the log';
      return reject('unavailable', 'queues_behind', `Expected to clear the queue '${band}', but ${why}`);
    }
    const queued = this.tasks.model.queuedIn(band);
    let cleared = 0;
    const worker = async (): Promise<void> => {
      for (let taskId = queued.pop(); taskId !== undefined; taskId = queued.pop()) {
        if (await this.cancel(taskId, metadata)) cleared += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, queued.length) }, worker));
    return this.answer(band, metadata, cleared);
  }

  private async cancel(task_id: string, metadata: CommandMetadata): Promise<boolean> {
    const result = await this.shell.run(taskAggregate, task_id, {
      type: 'CancelTask',
      data: { task_id, reason: 'queue_cleared', only_queued: true },
      metadata: { ...metadata, command_id: derivedId(metadata.command_id, task_id), deadline: undefined },
    });
    return !isRejection(result);
  }

  /** Stores the count as the command's answer, or gets the one that is stored. */
  private answer(band: PriorityName, metadata: CommandMetadata, cleared: number): Promise<CommandResult<Cleared>> {
    const counted = {
      ...poolAggregate,
      decider: { ...poolAggregate.decider, decide: () => accept<never>([], { cleared }) },
    };
    return this.shell.run<PoolState, Command, never, Cleared>(counted, poolId(this.tasks.model.pool), {
      type: 'ClearQueue',
      data: { band },
      metadata: { ...metadata, idempotent: true, deadline: undefined },
    });
  }
}
