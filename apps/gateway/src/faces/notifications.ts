import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { NotificationQueries } from '../projections/notifications/notification.queries';
import { NotificationsController } from './platform/notifications.controller';

/** The routes of what a person is told. */
export const notificationControllers = [NotificationsController];

export const notificationProviders = [
  made(NotificationQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new NotificationQueries(pool, log)),
];
