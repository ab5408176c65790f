import type { Followed, RecordedEvent } from '@ao/event-log';

/**
 * A read model of documents: one row per id, folded from the events that concern it. Pure: nothing but the events goes
 * in (no time, no randomness, no other table), so that a rebuild gives the same bytes.
 */
export interface Projection<Document extends object = object> extends Omit<Followed, 'interest'> {
  /** Names its subscription, its announcements and `npm run replay -- NAME`; snake_case. */
  readonly name: string;
  /** Raise it when the documents change their meaning or shape, and rebuild: see `rebuildProjection`. */
  readonly version: number;
  /** `schema.table` with the columns id text primary key, document json, position bigint, and those of `columns`. */
  readonly table: string;
  /** The id of the document that the event concerns; undefined: none. */
  key(event: RecordedEvent): string | undefined;
  /** True of the first event that a document can have: there is none yet, and nothing to read. Absent: never known. */
  begins?(event: RecordedEvent): boolean;
  /**
   * The document after the event; the same object when it changes nothing; undefined: no document (any more). Must not
   * change the document it gets.
   */
  evolve(document: Document | undefined, event: RecordedEvent): Document | undefined;
  /** Values of the further columns, for queries to filter and sort by; always the same keys. JSON values; times as ISO text. */
  columns?(document: Document): Readonly<Record<string, unknown>>;
  readonly counters?: Counters<Document>;
}

/**
 * Whole numbers that are kept beside the documents, in the same transaction: sizes of queues, statistics. (Sums of
 * fractions would depend on their order.) A counter that stands at 0 has no row.
 */
export interface Counters<Document extends object> {
  /** `schema.table` with the columns counter text primary key, value bigint. */
  readonly table: string;
  /** By how much each counter changes when one event turns `before` into `after`. */
  delta(
    before: Document | undefined,
    after: Document | undefined,
    event: RecordedEvent,
  ): Readonly<Record<string, number>>;
  /** What one document adds to each counter, where that is all there is to `delta`: it then need not be asked per event. */
  of?(document: Document): Readonly<Record<string, number>>;
}

/** Counters that say how many documents stand where: `of` names what one document adds to each. */
export function countersOf<Document extends object>(
  table: string,
  of: (document: Document) => Readonly<Record<string, number>>,
): Counters<Document> {
  return {
    table,
    of,
    delta(before, after) {
      const delta: Record<string, number> = {};
      if (before) for (const [name, value] of Object.entries(of(before))) delta[name] = -value;
      if (after) for (const [name, value] of Object.entries(of(after))) delta[name] = (delta[name] ?? 0) + value;
      return delta;
    },
  };
}

export interface TableName {
  readonly schema: string;
  readonly table: string;
  /** Quoted, for SQL. */
  readonly sql: string;
}

const NAME = /^[a-z_][a-z0-9_]{0,50}$/;

/** @throws when the name is not `schema.table` in plain lower-case */
export function tableName(qualified: string): TableName {
  const [schema, table, surplus] = qualified.split('.');
  if (!schema || !table || surplus !== undefined || !NAME.test(schema) || !NAME.test(table))
    throw new Error(`'${qualified}' is not schema.table in plain lower-case names`);
  return { schema, table, sql: `"${schema}"."${table}"` };
}

/** The table of a projection's documents, for a migration; `columns` as SQL, for example `status text not null`. */
export function documentTableSql(qualified: string, columns: readonly string[] = []): string {
  const further = columns.map((column) => `,\n  ${column}`).join('');
  return `create table ${tableName(qualified).sql} (
  id text primary key,
  document json not null,
  -- Of the last event that changed the document.
  position bigint not null${further}
) with (fillfactor = 80);
`;
}

/** The table of a projection's counters, for a migration. */
export function counterTableSql(qualified: string): string {
  return `create table ${tableName(qualified).sql} (
  counter text primary key,
  value bigint not null
) with (fillfactor = 50);
`;
}
