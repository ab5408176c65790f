import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { InstallationQueries } from '../projections/installations/installation.queries';
import { MarketplaceController } from './platform/marketplace.controller';

/** The routes of templates, and of what is installed of them. */
export const marketplaceControllers = [MarketplaceController];

export const marketplaceProviders = [
  made(InstallationQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new InstallationQueries(pool, log)),
];
