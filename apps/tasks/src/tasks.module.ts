import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell, EventLog, Subscriptions } from '@ao/event-log';
import type { Bus } from '@ao/messaging';
import {
  BUS,
  CONFIG,
  COMMAND_SHELL,
  EVENT_LOG,
  LIFECYCLE,
  LOGGER,
  METRICS,
  PlatformModule,
  POOL,
  SUBSCRIPTIONS,
  type Lifecycle,
  type Logger,
} from '@ao/platform';
import { STRATEGIES } from '@ao/routing';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { LeaseHandlers } from './lease/lease.handlers';
import { QueueHandlers } from './queue/queue.handlers';
import { TaskHandlers } from './task/task.handlers';
import { tasksConfig, type TasksConfig } from './tasks.config';
import { TasksService } from './tasks.service';

const tasksService = {
  provide: TasksService,
  useFactory: (
    pool: Pool,
    log: EventLog,
    shell: CommandShell,
    subscriptions: Subscriptions,
    bus: Bus,
    metrics: Registry,
    logger: Logger,
    config: TasksConfig,
  ) =>
    new TasksService({
      pool,
      log,
      shell,
      subscriptions,
      bus,
      clock: log.clock,
      metrics,
      logger,
      strategy: STRATEGIES[config.ROUTING_STRATEGY],
    }),
  inject: [POOL, EVENT_LOG, COMMAND_SHELL, SUBSCRIPTIONS, BUS, METRICS, LOGGER, CONFIG],
};

/** Tasks: their life, their queues, and which agent gets which. */
@Module({
  imports: [PlatformModule.forService({ service: 'tasks', schema: 'tasks', config: tasksConfig })],
  controllers: [TaskHandlers, LeaseHandlers, QueueHandlers],
  providers: [tasksService],
})
export class TasksModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    this.lifecycle.onDrain('dispatch', () => this.tasks.standDown());
    await this.tasks.start();
  }

  /** After the last command was answered: what it reported is written as well. */
  async onModuleDestroy(): Promise<void> {
    await this.tasks.close();
  }
}
