import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { RunQueries } from '../projections/runs/run.queries';
import { OperationsRunsController } from './operations/runs.controller';
import { RunCommandsController } from './platform/run-commands.controller';
import { RunGraphController } from './platform/run-graph.controller';
import { RunsController } from './platform/runs.controller';

/** The routes of runs of workflows. */
export const runControllers = [RunsController, RunCommandsController, RunGraphController, OperationsRunsController];

export const runProviders = [
  made(RunQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new RunQueries(pool, log)),
];
