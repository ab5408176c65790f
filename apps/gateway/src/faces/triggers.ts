import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { TriggerQueries } from '../projections/triggers/trigger.queries';
import { TriggersController } from './platform/triggers.controller';

/** The routes of triggers. */
export const triggerControllers = [TriggersController];

export const triggerProviders = [
  made(TriggerQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new TriggerQueries(pool, log)),
];
