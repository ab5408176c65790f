import { counter } from '@ao/platform';
import type { Registry } from 'prom-client';

export function ruleMetrics(registry: Registry) {
  return {
    notices: counter(registry, { name: 'ao_rule_notices_total', help: 'Notices that rules have sent' }),
    errors: counter(registry, {
      name: 'ao_rule_errors_total',
      help: 'Events for which a condition, a key of a group or a text of a rule could not be worked out',
      labelNames: ['part'] as const,
    }),
    tooOld: counter(registry, {
      name: 'ao_rule_events_too_old_total',
      help: 'Events that no rule was asked about, because they were recorded more than a day before',
    }),
  };
}
export type RuleMetrics = ReturnType<typeof ruleMetrics>;
