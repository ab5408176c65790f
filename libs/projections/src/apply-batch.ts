import type { PoolClient } from 'pg';
import type { RecordedEvent } from '@ao/event-log';
import { tableName, type Projection } from './projection';

/** The tables a batch is applied to: the live ones, or those of a rebuild. */
export interface ProjectionTables {
  readonly documents: string;
  readonly counters?: string;
}

export function liveTables(projection: Projection): ProjectionTables {
  const documents = tableName(projection.table).sql;
  return projection.counters ? { documents, counters: tableName(projection.counters.table).sql } : { documents };
}

interface Entry<Document> {
  document: Document | undefined;
  /** As it was before the batch. */
  before: Document | undefined;
  position: number;
  changed: boolean;
  existed: boolean;
}

/** Documents that their only writer has in memory, so that it need not read them again; null: known to be absent. */
export interface DocumentCache<Document> {
  get(id: string): { readonly document: Document | undefined; readonly position: number } | undefined;
}

/** What a batch made of the documents it touched. */
export type Applied<Document> = Map<string, { document: Document | undefined; position: number }>;

/**
 * Folds a batch into the tables: one select of the documents it touches (less those in the cache and those that begin with
 * it) and one statement that writes documents and counters. The result does not depend on how the log is cut into batches.
 */
export async function applyBatch<Document extends object>(
  projection: Projection<Document>,
  tables: ProjectionTables,
  events: readonly RecordedEvent[],
  client: PoolClient,
  cache?: DocumentCache<Document>,
): Promise<Applied<Document>> {
  const concerned: { id: string; event: RecordedEvent }[] = [];
  const entries = new Map<string, Entry<Document>>();
  const wanted: string[] = [];
  for (const event of events) {
    const id = projection.key(event);
    if (id === undefined) continue;
    concerned.push({ id, event });
    if (entries.has(id)) continue;
    const cached = cache?.get(id);
    if (!cached && !projection.begins?.(event)) wanted.push(id);
    entries.set(id, {
      document: cached?.document,
      before: cached?.document,
      position: cached?.position ?? 0,
      existed: cached?.document !== undefined,
      changed: false,
    });
  }
  if (entries.size === 0) return new Map();
  if (wanted.length > 0) await load(tables, wanted, entries, client);

  const { counters } = projection;
  const counted = new Map<string, number>();
  for (const { id, event } of concerned) {
    const entry = entries.get(id)!;
    const before = entry.document;
    const after = asStored(projection.evolve(before, event));
    if (after === before) continue;
    entry.document = after;
    // A parked event may come after later ones of other streams.
    entry.position = Math.max(entry.position, event.position);
    entry.changed = true;
    if (counters && !counters.of) count(counted, counters.delta(before, after, event), 1);
  }
  // What documents add telescopes over the events of a batch: only its first and last state count.
  if (counters?.of)
    for (const { before, document, changed } of entries.values()) {
      if (!changed) continue;
      if (before) count(counted, counters.of(before), -1);
      if (document) count(counted, counters.of(document), 1);
    }
  await write(projection, tables, entries, counted, client);
  return entries;
}

async function load<Document>(
  tables: ProjectionTables,
  ids: readonly string[],
  entries: Map<string, Entry<Document>>,
  client: PoolClient,
): Promise<void> {
  const { rows } = await client.query<{ id: string; document: Document; position: string | number }>({
    ...prepared('load', tables.documents),
    text: `select id, document, position from ${tables.documents} where id = any($1)`,
    values: [ids],
  });
  for (const { id, document, position } of rows) {
    const entry = entries.get(id)!;
    entry.document = document;
    entry.before = document;
    entry.position = Number(position);
    entry.existed = true;
  }
}

/**
 * The document as it will come back from its table. A key with the value undefined is not stored, so a later value of it
 * would stand last after a reading and first without one: the bytes would tell how the log was cut into batches.
 */
function asStored<Document extends object>(document: Document | undefined): Document | undefined {
  for (const key in document) if (document[key] === undefined) return JSON.parse(JSON.stringify(document)) as Document;
  return document;
}

function count(into: Map<string, number>, delta: Readonly<Record<string, number>>, sign: 1 | -1): void {
  for (const counter in delta) {
    const by = delta[counter]!;
    if (!Number.isSafeInteger(by)) throw new Error(`counter '${counter}' changes by ${by}, which is no whole number`);
    into.set(counter, (into.get(counter) ?? 0) + sign * by);
  }
}

async function write<Document extends object>(
  projection: Projection<Document>,
  tables: ProjectionTables,
  entries: Map<string, Entry<Document>>,
  counted: ReadonlyMap<string, number>,
  client: PoolClient,
): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  const gone: string[] = [];
  for (const [id, { document, position, changed, existed }] of entries) {
    if (!changed) continue;
    if (document === undefined) {
      if (existed) gone.push(id);
    } else rows.push({ id, document, position, ...projection.columns?.(document) });
  }
  const counters = [...counted].filter(([, value]) => value !== 0).map(([counter, value]) => ({ counter, value }));
  const upsert = rows.length === 0 ? undefined : upsertSql(tables.documents, Object.keys(rows[0]!));
  if (tables.counters && counters.length > 0) {
    await client.query({
      ...prepared(upsert ? 'write' : 'count', tables.documents),
      text: countSql(tables.counters, upsert),
      values: [JSON.stringify(counters), ...(upsert ? [JSON.stringify(rows)] : [])],
    });
  } else if (upsert) {
    await client.query({ ...prepared('upsert', tables.documents), text: upsert, values: [JSON.stringify(rows)] });
  }
  if (gone.length > 0) await client.query(`delete from ${tables.documents} where id = any($1)`, [gone]);
}

/** $1: rows. Typed by the table's own row; a nested document keeps its text byte for byte. `keys`: the first is the id. */
function upsertSql(table: string, keys: readonly string[]): string {
  const names = keys.map((name) => `"${name}"`);
  const columns = names.join(', ');
  const set = names.slice(1).map((name) => `${name} = excluded.${name}`);
  return (
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json) ` +
    `on conflict (id) do update set ${set.join(', ')}`
  );
}

/** $1: changes of counters; with an upsert in the same statement its rows are $2. */
function countSql(table: string, upsert: string | undefined): string {
  const written = upsert === undefined ? '' : `written as (${upsert.replace('$1', '$2')}), `;
  // A zero left behind would tell how the log was cut into batches.
  return (
    `with ${written}` +
    `change as (select counter, value from json_to_recordset($1::json) as r(counter text, value bigint)), ` +
    `zero as (delete from ${table} c using change r where c.counter = r.counter and c.value + r.value = 0 returning c.counter) ` +
    `insert into ${table} as c (counter, value) ` +
    `select counter, value from change where counter not in (select counter from zero) ` +
    `on conflict (counter) do update set value = c.value + excluded.value`
  );
}

/** Names a statement for the session to keep; Postgres cuts longer names off, those are parsed each time. */
function prepared(verb: string, table: string): { name?: string } {
  const name = `${verb} ${table}`;
  return name.length <= 63 ? { name } : {};
}
