import { createHash, randomUUID } from 'node:crypto';
import type { AppendUnit, NewEvent } from './types';

/** A unit of append for tests: one stream, any version, the metadata of an operator. */
export function testUnit(streamId: string, events: readonly NewEvent[]): AppendUnit {
  const command_id = randomUUID();
  return {
    streams: [{ stream_id: streamId, events }],
    metadata: {
      actor: { type: 'operator', id: 'test' },
      correlation_id: command_id,
      causation_id: command_id,
      command_id,
    },
    command_hash: createHash('sha256').update(command_id).digest('hex'),
    result: {},
  };
}

/** An event of schema version 1. */
export function testEvent(type: string, data: unknown, schema_version = 1): NewEvent {
  return { type, schema_version, data };
}
