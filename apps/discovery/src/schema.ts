import { isMigrated } from '@ao/event-log';
import type { Pool } from 'pg';

/** Timestamp in the name of the newest migration class of this service. */
const NEWEST_MIGRATION = 1767225600003;

/** Waits until `npm run migrate` has brought this service's own schema to this release. */
export async function waitForSchema(pool: Pool, log: { warn(message: string): void }): Promise<void> {
  for (let looks = 0; !(await isMigrated(pool, 'discovery', NEWEST_MIGRATION)); looks += 1) {
    if (looks % 25 === 0) log.warn('discovery waits for its migrations (npm run migrate)');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
