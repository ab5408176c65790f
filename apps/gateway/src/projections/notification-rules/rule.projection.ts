import { evolveRule, type RuleDocument, type RuleEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const NOTIFICATION_RULES = 'notification-rules';

/** One row per notification rule that there is. */
export const ruleProjection: Projection<RuleDocument> = {
  name: NOTIFICATION_RULES,
  version: 1,
  categories: ['rule'],
  table: 'read_models.notification_rules',
  key: (event) => idOf(event.stream_id),
  evolve: (rule, event) => evolveRule(rule, event as RecordedEvent & RuleEvent),
  columns: ({ name, enabled, created_at }) => ({ name, enabled, created_at }),
};
