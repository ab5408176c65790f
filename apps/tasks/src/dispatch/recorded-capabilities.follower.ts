import type { CapabilityEvent } from '@ao/contracts';
import type { RunningLocal, Subscriptions } from '@ao/event-log';
import { runProjection } from '@ao/projections';
import type { Pool } from 'pg';
import { recordedNameProjection, type RecordedCapabilities, type RecordedName } from './recorded-capabilities';

export interface FollowRecordedCapabilitiesOptions {
  readonly subscriptions: Subscriptions;
  readonly pool: Pick<Pool, 'query'>;
  /** These agents can do something else now. Must not throw. */
  readonly changed: (agentIds: Iterable<string>) => void;
}

/**
 * Keeps the table of registered capabilities (one replica writes it), and their names in memory in every replica: seeded
 * from the table, so that no start reads the whole history. Beside the view of the pool and not of its position: a task
 * that is read before the capability it needs waits for it, and no longer than until that is read too.
 */
export async function followRecordedCapabilities(
  recorded: RecordedCapabilities,
  { subscriptions, pool, changed }: FollowRecordedCapabilitiesOptions,
): Promise<RunningLocal> {
  await runProjection(subscriptions, recordedNameProjection);
  return subscriptions.local({
    name: 'recorded-capabilities',
    categories: recordedNameProjection.categories,
    async seed() {
      // The records and the checkpoint they stand at, of one snapshot; one row at least, for the checkpoint.
      const { rows } = await pool.query<{ position: number; document: RecordedName | null }>(
        `select coalesce(checkpoint.position, 0) as position, recorded.document
         from (select max(position) as position from tasks.subscription_checkpoints where subscription = $1) as checkpoint
         left join tasks.recorded_capabilities as recorded on true`,
        [recordedNameProjection.name],
      );
      changed(recorded.seed(rows.flatMap(({ document }) => (document ? [document] : []))));
      return rows[0]?.position ?? 0;
    },
    handle(events) {
      const agents = events.map((event) => recorded.apply(event as unknown as CapabilityEvent));
      changed(new Set(agents.filter((agentId) => agentId !== undefined)));
    },
  });
}
