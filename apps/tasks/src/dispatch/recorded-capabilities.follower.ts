import type { CapabilityEvent } from '@ao/contracts';
import type { RunningLocal, Subscriptions } from '@ao/event-log';
import { readTable, runProjection } from '@ao/projections';
import type { Pool } from 'pg';
import { recordedNameProjection, type RecordedCapabilities, type RecordedName } from './recorded-capabilities';

export interface FollowRecordedCapabilitiesOptions {
  readonly subscriptions: Subscriptions;
  readonly pool: Pool;
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
      const records: RecordedName[] = [];
      const position = await readTable<RecordedName>(
        pool,
        recordedNameProjection,
        (page) => void records.push(...page),
      );
      changed(recorded.seed(records));
      return position;
    },
    handle(events) {
      const agents = events.map((event) => recorded.apply(event as unknown as CapabilityEvent));
      changed(new Set(agents.filter((agentId) => agentId !== undefined)));
    },
  });
}
