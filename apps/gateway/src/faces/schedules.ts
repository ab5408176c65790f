import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { ScheduleQueries } from '../projections/schedules/schedule.queries';
import { SchedulesController } from './platform/schedules.controller';

/** The routes of schedules. */
export const scheduleControllers = [SchedulesController];

export const scheduleProviders = [
  made(ScheduleQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new ScheduleQueries(pool, log)),
];
