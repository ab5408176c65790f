import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { ModelPositions } from '../commands/model-positions';
import { made } from '../made';
import { SshConnectionQueries } from '../projections/ssh-connections/ssh-connection.queries';
import { TaskEndings } from '../projections/tasks/task.ending';
import { TaskQueries } from '../projections/tasks/task.queries';
import { SshConnectionsController } from './platform/ssh-connections.controller';

/** The routes of SSH connections. */
export const sshControllers = [SshConnectionsController];

export const sshProviders = [
  made(SshConnectionQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new SshConnectionQueries(pool, log)),
  made(
    TaskEndings,
    [TaskQueries, ModelPositions],
    (tasks: TaskQueries, positions: ModelPositions) => new TaskEndings(tasks, positions),
  ),
];
