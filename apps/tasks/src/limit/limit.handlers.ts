import { Controller, Inject } from '@nestjs/common';
import {
  listDispatchLimits,
  removeDispatchLimit,
  setDispatchLimit,
  type DataOf,
  type DispatchLimitTarget,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { isRejection, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { limitAggregate, limitId } from './limit.decider';

/** How long an answer waits until this replica's gate has seen what it speaks of. */
const IN_FORCE_MS = 2_000;

/** The doors of the dispatch limits. */
@Controller()
export class LimitHandlers {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
  ) {}

  @CommandHandler(setDispatchLimit)
  set(payload: DataOf<typeof setDispatchLimit>, metadata: CommandMetadata): Answer<typeof setDispatchLimit> {
    const limit_id = limitId(payload);
    const command = { type: 'SetDispatchLimit' as const, data: { ...payload, limit_id }, metadata };
    return this.inForce(this.shell.run(limitAggregate, limit_id, command, { payload }));
  }

  @CommandHandler(removeDispatchLimit)
  remove(payload: DispatchLimitTarget, metadata: CommandMetadata): Answer<typeof removeDispatchLimit> {
    const limit_id = limitId(payload);
    const command = { type: 'RemoveDispatchLimit' as const, data: { ...payload, limit_id }, metadata };
    return this.inForce(this.shell.run(limitAggregate, limit_id, command, { payload }));
  }

  /** Every replica follows the same limits and the same leases, so every replica can answer. */
  @QueryHandler(listDispatchLimits)
  async list({
    limit,
    offset,
    at_least,
  }: DataOf<typeof listDispatchLimits>): Promise<ResultOf<typeof listDispatchLimits> | Rejection> {
    const { limits } = this.tasks;
    try {
      if (at_least !== undefined) await limits.reached(at_least, IN_FORCE_MS);
    } catch {
      const why = 'the limits in memory are behind the log';
      return reject('unavailable', 'limits_behind', `Expected to list the dispatch limits, but ${why}`);
    }
    const all = limits.gate.all();
    return { total: all.length, limits: all.slice(offset, offset + limit) };
  }

  /** The owner, if it is another replica, follows some milliseconds later. */
  private async inForce<Result>(running: Promise<CommandResult<Result>>): Promise<CommandResult<Result>> {
    const result = await running;
    if (!isRejection(result)) await this.tasks.limits.reached(result.position, IN_FORCE_MS).catch(() => undefined);
    return result;
  }
}
