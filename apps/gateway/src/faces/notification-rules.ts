import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { RuleQueries } from '../projections/notification-rules/rule.queries';
import { NotificationRulesController } from './platform/notification-rules.controller';

/** The routes of notification rules. */
export const notificationRuleControllers = [NotificationRulesController];

export const notificationRuleProviders = [
  made(RuleQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new RuleQueries(pool, log)),
];
