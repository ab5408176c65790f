import { waitForMigration } from '@ao/event-log';
import type { Pool } from 'pg';

/** Timestamp in the name of the newest migration class of this service. */
const NEWEST_MIGRATION = 1767225600003;

/** Waits until `npm run migrate` has brought this service's own schema to this release. */
export const waitForSchema = (pool: Pool, log: { warn(message: string): void }) =>
  waitForMigration(pool, 'workflows', NEWEST_MIGRATION, log);
