import { DEFAULT_PREFERENCES, type PreferencesDocument } from '@ao/contracts';
import type { Principal } from '../../http/principal';
import { Problem } from '../../http/problem';
import type { ListedNotification } from '../../projections/notifications/notification.queries';
import type { ShownNotificationDto, ShownPreferencesDto } from './notification.schemas';

/** Whose notifications a caller asks for. @throws Problem 403 for who is nobody in particular */
export function personBehind({ kind, owner }: Pick<Principal, 'kind' | 'owner'>): string {
  if ((kind === 'user' || kind === 'api_key') && owner?.type === 'user') return owner.id;
  const detail = 'Notifications belong to a person: log in, or use an API key of yours';
  throw new Problem(403, 'forbidden', detail);
}

export function presentNotification({ notification, read_at }: ListedNotification): ShownNotificationDto {
  const { notification_id, severity, event, position, subject, body, rule_id, created_at } = notification;
  return {
    ...{ id: notification_id, severity, event, position, subject, body, rule_id },
    ...{ read: read_at !== null, read_at, created_at },
  };
}

export function presentPreferences(preferences: PreferencesDocument | undefined): ShownPreferencesDto {
  const { events, mail, mail_from, quiet_hours, digest } = preferences ?? DEFAULT_PREFERENCES;
  return { events, mail, mail_from, quiet_hours, digest, updated_at: preferences?.updated_at ?? null };
}
