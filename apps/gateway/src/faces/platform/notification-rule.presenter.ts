import type { RuleDocument } from '@ao/contracts';
import type { ShownRuleDto } from './notification-rule.schemas';

export function presentRule({ rule_id, ...rule }: RuleDocument): ShownRuleDto {
  return { id: rule_id, ...rule };
}

/** A body's patterns: `event` stands for a list of one. */
export function eventsOf({ event, events }: { event?: string; events?: string[] }): string[] | undefined {
  return event === undefined ? events : [event];
}
