import { Controller, Inject } from '@nestjs/common';
import {
  breakerCounts,
  configureBreaker,
  deleteBreaker,
  forceBreaker,
  resetBreaker,
  type DataOf,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import type { Clock, CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { CLOCK, COMMAND_SHELL, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { breakerAggregate, breakerId, type BreakerCommand } from './breaker.decider';
import { loadBreakers, loadTallies } from './breaker.store';
import { countsOf } from './tally';

/** The doors of circuit breakers. Any replica answers. */
@Controller()
export class BreakerHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(configureBreaker)
  configure(data: DataOf<typeof configureBreaker>, metadata: CommandMetadata): Answer<typeof configureBreaker> {
    return this.run('ConfigureBreaker', { ...data, breaker_id: breakerId(data.name) }, metadata);
  }

  @CommandHandler(forceBreaker)
  force(data: DataOf<typeof forceBreaker>, metadata: CommandMetadata): Answer<typeof forceBreaker> {
    return this.run('ForceBreaker', data, metadata);
  }

  @CommandHandler(resetBreaker)
  reset(data: DataOf<typeof resetBreaker>, metadata: CommandMetadata): Answer<typeof resetBreaker> {
    return this.run('ResetBreaker', data, metadata);
  }

  @CommandHandler(deleteBreaker)
  remove(data: DataOf<typeof deleteBreaker>, metadata: CommandMetadata): Answer<typeof deleteBreaker> {
    return this.run('DeleteBreaker', data, metadata);
  }

  @QueryHandler(breakerCounts)
  async counts({ breaker_ids }: DataOf<typeof breakerCounts>): Promise<ResultOf<typeof breakerCounts>> {
    const [breakers, tallies] = await Promise.all([loadBreakers(this.pool), loadTallies(this.pool, breaker_ids)]);
    const now = this.clock.now();
    const counts = breakers.flatMap(({ breaker_id, window_seconds }) => {
      const tally = tallies.get(breaker_id);
      return tally ? [{ breaker_id, ...countsOf(tally, now, window_seconds) }] : [];
    });
    return { counts };
  }

  private run<Type extends BreakerCommand['type'], Result>(
    type: Type,
    data: Extract<BreakerCommand, { type: Type }>['data'],
    metadata: CommandMetadata,
  ): Promise<CommandResult<Result>> {
    return this.shell.run(breakerAggregate, data.breaker_id, { type, data, metadata });
  }
}
