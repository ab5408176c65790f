import { createHash } from 'node:crypto';
import type { EventLog, NewEvent } from '@ao/event-log';
import { testMetadata } from './test-service';

/** Appends what happened as one commit, whatever stands in the stream. @returns the position of its last event */
export async function append(
  log: Pick<EventLog, 'append'>,
  stream_id: string,
  ...events: readonly NewEvent[]
): Promise<number> {
  const metadata = testMetadata();
  const command_hash = createHash('sha256').update(metadata.command_id).digest('hex');
  const outcome = await log.append({ streams: [{ stream_id, events }], metadata, command_hash, result: {} });
  if (outcome.kind !== 'appended') throw new Error(outcome.kind);
  return outcome.position;
}
