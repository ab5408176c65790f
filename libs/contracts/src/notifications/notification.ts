import { z } from 'zod';
import { PersonRole } from '../identity/access';
import { command, event, type EventOf } from '../contract';
import { isTimeZone } from '../tasks/schedule-times';
import { Id, Time, text } from '../text';
import { PUBLIC_EVENT_NAMES, StoredPatterns, eventPatternOf } from './public-event';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** Who is told: these people, and everybody who has one of these roles. */
export const Recipients = z.object({ users: z.array(Id).max(100), roles: z.array(PersonRole).max(5) });
export type Recipients = z.infer<typeof Recipients>;

const NOTIFICATION = 'notification';
const INBOX = 'inbox';
const PREFERENCES = 'preferences';

const Created = z.object({
  notification_id: Id,
  user_id: Id,
  /** Null: the person asked for it in the preferences. */
  rule_id: Id.nullable(),
  severity: Severity,
  /** What it is about, of a group the newest; null: it stands for no single event. */
  event: z.string().max(100).nullable(),
  position: z.int().nullable(),
  subject: text(300),
  body: text(8_000),
  created_at: Time,
});

/** Stream `notification-<uuid>`: one message to one person. */
export const notificationEvents = {
  NotificationCreated: event(NOTIFICATION, 'NotificationCreated', 1, Created),
  NotificationRead: event(
    NOTIFICATION,
    'NotificationRead',
    1,
    z.object({ notification_id: Id, user_id: Id, at: Time }),
  ),
} as const;
export type NotificationEvent = EventOf<typeof notificationEvents>;

/** Stream `inbox-<user's uuid>`: all that was created up to `until` (a position of the log) counts as read. */
export const inboxEvents = {
  InboxRead: event(INBOX, 'InboxRead', 1, z.object({ user_id: Id, until: z.int(), at: Time })),
} as const;
export type InboxEvent = EventOf<typeof inboxEvents>;

export const NotificationDocument = Created.extend({
  /** Where in the log it was created. */
  at: z.int(),
  read_at: Time.nullable(),
});
export type NotificationDocument = z.infer<typeof NotificationDocument>;

/** `position`: of the event itself in the log. */
export function evolveNotification(
  notification: NotificationDocument | undefined,
  event: NotificationEvent,
  position: number,
): NotificationDocument | undefined {
  if (event.type === 'NotificationCreated') return { ...event.data, at: position, read_at: null };
  return notification && { ...notification, read_at: notification.read_at ?? event.data.at };
}

/** Of how many times that a person has read everything it is kept when that was. */
const MOST_READS_KEPT = 50;

export const InboxDocument = z.object({
  user_id: Id,
  read_until: z.int(),
  /** Each up to where and when, oldest first: the newest of them. */
  reads: z.array(z.object({ until: z.int(), at: Time })),
});
export type InboxDocument = z.infer<typeof InboxDocument>;

export function evolveInbox(inbox: InboxDocument | undefined, event: InboxEvent): InboxDocument {
  const { user_id, until, at } = event.data;
  const reads = [...(inbox?.reads ?? []), { until, at }].slice(-MOST_READS_KEPT);
  return { user_id, read_until: until, reads };
}

/** When a notification was read for the first time, by itself or with all the others; null: it is unread. Pure. */
export function readAt(notification: NotificationDocument, inbox: InboxDocument | undefined): string | null {
  const withAll = inbox?.reads.find(({ until }) => notification.at <= until)?.at;
  const times = [notification.read_at, withAll].filter((time) => typeof time === 'string');
  return times.toSorted()[0] ?? null;
}

/** Hours and minutes of a day in a zone. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as 07:30');
export const Zone = z.string().max(64).refine(isTimeZone, 'must be a time zone such as Europe/Berlin');

/**
 * When mail is sent: at once; gathered for so many minutes from the first on; or once a day at a time. What is critical is
 * sent at once whatever stands here, quiet hours included.
 */
