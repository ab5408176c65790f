import { categoryOf } from '@ao/kernel';
import type { QueryConfig } from 'pg';
import type { ArrayWriter } from './binary-array';
import type { PreparedUnit } from './prepared-unit';
import type { AnnouncedEvent, Commit } from './subscription.types';
import type { AppendOutcome, Position } from './types';

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

/** Bytes that the arrays of a batch take at most: texts grow threefold at most, and their headers are in a unit's size. */
const capacityFor = (batch: readonly PreparedUnit[]) => batch.reduce((sum, { size }) => sum + 3 * size, 256);

/** The batch as one named prepared statement, good until `scratch` is asked for another. */
export function appendStatement(
  batch: readonly PreparedUnit[],
  scratch: (capacity: number) => ArrayWriter,
  timeoutMs: number,
): QueryConfig {
  const arrays = scratch(capacityFor(batch));
  const commandIds: string[] = [];
  const hashes: string[] = [];
  const results: string[] = [];
  const metadata: string[] = [];
  const streamUnits: number[] = [];
  const streamIds: string[] = [];
  const expected: (number | undefined)[] = [];
  const counts: number[] = [];
  const eventStreams: number[] = [];
  const types: string[] = [];
  const schemaVersions: number[] = [];
  const data: string[] = [];
  for (let index = 0; index < batch.length; index += 1) {
    const prepared = batch[index]!;
    const { unit, data: texts } = prepared;
    commandIds.push(prepared.commandId);
    hashes.push(unit.command_hash);
    results.push(prepared.result);
    metadata.push(prepared.metadata);
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
      arrays.hex(commandIds, 'uuid'),
      arrays.hex(hashes, 'bytea'),
      arrays.texts(results, 'json'),
      arrays.texts(metadata, 'json'),
      arrays.int4s(counts),
      arrays.int4s(streamUnits),
      arrays.texts(streamIds, 'text'),
      arrays.int8s(expected),
      arrays.int4s(eventStreams),
      arrays.texts(types, 'text'),
      arrays.int4s(schemaVersions),
      arrays.texts(data, 'json'),
    ],
    rowMode: 'array',
    query_timeout: timeoutMs,
  } as QueryConfig;
}

export interface BatchResult {
  /** One per unit, in the batch's order. */
  readonly outcomes: readonly AppendOutcome[];
  /** How many events were appended. */
  readonly count: number;
}

/** Turns the reply into an outcome for each unit. */
export function batchResult(batch: readonly PreparedUnit[], reply: AppendReply): BatchResult {
  const details = new Map((reply.details ?? []).map((detail) => [detail.unit, detail]));
  const outcomes: AppendOutcome[] = [];
  let position = reply.head;
  let stream = 0;
  for (let index = 0; index < batch.length; index += 1) {
    const { unit, data } = batch[index]!;
    const letter = reply.outcomes[index];
    if (letter !== 'a') {
      stream += unit.streams.length;
      outcomes.push(refusal(letter, details.get(index + 1)));
      continue;
    }
    // Without a prototype it is a dictionary from the start; a literal would get a shape of its own for each stream's id.
    const versions = Object.create(null) as Record<string, number>;
    for (const { stream_id, events } of unit.streams) {
      versions[stream_id] = reply.versions![stream]! + events.length;
      stream += 1;
    }
    position += data.length;
    outcomes.push({ kind: 'appended', position, versions });
  }
  return { outcomes, count: position - reply.head };
}

/** The events as the log now has them, without reading them back, and the commit they make; undefined when there are none. */
export function committedEvents(
  batch: readonly PreparedUnit[],
  reply: AppendReply,
): { commit: Commit; events: AnnouncedEvent[] } | undefined {
  const recorded_at = isoMicroseconds(reply.at);
  const events: AnnouncedEvent[] = [];
  const categories: Record<string, number> = {};
  let position = reply.head;
  let stream = 0;
  for (let index = 0; index < batch.length; index += 1) {
    const { unit, metadata, data } = batch[index]!;
    if (reply.outcomes[index] !== 'a') {
      stream += unit.streams.length;
      continue;
    }
    let datum = 0;
    for (const { stream_id, events: added } of unit.streams) {
      let version = reply.versions![stream]!;
      stream += 1;
      if (added.length === 0) continue;
      const category = categoryOf(stream_id);
      categories[category] = (categories[category] ?? 0) + added.length;
      for (const { type, schema_version } of added) {
        position += 1;
        version += 1;
        // From the texts that were appended; ids and types hold nothing that JSON escapes.
        const text =
          `{"position":${position},"stream_id":"${stream_id}","category":"${category}","version":${version},` +
          `"type":"${type}","schema_version":${schema_version},"data":${data[datum]},"metadata":${metadata},` +
          `"recorded_at":"${recorded_at}"}`;
        datum += 1;
        events.push({ position, category, text });
      }
    }
  }
  if (events.length === 0) return undefined;
  return { commit: { first: reply.head + 1, last: position, categories }, events };
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
