import { Controller, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import {
  cancelTask,
  submitTask,
  taskEvents,
  type CompleteOrder,
  type DataOf,
  type ResultOf,
  type TaskEvent,
} from '@ao/contracts';
import type { Aggregate, CommandResult, CommandShell, Subscriptions } from '@ao/event-log';
import { accept, newId, type Command, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, done } from '@ao/messaging';
import {
  COMMAND_SHELL,
  LIFECYCLE,
  POOL,
  PlatformModule,
  SUBSCRIPTIONS,
  bootService,
  type Lifecycle,
} from '@ao/platform';
import type { Pool } from 'pg';
import { z } from 'zod';

/**
 * The smallest service there can be, for the tests of the platform: it takes tasks and forgets them. It runs with the
 * NATS user, the Postgres login and the schema of tasks.
 */
type SubmitTask = Command<'SubmitTask', CompleteOrder>;

const sample: Aggregate<{ submitted: boolean }, SubmitTask, TaskEvent> = {
  category: 'task',
  schemaVersions: Object.fromEntries(
    Object.values(taskEvents).map(({ type, schemaVersion }) => [type, schemaVersion]),
  ) as Record<TaskEvent['type'], number>,
  decider: {
    initialState: () => ({ submitted: false }),
    evolve: (state, event) => (event.type === 'TaskSubmitted' ? { submitted: true } : state),
    decide({ data, metadata }) {
      const [task_id = ''] = metadata.fresh_ids;
      const submitted_at = metadata.time;
      return accept([{ type: 'TaskSubmitted', data: { ...data, task_id, pool: 'sample', submitted_at } }], {
        task_id,
        submitted_at,
      });
    },
  },
};

@Controller()
class SampleHandlers implements OnApplicationBootstrap {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
  ) {
    lifecycle.onDrain('sample', () => {
      process.stdout.write('sample drains\n');
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.subscriptions.local({
      name: 'sample.tasks',
      categories: ['task'],
      seed: () => Promise.resolve(0),
      handle: () => undefined,
    });
  }

  @CommandHandler(submitTask)
  submit(
    data: DataOf<typeof submitTask>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof submitTask>>> {
    // Its tests say it all.
    return this.shell.run(sample, newId(), { type: 'SubmitTask', data: data as CompleteOrder, metadata });
  }

  /** Takes a second, or brings the process down. */
  @CommandHandler(cancelTask)
  async cancel({ reason }: DataOf<typeof cancelTask>): Promise<CommandResult<ResultOf<typeof cancelTask>>> {
    if (reason === 'unhandled') void Promise.reject(new Error('nobody handles this'));
    await this.pool.query('select pg_sleep(1)');
    return done({ cancelled_at: new Date(0).toISOString() });
  }
}

@Module({ imports: [PlatformModule.forService({ service: 'tasks', schema: 'tasks' })], controllers: [SampleHandlers] })
class SampleModule {}

void bootService({
  service: 'tasks',
  module: SampleModule,
  config: z.object({ SAMPLE_SIZE: z.coerce.number().int().default(1).describe('how large the sample is') }),
  refuse: ({ SAMPLE_SIZE }) => (SAMPLE_SIZE > 9 ? 'a sample above 9 is none; set SAMPLE_SIZE lower.' : undefined),
});
