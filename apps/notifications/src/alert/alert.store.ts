import type { AlertDocument, AlertKind, Severity } from '@ao/contracts';
import type { ClientBase, Pool } from 'pg';
import type { RaisedAlerts } from './alert.verdict';

type Queryable = Pick<Pool | ClientBase, 'query'>;

export async function loadAlerts(client: Queryable, ids: readonly string[]): Promise<Map<string, AlertDocument>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<{ document: AlertDocument }>({
    name: 'load_alerts',
    text: 'select document from notifications.alerts where alert_id = any($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map(({ document }) => [document.alert_id, document]));
}

export async function storeAlerts(client: Queryable, alerts: Iterable<AlertDocument>): Promise<void> {
  const documents = [...alerts];
  if (documents.length === 0) return;
  await client.query({
    name: 'store_alerts',
    text: `insert into notifications.alerts (alert_id, kind, source, raised, document)
           select (document ->> 'alert_id')::uuid, document ->> 'kind', document ->> 'source',
                  document ->> 'status' = 'raised', document
             from unnest($1::json[]) as t(document)
           on conflict (alert_id) do update set raised = excluded.raised, document = excluded.document`,
    values: [documents.map((document) => JSON.stringify(document))],
  });
}

/** What stands of these kinds. */
export async function raisedAlerts(
  client: Queryable,
  kinds: readonly AlertKind[],
): Promise<{ readonly severityOf: RaisedAlerts; readonly sources: readonly { kind: AlertKind; source: string }[] }> {
  const { rows } = await client.query<{ kind: AlertKind; source: string; severity: Severity }>({
    name: 'raised_alerts',
    text: `select kind, source, document ->> 'severity' as severity from notifications.alerts
            where raised and kind = any($1)`,
    values: [kinds],
  });
  const severities = new Map(rows.map(({ kind, source, severity }) => [`${kind} ${source}`, severity]));
  return { severityOf: (kind, source) => severities.get(`${kind} ${source}`), sources: rows };
}

/** What is watched, as its events left it. */
export interface StoredSubject {
  readonly subject: string;
  /** Of the last event that changed it. */
  readonly position: number;
  readonly document: object;
}

export async function loadSubjects(
  client: Queryable,
  subjects: readonly string[],
): Promise<Map<string, StoredSubject>> {
  if (subjects.length === 0) return new Map();
  const { rows } = await client.query<{ subject: string; position: string | number; document: object }>({
    name: 'load_alert_subjects',
    text: 'select subject, position, document from notifications.alert_subjects where subject = any($1)',
    values: [subjects],
  });
  return new Map(rows.map((row) => [row.subject, { ...row, position: Number(row.position) }]));
}

export async function storeSubjects(
  client: Queryable,
  kept: readonly StoredSubject[],
  gone: readonly string[],
): Promise<void> {
  if (gone.length > 0)
    await client.query({
      name: 'delete_alert_subjects',
      text: 'delete from notifications.alert_subjects where subject = any($1)',
      values: [gone],
    });
  if (kept.length === 0) return;
  await client.query({
    name: 'store_alert_subjects',
    text: `insert into notifications.alert_subjects (subject, position, document)
           select * from unnest($1::text[], $2::bigint[], $3::json[])
           on conflict (subject) do update set position = excluded.position, document = excluded.document`,
    values: [
      kept.map(({ subject }) => subject),
      kept.map(({ position }) => position),
      kept.map(({ document }) => JSON.stringify(document)),
    ],
  });
}

/** Whether nothing has happened to it since it was read; if so, nothing can until the transaction has ended. */
export async function isUnchanged(transaction: ClientBase, subject: string, position: number): Promise<boolean> {
  const { rowCount } = await transaction.query({
    name: 'lock_alert_subject',
    text: 'select from notifications.alert_subjects where subject = $1 and position = $2 for update',
    values: [subject, position],
  });
  return rowCount === 1;
}

/** ISO times of tasks that became dead letters. */
export async function countDeadLetters(client: Queryable, times: readonly string[]): Promise<void> {
  if (times.length === 0) return;
  await client.query({
    name: 'count_dead_letters',
    text: `insert into notifications.dead_letter_counts as c (second, count)
           select date_trunc('second', at), count(*) from unnest($1::timestamptz[]) as t(at) group by 1
           on conflict (second) do update set count = c.count + excluded.count`,
    values: [times],
  });
}

/** How many there were since a time (milliseconds since the Unix epoch); forgets the older ones. */
export async function deadLettersSince(client: Queryable, since: number): Promise<number> {
  const { rows } = await client.query<{ count: string }>({
    name: 'dead_letters_since',
    text: `with old as (delete from notifications.dead_letter_counts where second < $1)
           select coalesce(sum(count), 0) as count from notifications.dead_letter_counts where second >= $1`,
    values: [new Date(since)],
  });
  return Number(rows[0]?.count ?? 0);
}

export async function expectedServices(client: Queryable): Promise<Set<string>> {
  const { rows } = await client.query<{ service: string }>('select service from notifications.expected_services');
  return new Set(rows.map(({ service }) => service));
}

/** Notes who came and who went. */
export async function expectServices(
  client: Queryable,
  came: readonly string[],
  went: readonly string[],
): Promise<void> {
  if (came.length > 0)
    await client.query('insert into notifications.expected_services select unnest($1::text[]) on conflict do nothing', [
      came,
    ]);
  if (went.length > 0)
    await client.query('delete from notifications.expected_services where service = any($1)', [went]);
}
