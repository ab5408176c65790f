import { categoryOf } from '@ao/kernel';
import type { QueryConfig } from 'pg';
import { bytesArray, int4Array, int8Array, textArray } from './binary-array';
import type { PreparedUnit } from './prepared-unit';
import type { Commit } from './subscription.types';
import type { AppendOutcome, Position, RecordedEvent } from './types';

const APPEND = 'select event_log.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)';

/** What event_log.append answers; see append.sql. */
export interface AppendReply {
  readonly now: number;
  readonly at: number;
  readonly head: Position;
  readonly outcomes: string;
  readonly versions: readonly number[] | null;
  readonly details: readonly Detail[] | null;
}

type Detail =
  | { readonly unit: number; readonly position: Position; readonly result: unknown }
  | { readonly unit: number; readonly stream_id: string; readonly expected: number; readonly actual: number };

/** The batch as one named prepared statement. */
export function appendStatement(batch: readonly PreparedUnit[], timeoutMs: number): QueryConfig {
  const streamUnits: number[] = [];
  const streamIds: string[] = [];
  const expected: (number | undefined)[] = [];
  const counts: number[] = [];
  const eventStreams: number[] = [];
  const types: string[] = [];
  const schemaVersions: number[] = [];
  const data: string[] = [];
  for (let index = 0; index < batch.length; index += 1) {
    const { unit, data: texts } = batch[index]!;
    for (const stream of unit.streams) {
      streamUnits.push(index + 1);
      streamIds.push(stream.stream_id);
      expected.push(stream.expected_version);
      for (const event of stream.events) {
        eventStreams.push(streamIds.length);
        types.push(event.type);
        schemaVersions.push(event.schema_version);
      }
    }
    for (const text of texts) data.push(text);
    counts.push(texts.length);
  }
  return {
    name: 'event_log_append',
    text: APPEND,
    values: [
      bytesArray(
        batch.map((unit) => unit.commandId),
        'uuid',
      ),
      bytesArray(
        batch.map((unit) => unit.commandHash),
        'bytea',
      ),
      textArray(
        batch.map((unit) => unit.result),
        'json',
      ),
      textArray(
        batch.map((unit) => unit.metadata),
        'json',
      ),
      int4Array(counts),
      int4Array(streamUnits),
      textArray(streamIds),
      int8Array(expected),
      int4Array(eventStreams),
      textArray(types),
      int4Array(schemaVersions),
      textArray(data, 'json'),
    ],
    rowMode: 'array',
    query_timeout: timeoutMs,
  } as QueryConfig;
}

export interface BatchResult {
  /** One per unit, in the batch's order. */
  readonly outcomes: readonly AppendOutcome[];
  readonly events: readonly RecordedEvent[];
  /** Absent when nothing was appended. */
  readonly commit?: Commit;
}

/** Turns the reply into an outcome for each unit, and the events as the log now has them, without reading them back. */
export function batchResult(batch: readonly PreparedUnit[], reply: AppendReply): BatchResult {
  const details = new Map((reply.details ?? []).map((detail) => [detail.unit, detail]));
  const recordedAt = isoMicroseconds(reply.at);
  const outcomes: AppendOutcome[] = [];
  const events: RecordedEvent[] = [];
  const categories: Record<string, number> = {};
  let position = reply.head;
  let stream = 0;
  for (let index = 0; index < batch.length; index += 1) {
    const { unit } = batch[index]!;
    const letter = reply.outcomes[index];
    if (letter !== 'a') {
      stream += unit.streams.length;
      outcomes.push(refusal(letter, details.get(index + 1)));
      continue;
    }
    const versions: Record<string, number> = {};
    for (const { stream_id, events: added } of unit.streams) {
      let version = reply.versions![stream]!;
      stream += 1;
      if (added.length > 0) {
        const category = categoryOf(stream_id);
        categories[category] = (categories[category] ?? 0) + added.length;
        for (const { type, schema_version, data } of added) {
          position += 1;
          version += 1;
          const { metadata } = unit;
          events.push({
            position,
            stream_id,
            category,
            version,
            type,
            schema_version,
            data,
            metadata,
            recorded_at: recordedAt,
          });
        }
      }
      versions[stream_id] = version;
    }
    outcomes.push({ kind: 'appended', position, versions });
  }
  return position > reply.head
    ? { outcomes, events, commit: { first: reply.head + 1, last: position, categories } }
    : { outcomes, events };
}

function refusal(letter: string | undefined, detail: Detail | undefined): AppendOutcome {
  if (letter === 'x') return { kind: 'command_id_reused' };
  if (letter === 'r' && detail && 'position' in detail)
    return { kind: 'repeated', position: detail.position, result: detail.result };
  if (letter === 'c' && detail && 'stream_id' in detail)
    return { kind: 'conflict', stream_id: detail.stream_id, expected: detail.expected, actual: detail.actual };
  throw new Error(`event_log.append answered '${letter}' for a unit`);
}

function isoMicroseconds(microseconds: number): string {
  const seconds = new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, 19);
  return `${seconds}.${String(microseconds % 1_000_000).padStart(6, '0')}Z`;
}