export const MailDigest = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('off') }),
  z.object({ mode: z.literal('window'), minutes: z.int().min(1).max(1_440) }),
  z.object({ mode: z.literal('daily'), at: TimeOfDay, zone: Zone }),
]);
export type MailDigest = z.infer<typeof MailDigest>;

/** From one time of the day up to another; past midnight where the second is the earlier one. */
export const QuietHours = z
  .object({ from: TimeOfDay, to: TimeOfDay, zone: Zone })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must not be the time that they begin at' });
export type QuietHours = z.infer<typeof QuietHours>;

const WantedPattern = eventPatternOf(
  PUBLIC_EVENT_NAMES.filter((name) => name !== 'notification'),
  'must be of something else: each would lead to the next',
);

export const Preferences = z.object({
  /** What the person wants to hear of besides what rules say; of notifications never. */
  events: z.array(WantedPattern).max(50),
  /** Whether what is for the person also goes to the address of the account. */
  mail: z.boolean(),
  /** The least severity that is mailed. */
  mail_from: Severity,
  /** No mail between these times; what comes meanwhile follows when they are over. */
  quiet_hours: QuietHours.nullable(),
  digest: MailDigest,
});
export type Preferences = z.infer<typeof Preferences>;

/** As events keep them: what a pattern and a zone may be is for commands to say. */
const StoredPreferences = Preferences.extend({
  events: StoredPatterns,
  quiet_hours: z.object({ from: TimeOfDay, to: TimeOfDay, zone: text(64) }).nullable(),
  digest: z.discriminatedUnion('mode', [
    z.object({ mode: z.literal('off') }),
    z.object({ mode: z.literal('window'), minutes: z.int().min(1) }),
    z.object({ mode: z.literal('daily'), at: TimeOfDay, zone: text(64) }),
  ]),
});

/** Of who has said nothing. */
export const DEFAULT_PREFERENCES: Preferences = {
  events: [],
  mail: false,
  mail_from: 'info',
  quiet_hours: null,
  digest: { mode: 'off' },
};

/** Stream `preferences-<user's uuid>`. */
export const preferencesEvents = {
  PreferencesSet: event(PREFERENCES, 'PreferencesSet', 1, StoredPreferences.extend({ user_id: Id, at: Time })),
} as const;
export type PreferencesEvent = EventOf<typeof preferencesEvents>;

export const PreferencesDocument = StoredPreferences.extend({ user_id: Id, updated_at: Time });
export type PreferencesDocument = z.infer<typeof PreferencesDocument>;

export function evolvePreferences(
  _preferences: PreferencesDocument | undefined,
  event: PreferencesEvent,
): PreferencesDocument {
  const { at, ...data } = event.data;
  return { ...data, updated_at: at };
}

/** 404 for another person's. */
export const readNotification = command(
  'notifications.read_notification',
  z.object({ notification_id: Id, user_id: Id }),
  z.object({ notification_id: Id, read_at: Time }),
);
/** `until`: what the person has seen, a position of the log. */
export const readInbox = command(
  'notifications.read_inbox',
  z.object({ user_id: Id, until: z.int().min(0) }),
  z.object({ user_id: Id, until: z.int() }),
);
/** Absent fields stay. */
export const setPreferences = command(
  'notifications.set_preferences',
  z.object({ user_id: Id }).extend(Preferences.partial().shape),
  PreferencesDocument,
);
/**
 * Tells people and channels something that stands for no event of the log. Its id is the command's, so that a repetition tells
 * nobody twice. 422 `channel_unknown`.
 */
export const sendNotice = command(
  'notifications.send_notice',
  z.object({
    severity: Severity,
    subject: text(300, 1),
    body: text(8_000),
    recipients: Recipients,
    channels: z.array(Id).max(20),
  }),
  z.object({ notice_id: Id }),
);
