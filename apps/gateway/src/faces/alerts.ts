import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { AlertQueries } from '../projections/alerts/alert.queries';
import { AlertsController } from './platform/alerts.controller';

/** The routes of system alerts. */
export const alertControllers = [AlertsController];

export const alertProviders = [
  made(AlertQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new AlertQueries(pool, log)),
];
