import { sqlFile } from '@ao/event-log';
import path from 'node:path';
import { isoTime } from '@ao/kernel';
import type { ClientBase } from 'pg';
import type { WaitingMail } from './digest';

const ADD = sqlFile(path.join(__dirname, 'sql', 'add-mails.sql'));

type Queryable = Pick<ClientBase, 'query'>;

export interface NewMail extends WaitingMail {
  readonly user_id: string;
  readonly due_at: string;
  /** Null: it waits. */
  readonly delivery_id: string | null;
}

/** Ids of those that were not there yet. */
export async function addMails(client: Queryable, mails: readonly NewMail[]): Promise<Set<string>> {
  if (mails.length === 0) return new Set();
  const { rows } = await client.query<{ notification_id: string }>({
    name: 'add_mails',
    text: ADD,
    values: [JSON.stringify(mails)],
  });
  return new Set(rows.map(({ notification_id }) => notification_id));
}

/** Whose mail waits: since when, and until when (milliseconds since the Unix epoch). */
export async function waitingOf(
  client: Queryable,
  userIds: readonly string[],
): Promise<Map<string, { readonly since: number; readonly due: number }>> {
  const { rows } = await client.query<{ user_id: string; since: Date; due: Date }>({
    name: 'waiting_mails',
    text: `select user_id, min(created_at) as since, min(due_at) as due from notifications.mails
            where user_id = any($1) and delivery_id is null group by user_id`,
    values: [userIds],
  });
  return new Map(rows.map(({ user_id, since, due }) => [user_id, { since: since.getTime(), due: due.getTime() }]));
}

/** Oldest first. */
export async function readWaiting(client: Queryable, userId: string): Promise<WaitingMail[]> {
  const { rows } = await client.query<Omit<WaitingMail, 'created_at'> & { created_at: Date; position: string | null }>({
    name: 'read_waiting_mails',
    text: `select notification_id, severity, event, position, subject, body, created_at from notifications.mails
            where user_id = $1 and delivery_id is null order by created_at, notification_id`,
    values: [userId],
  });
  return rows.map(({ created_at, position, ...mail }) => ({
    ...mail,
    position: position === null ? null : Number(position),
    created_at: isoTime(created_at.getTime()),
  }));
}

export async function postponeWaiting(client: Queryable, userId: string, due_at: string): Promise<void> {
  await client.query({
    name: 'postpone_mails',
    text: 'update notifications.mails set due_at = $2 where user_id = $1 and delivery_id is null',
    values: [userId, due_at],
  });
}

/** All that waits for a person, or these of it alone. */
export async function dropWaiting(client: Queryable, userId: string, ids?: readonly string[]): Promise<void> {
  if (ids?.length === 0) return;
  await client.query({
    name: 'drop_waiting_mails',
    text: `delete from notifications.mails
            where user_id = $1 and delivery_id is null and ($2::uuid[] is null or notification_id = any($2))`,
    values: [userId, ids ?? null],
  });
}

export async function waitingIds(client: Queryable, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ notification_id: string }>({
    name: 'waiting_mail_ids',
    text: 'select notification_id from notifications.mails where user_id = $1 and delivery_id is null',
    values: [userId],
  });
  return rows.map(({ notification_id }) => notification_id);
}

/** From here on the delivery carries them. */
export async function handOver(client: Queryable, ids: readonly string[], deliveryId: string): Promise<void> {
  await client.query({
    name: 'hand_over_mails',
    text: 'update notifications.mails set delivery_id = $2 where notification_id = any($1)',
    values: [ids, deliveryId],
  });
}

export async function carriedBy(client: Queryable, userId: string, deliveryId: string): Promise<string[]> {
  const { rows } = await client.query<{ notification_id: string }>({
    name: 'mails_carried_by',
    text: 'select notification_id from notifications.mails where user_id = $1 and delivery_id = $2',
    values: [userId, deliveryId],
  });
  return rows.map(({ notification_id }) => notification_id);
}

/** They wait again. */
export async function putBack(client: Queryable, ids: readonly string[], due_at: string): Promise<void> {
  await client.query({
    name: 'put_back_mails',
    text: 'update notifications.mails set delivery_id = null, due_at = $2 where notification_id = any($1)',
    values: [ids, due_at],
  });
}

/** What was handed over so long ago that no notice of that time is still being handled. */
export async function forgetOld(client: Queryable, userIds: readonly string[], before: string): Promise<void> {
  await client.query({
    name: 'forget_mails',
    text: `delete from notifications.mails
            where user_id = any($1) and created_at < $2 and delivery_id is not null`,
    values: [userIds, before],
  });
}
