import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { BreakerQueries } from '../projections/circuit-breakers/breaker.queries';
import { TaskTypeQueries } from '../projections/task-types/task-type.queries';
import { CircuitBreakersController } from './platform/circuit-breakers.controller';
import { TaskTypesController } from './platform/task-types.controller';

/** The routes of circuit breakers and of the defaults of task types. */
export const breakerControllers = [CircuitBreakersController, TaskTypesController];

export const breakerProviders = [
  made(BreakerQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new BreakerQueries(pool, log)),
  made(TaskTypeQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new TaskTypeQueries(pool, log)),
];
