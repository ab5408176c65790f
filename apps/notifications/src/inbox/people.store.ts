import path from 'node:path';
import type { Recipients } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import { isoTime } from '@ao/kernel';
import type { ClientBase } from 'pg';
import type { MinuteCount } from './minute-counts';
import type { Person } from './person';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const RECIPIENTS = sql('recipients');
const WRITE = sql('write-people');
const WRITE_COUNTS = sql('write-minute-counts');

type Queryable = Pick<ClientBase, 'query'>;

const COLUMNS = 'user_id, role, active, email, preferences';

export interface Recipient {
  readonly user_id: string;
  /** Whether the person wants anything by mail. */
  readonly by_mail: boolean;
}

/** Active people who are meant; or how many events are still to be handled until it is known who they were at a position. */
export async function recipientsOf(
  client: Queryable,
  { users, roles }: Recipients,
  position: number | null,
): Promise<{ readonly people: readonly Recipient[] } | { readonly behind: number }> {
  const { rows } = await client.query<{ user_id: string | null; behind: number | null; by_mail: boolean }>({
    name: 'recipients',
    text: RECIPIENTS,
    values: [users, roles, position],
  });
  // Without a row the subscription has never been active.
  const behind = rows[0] ? (rows[0].behind ?? 0) : Infinity;
  if (behind > 0) return { behind };
  return { people: rows.flatMap(({ user_id, by_mail }) => (user_id === null ? [] : [{ user_id, by_mail }])) };
}

export async function findPeople(client: Queryable, userIds: readonly string[]): Promise<Person[]> {
  const { rows } = await client.query<Person>({
    name: 'find_people',
    text: `select ${COLUMNS} from notifications.people where user_id = any($1)`,
    values: [userIds],
  });
  return rows;
}

/** The same, and nobody else decides over their mail until the end of the transaction. */
export async function lockPeople(client: Queryable, userIds: readonly string[]): Promise<Person[]> {
  const { rows } = await client.query<Person>({
    name: 'lock_people',
    text: `select ${COLUMNS} from notifications.people where user_id = any($1) order by user_id for no key update`,
    values: [userIds],
  });
  return rows;
}

/** Those who have said of which events they want to hear. */
export async function findListeners(client: Queryable): Promise<Person[]> {
  const { rows } = await client.query<Person>(
    `select ${COLUMNS} from notifications.people where active and json_array_length(preferences -> 'events') > 0`,
  );
  return rows;
}

/** Undefined: erased, and with the person all that waits for them. */
export async function writePeople(client: Queryable, people: ReadonlyMap<string, Person | undefined>): Promise<void> {
  const written = [...people.values()].filter((person) => person !== undefined);
  const erased = [...people].filter(([, person]) => !person).map(([id]) => id);
  if (written.length > 0) await client.query({ name: 'write_people', text: WRITE, values: [JSON.stringify(written)] });
  if (erased.length === 0) return;
  await client.query('delete from notifications.people where user_id = any($1)', [erased]);
  await client.query('delete from notifications.mails where user_id = any($1)', [erased]);
  await client.query('delete from notifications.personal_minutes where user_id = any($1)', [erased]);
}

export async function readMinuteCounts(client: Queryable): Promise<MinuteCount[]> {
  const { rows } = await client.query<Omit<MinuteCount, 'minute'> & { minute: Date }>(
    'select user_id, minute, told, withheld from notifications.personal_minutes',
  );
  return rows.map(({ minute, ...count }) => ({ ...count, minute: minute.getTime() }));
}

export async function writeMinuteCounts(client: Queryable, counts: readonly MinuteCount[]): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map(({ minute, ...count }) => ({ ...count, minute: isoTime(minute) }));
  await client.query({ name: 'write_minute_counts', text: WRITE_COUNTS, values: [JSON.stringify(rows)] });
}

/** What tasks, agents and workers are called, as their first events say. */
export async function namesOf(client: Queryable, streams: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ stream_id: string; name: string | null }>({
    name: 'names_of_streams',
    text: `select stream_id, coalesce(data ->> 'title', data ->> 'name', data ->> 'workflow_name', data ->> 'type') as name
             from event_log.events where stream_id = any($1) and version = 1`,
    values: [streams],
  });
  return new Map(rows.flatMap(({ stream_id, name }) => (name === null ? [] : [[stream_id, name] as const])));
}
