import type { EventMetadata } from '@ao/kernel';
import type { QueryConfig } from 'pg';
import type { RecordedEvent } from './types';

/** A row of the log as Postgres sent it: the text of each column, not parsed yet. */
export type LogRow = readonly [
  position: string,
  stream_id: string,
  category: string,
  version: string,
  type: string,
  schema_version: string,
  data: string,
  metadata: string,
  recorded_at: string,
];

/** Of `event_log.events e`. */
export const COLUMNS =
  'e.position, e.stream_id, e.category, e.version, e.type, e.schema_version, e.data, e.metadata, ' +
  "e.recorded_at at time zone 'UTC' as recorded_at";

/** Rows as arrays of text: JSON and numbers are parsed here, not in the driver. */
export const AS_TEXT = {
  rowMode: 'array',
  types: { getTypeParser: () => (text: string) => text } as unknown as QueryConfig['types'],
};

/** Rows to events. Events of one unit share their metadata and those of one commit their time: each is parsed once. */
export function eventsOfRows(rows: readonly LogRow[]): RecordedEvent[] {
  let metadataText = '';
  let metadata!: EventMetadata;
  let timeText = '';
  let recorded_at = '';
  return rows.map((row) => {
    if (row[7] !== metadataText) {
      metadataText = row[7];
      metadata = JSON.parse(metadataText) as EventMetadata;
    }
    if (row[8] !== timeText) {
      timeText = row[8];
      recorded_at = isoOf(timeText);
    }
    return {
      position: Number(row[0]),
      stream_id: row[1],
      category: row[2],
      version: Number(row[3]),
      type: row[4],
      schema_version: Number(row[5]),
      data: JSON.parse(row[6]) as unknown,
      metadata,
      recorded_at,
    };
  });
}

/** `2026-01-02 03:04:05.06` in UTC as ISO 8601 with six digits; Postgres leaves trailing zeros out. */
export function isoOf(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).padEnd(6, '0')}Z`;
}
