import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell, EventLog, Subscriptions } from '@ao/event-log';
import type { Bus, CommandClient } from '@ao/messaging';
import {
  BUS,
  CONFIG,
  COMMAND_CLIENT,
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
import { BudgetHandlers } from './budget/budget.handlers';
import { BreakerHandlers } from './circuit-breaker/breaker.handlers';
import { DeadLetterHandlers } from './dead-letter/dead-letter.handlers';
import { LeaseHandlers } from './lease/lease.handlers';
import { ExplainHandlers } from './explain/explain.handlers';
import { LimitHandlers } from './limit/limit.handlers';
import { QueueHandlers } from './queue/queue.handlers';
import { ScheduleHandlers } from './schedule/schedule.handlers';
import { SshHandlers } from './ssh/ssh.handlers';
import { sshSettings } from './ssh/ssh.service';
import { SubmissionHandlers } from './task/submission.handlers';
import { TaskHandlers } from './task/task.handlers';
import { TaskTypeHandlers } from './task-type/task-type.handlers';
import { tasksConfig, type TasksConfig } from './tasks.config';
import { TasksService } from './tasks.service';
import { UsageHandlers } from './usage/usage.handlers';

const tasksService = {
  provide: TasksService,
  useFactory: (
    pool: Pool,
    log: EventLog,
    shell: CommandShell,
    subscriptions: Subscriptions,
    bus: Bus,
    commands: CommandClient,
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
      commands,
      clock: log.clock,
      metrics,
      logger,
      strategy: STRATEGIES[config.ROUTING_STRATEGY],
      ageingSeconds: config.TASK_AGEING_SECONDS,
      ssh: sshSettings(config),
    }),
  inject: [POOL, EVENT_LOG, COMMAND_SHELL, SUBSCRIPTIONS, BUS, COMMAND_CLIENT, METRICS, LOGGER, CONFIG],
};

/** Tasks: their life, their queues, and which agent gets which. */
@Module({
  imports: [PlatformModule.forService({ service: 'tasks', schema: 'tasks', config: tasksConfig })],
  controllers: [
    SubmissionHandlers,
    TaskHandlers,
    LeaseHandlers,
    QueueHandlers,
    DeadLetterHandlers,
    UsageHandlers,
    BudgetHandlers,
    BreakerHandlers,
    TaskTypeHandlers,
    LimitHandlers,
    ScheduleHandlers,
    ExplainHandlers,
    SshHandlers,
  ],
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
