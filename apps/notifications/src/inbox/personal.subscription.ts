import { PUBLIC_CATEGORIES, publicEventOf, type PublicEvent } from '@ao/contracts';
import type { EventBatch, OwnedSubscription } from '@ao/event-log';
import { derivedId, idOf, isoTime, type Clock } from '@ao/kernel';
import type { DueCommand, Timers } from '@ao/timers';
import type { ClientBase } from 'pg';
import { NOTICE, type Notice } from '../notice';
import { clipped, clippedLine } from './clipped';
import { Listeners } from './listeners';
import type { MailQueue } from './mail-queue';
import { MinuteCounts, type MinuteCount } from './minute-counts';
import { PeopleChanges } from './people-changes';
import { findListeners, findPeople, namesOf, readMinuteCounts, writeMinuteCounts, writePeople } from './people.store';
import type { Person } from './person';
import { personalNotice, personalSeverity, restNotice, type NoticeText } from './personal-notice';
import { PUBLIC_EVENTS_REST_MS } from '@ao/platform';

/** Of one event as many people are told by one notice; more get another. */
const MOST_PER_NOTICE = 100;
/** After the end of a minute: for what of it is still to come. */
const REST_DELAY_MS = 5_000;
const MINUTE_MS = 60_000;
const OF_PEOPLE: ReadonlySet<string> = new Set(['user', 'preferences']);

export interface PersonalOptions {
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'schedule'>;
  readonly mail: Pick<MailQueue, 'retime'>;
}

/** What the owner keeps in memory of its tables. */
interface Kept {
  readonly listeners: Listeners;
  readonly counts: MinuteCounts;
}

/** An event, and who is told of it. */
interface Told {
  readonly event: PublicEvent;
  readonly users: readonly string[];
}

/**
 * Keeps `notifications.people`, and tells everybody of the events that they asked for. One subscription for both: what
 * somebody said before an event counts for it, and what was said later does not.
 */
export function personalSubscription({ clock, timers, mail }: PersonalOptions): OwnedSubscription {
  let kept: Kept | undefined;
  let pending: Kept | undefined;
  return {
    name: 'personal',
    categories: [...PUBLIC_CATEGORIES, ...OF_PEOPLE],
    restMs: PUBLIC_EVENTS_REST_MS,
    interest: (category) => (!OF_PEOPLE.has(category) && kept?.listeners.isEmpty ? 'none' : 'now'),
    activated() {
      kept = undefined;
    },
    async handle(events, transaction) {
      const now = kept ?? (await keptIn(transaction));
      // Until the commit it is open whether this batch was.
      kept = undefined;
      const changes = new PeopleChanges(await peopleOf(events, transaction));
      const told: Told[] = [];
      for (const event of events) {
        if (OF_PEOPLE.has(event.category)) {
          if (changes.apply(event)) now.listeners.set(idOf(event.stream_id), changes.person(idOf(event.stream_id)));
        } else {
          const shown = publicEventOf({ ...event, data: event.data as object });
          if (shown) told.push({ event: shown, users: usersOf(shown, now) });
        }
      }
      const counts = now.counts.changed();
      await writeMinuteCounts(transaction, counts);
      await writePeople(transaction, changes.changed);
      for (const { person, at } of changes.said()) await mail.retime(transaction, person, at);
      const rest = counts.flatMap((count) => restOf(count, clock.now()));
      await timers.schedule(transaction, [...(await noticesOf(told, transaction)), ...rest]);
      pending = now;
    },
    committed(_position, events) {
      if (events.length > 0) kept = pending;
    },
  };
}

async function keptIn(transaction: ClientBase): Promise<Kept> {
  const listeners = new Listeners(await findListeners(transaction));
  return { listeners, counts: new MinuteCounts(await readMinuteCounts(transaction)) };
}

async function peopleOf(events: EventBatch, transaction: ClientBase): Promise<Person[]> {
  const ids = new Set(events.filter(({ category }) => OF_PEOPLE.has(category)).map(({ stream_id }) => idOf(stream_id)));
  return ids.size === 0 ? [] : findPeople(transaction, [...ids]);
}

/** Who asked for it, less those who have heard enough in this minute; of what is critical all. */
function usersOf(event: PublicEvent, { listeners, counts }: Kept): string[] {
  const users = [...listeners.of(event.name)];
  if (users.length === 0 || personalSeverity(event) === 'critical') return users;
  const time = Date.parse(event.time);
  return users.filter((user) => counts.take(user, event.name, time));
}

async function noticesOf(all: readonly Told[], transaction: ClientBase): Promise<DueCommand[]> {
  const told = all.filter(({ users }) => users.length > 0);
  if (told.length === 0) return [];
  const names = await namesOf(transaction, [...new Set(told.map(({ event }) => streamOf(event)))]);
  return told.flatMap(({ event, users }) => {
    const text = personalNotice(event, names.get(streamOf(event)));
    const about = { event: event.name, position: event.position };
    return chunks(users).map((part, index) =>
      noticeTimer(derivedId('personal-notice', event.position, index), Date.parse(event.time), text, about, part),
    );
  });
}

/** Of a minute's rest, until it is told: the timer is set again with each further one. */
function restOf(count: MinuteCount, now: number): DueCommand[] {
  if (Object.keys(count.withheld).length === 0) return [];
  const due = Math.max(count.minute + MINUTE_MS, now) + REST_DELAY_MS;
  const notice_id = derivedId('personal-rest', count.user_id, count.minute);
  return [noticeTimer(notice_id, due, restNotice(count), { event: null, position: null }, [count.user_id])];
}

function noticeTimer(
  notice_id: string,
  due: number,
  { severity, subject, body }: NoticeText,
  about: Pick<Notice, 'event' | 'position'>,
  users: string[],
): DueCommand {
  const notice: Notice = {
    ...{ notice_id, rule_id: null, severity, ...about },
    ...{ subject: clippedLine(subject, 300), body: clipped(body, 8_000) },
    ...{ recipients: { users, roles: [] }, channels: [] },
  };
  return { timer_id: `notice-${notice_id}`, due_at: isoTime(due), kind: NOTICE, payload: notice };
}

const streamOf = ({ subject }: PublicEvent) => `${subject.kind}-${subject.id}`;

function chunks(users: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < users.length; start += MOST_PER_NOTICE)
    parts.push([...users.slice(start, start + MOST_PER_NOTICE)]);
  return parts;
}
