import type { TaskEvent } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';

const PAGE = 200;

export type LateResult = Extract<TaskEvent, { type: 'TaskCompletionRejected' }>['data'];

/** The result that came last when it was too late: under that lease, else under any. */
export async function lateResultOf(
  log: Pick<EventReader, 'readStream'>,
  taskId: string,
  leaseToken: string | undefined,
): Promise<LateResult | undefined> {
  let found: LateResult | undefined;
  for (let fromVersion = 1; ; fromVersion += PAGE) {
    const events = await log.readStream(streamId('task', taskId), { fromVersion, limit: PAGE });
    for (const event of events as unknown as TaskEvent[]) {
      if (event.type !== 'TaskCompletionRejected' || !event.data.success) continue;
      if (leaseToken === undefined || event.data.lease_token === leaseToken) found = event.data;
    }
    if (events.length < PAGE) return found;
  }
}
