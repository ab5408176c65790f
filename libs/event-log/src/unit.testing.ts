import { createHash } from 'node:crypto';
import { newId } from '@ao/kernel';
import type { AppendUnit, NewEvent, StreamAppend } from './types';

/** A unit on one stream: that many events, with a result that names its command. */
export function unitOf(stream_id: string, expected_version: number | undefined, count = 1): AppendUnit {
  const command_id = newId();
  const events = Array.from({ length: count }, (_, n) => happened({ command_id, n }));
  return unitOn([{ stream_id, expected_version, events }], command_id);
}

export function unitOn(streams: readonly StreamAppend[], command_id = newId()): AppendUnit {
  return {
    streams,
    metadata: {
      actor: { type: 'system', id: 'event-log-test' },
      correlation_id: command_id,
      causation_id: command_id,
      command_id,
    },
    command_hash: createHash('sha256').update(command_id).digest('hex'),
    result: { of: command_id },
  };
}

export function happened(data: unknown, type = 'ThingHappened'): NewEvent {
  return { type, schema_version: 1, data };
}

export const freshStream = (category = 'thing') => `${category}-${newId()}`;
