import {
  evolveInbox,
  evolveNotification,
  evolvePreferences,
  type InboxDocument,
  type InboxEvent,
  type NotificationDocument,
  type NotificationEvent,
  type PreferencesDocument,
  type PreferencesEvent,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const NOTIFICATIONS = 'notifications';
export const INBOXES = 'inboxes';
export const PREFERENCES = 'preferences';

/** One row per message to a person. */
export const notificationProjection: Projection<NotificationDocument> = {
  name: NOTIFICATIONS,
  version: 1,
  categories: ['notification'],
  table: 'read_models.notifications',
  key: (event) => idOf(event.stream_id),
  evolve: (notification, event) =>
    evolveNotification(notification, event as RecordedEvent & NotificationEvent, event.position),
  columns: ({ user_id, at, read_at }) => ({ user_id, at, read: read_at !== null }),
};

/** One row per person who has read everything up to some position. */
export const inboxProjection: Projection<InboxDocument> = {
  name: INBOXES,
  version: 1,
  categories: ['inbox'],
  table: 'read_models.inboxes',
  key: (event) => idOf(event.stream_id),
  evolve: (inbox, event) => evolveInbox(inbox, event as RecordedEvent & InboxEvent),
  columns: ({ read_until }) => ({ read_until }),
};

/** One row per person who has said how to be told. */
export const preferencesProjection: Projection<PreferencesDocument> = {
  name: PREFERENCES,
  version: 1,
  categories: ['preferences'],
  table: 'read_models.preferences',
  key: (event) => idOf(event.stream_id),
  evolve: (preferences, event) => evolvePreferences(preferences, event as RecordedEvent & PreferencesEvent),
};
