import { z } from 'zod';
import { command, event, query, type EventOf } from '../contract';
import { Id, Time, text } from '../text';
import { Recipients, Severity } from './notification';
import { SharedEventPatterns, StoredPatterns } from './public-event';

const CATEGORY = 'rule';

export const RuleTerms = z.object({
  name: text(200, 1),
  description: text(2_000),
  enabled: z.boolean(),
  events: SharedEventPatterns,
  /** CEL over `event` (name, position, time, subject, data) and `task` that must be true; null: always. */
  condition: text(2_000, 1).nullable(),
  severity: Severity,
  recipients: Recipients,
  channels: z.array(Id).max(20),
  /** Text with `${{ CEL }}` in it. */
  subject: text(300, 1),
  body: text(8_000),
  /** At most `max` notices in `seconds` per group; what is left out is counted in the next one. Null: no limit. */
  throttle: z.object({ max: z.int().min(1).max(1_000), seconds: z.int().min(1).max(86_400) }).nullable(),
  /** Events of the same `by` (CEL to a text; null: all) within so many seconds of the first become one notice. Null: each its own. */
  group: z.object({ by: text(500, 1).nullable(), seconds: z.int().min(1).max(86_400) }).nullable(),
});
export type RuleTerms = z.infer<typeof RuleTerms>;
/** As events keep them. */
const StoredTerms = RuleTerms.extend({ events: StoredPatterns });

/** Stream `rule-<uuid>`. */
export const ruleEvents = {
  RuleCreated: event(CATEGORY, 'RuleCreated', 1, StoredTerms.extend({ rule_id: Id, created_at: Time })),
  RuleChanged: event(CATEGORY, 'RuleChanged', 1, StoredTerms.extend({ rule_id: Id, at: Time })),
  RuleDeleted: event(CATEGORY, 'RuleDeleted', 1, z.object({ rule_id: Id, at: Time })),
} as const;
export type RuleEvent = EventOf<typeof ruleEvents>;

export const RuleDocument = StoredTerms.extend({ rule_id: Id, created_at: Time, updated_at: Time });
export type RuleDocument = z.infer<typeof RuleDocument>;

export function evolveRule(rule: RuleDocument | undefined, event: RuleEvent): RuleDocument | undefined {
  switch (event.type) {
    case 'RuleCreated':
      return { ...event.data, updated_at: event.data.created_at };
    case 'RuleChanged': {
      const { at, ...data } = event.data;
      return rule && { ...rule, ...data, updated_at: at };
    }
    case 'RuleDeleted':
      return undefined;
    default:
      return rule;
  }
}

/** Refused: CEL that does not parse (with its place), a channel that there is none of. */
export const createRule = command('notifications.create_rule', RuleTerms, z.object({ rule_id: Id, created_at: Time }));
/** Absent fields stay. */
export const changeRule = command(
  'notifications.change_rule',
  z.object({ rule_id: Id }).extend(RuleTerms.partial().shape),
  z.object({ rule_id: Id, updated_at: Time }),
);
export const deleteRule = command(
  'notifications.delete_rule',
  z.object({ rule_id: Id }),
  z.object({ rule_id: Id, deleted_at: Time }),
);

/** What a rule would have sent between two times: by its id, or one that there is not yet. At most 200,000 events are looked at. */
export const dryRunRule = query(
  'notifications.dry_run_rule',
  z.object({ rule_id: Id.optional(), terms: RuleTerms.optional(), hours: z.number().min(0.1).max(720) }),
  z.object({
    /** Events looked at, those that the rule is about, the notices they led to, and the events that the throttle left out. */
    events: z.int(),
    matched: z.int(),
    would_send: z.int(),
    throttled: z.int(),
    /** The look began later than asked for, because there was too much. */
    truncated: z.boolean(),
    from: Time,
    /** Conditions, keys of groups and texts of samples that could not be worked out, and the first reason. */
    errors: z.int(),
    first_error: z.string().nullable(),
    /** The newest ten. */
    samples: z.array(
      z.object({ event: z.string(), position: z.int(), time: Time, subject: z.string(), body: z.string() }),
    ),
  }),
);
