import { allEvents, eventUpcasters, publicEventOf } from '@ao/contracts';
import { defineUpcasters, type RecordedEvent } from '@ao/event-log';
import { cloudEvent } from '@ao/outbound';
import type { Pool } from 'pg';
import { createBatchCache } from './batch-cache';

/** What this installation calls itself in CloudEvents. */
export const SOURCE = '/agent-orchestration';
/** Some megabytes: an event goes to several webhooks at about the same time. */
const MOST = 500;

const READ = `
  select position, stream_id, category, version, type, schema_version, data, metadata,
         to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at
    from event_log.events where position = any($1::bigint[])`;

/** Events of the log as they are delivered: the text that is signed and sent. Undefined: nobody outside hears of it. */
export function createEventBodies(pool: Pool) {
  const upcasters = defineUpcasters(eventUpcasters, allEvents);
  return createBatchCache<number, string>({
    most: MOST,
    async load(positions) {
      const { rows } = await pool.query<RecordedEvent & { data: object }>({
        name: 'events_at',
        text: READ,
        values: [positions],
      });
      const bodies = new Map<number, string>();
      for (const row of rows) {
        const written = { ...row, position: Number(row.position), version: Number(row.version) };
        const told = publicEventOf(upcasters.upcast(written) as typeof written);
        if (told) bodies.set(told.position, cloudEvent(told, { source: SOURCE }));
      }
      return bodies;
    },
  });
}
