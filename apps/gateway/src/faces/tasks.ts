import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { AgentDirectory } from '../projections/agents/agent.directory';
import { ReadModelLists } from '../projections/read-model-lists';
import { SecretQueries } from '../projections/secrets/secret.queries';
import { DeadLetterQueries } from '../projections/tasks/dead-letter.queries';
import { TaskQueries } from '../projections/tasks/task.queries';
import { CoordinatorTasksController } from './coordinator/tasks.controller';
import { OperationsTasksController } from './operations/tasks.controller';
import { AgentTasksController } from './platform/agent-tasks.controller';
import { DeadLettersController } from './platform/dead-letters.controller';
import { DispatchLimitsController } from './platform/dispatch-limits.controller';
import { PlatformTaskCommandsController } from './platform/task-commands.controller';
import { TaskExplainController } from './platform/task-explain.controller';
import { TaskOrders } from './platform/task.orders';
import { PlatformTasksController } from './platform/tasks.controller';

/** The routes of tasks in every document, and what they read. */
export const taskControllers = [
  CoordinatorTasksController,
  OperationsTasksController,
  PlatformTasksController,
  PlatformTaskCommandsController,
  AgentTasksController,
  DeadLettersController,
  DispatchLimitsController,
  TaskExplainController,
];

export const taskProviders = [
  made(
    TaskQueries,
    [POOL, ReadModelLists, EVENT_LOG],
    (pool: Pool, lists: ReadModelLists, log: EventLog) => new TaskQueries(pool, lists, log),
  ),
  made(DeadLetterQueries, [POOL], (pool: Pool) => new DeadLetterQueries(pool)),
  made(
    TaskOrders,
    [AgentDirectory, SecretQueries],
    (directory: AgentDirectory, secrets: SecretQueries) => new TaskOrders({ directory, secrets }),
  ),
];
