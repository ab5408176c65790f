import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { fromPlatform, LIFECYCLE, PlatformModule, type Lifecycle, type ServicePlatform } from '@ao/platform';
import { STRATEGIES } from '@ao/routing';
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

const tasksService = fromPlatform(
  TasksService,
  ({ config, ...platform }: ServicePlatform<TasksConfig>) =>
    new TasksService({
      ...platform,
      strategy: STRATEGIES[config.ROUTING_STRATEGY],
      ageingSeconds: config.TASK_AGEING_SECONDS,
      ssh: sshSettings(config),
    }),
);

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
