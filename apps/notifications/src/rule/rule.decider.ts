import {
  evolveRule,
  ruleEvents,
  schemaVersionsOf,
  type RuleDocument,
  type RuleEvent,
  type RuleTerms,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { compileRule, type WrongTerms } from './compile-rule';

interface Reference {
  readonly rule_id: string;
}

export type CreateRule = Command<'CreateRule', RuleTerms & Reference>;
/** What is absent stays as it is. */
export type ChangeRule = Command<'ChangeRule', Partial<RuleTerms> & Reference>;
export type DeleteRule = Command<'DeleteRule', Reference>;
export type RuleCommand = CreateRule | ChangeRule | DeleteRule;

/** Undefined: there is none (any more). */
export type RuleState = RuleDocument | undefined;

const VERBS = { ChangeRule: 'change', DeleteRule: 'delete' } as const;

export const ruleDecider: Decider<RuleState, RuleCommand, RuleEvent> = {
  initialState: () => undefined,
  evolve: evolveRule,
  decide(command, rule): Decision<RuleEvent> {
    const { rule_id } = command.data;
    const at = command.metadata.time;
    if (command.type === 'CreateRule') {
      if (rule) return reject('conflict', 'rule_exists', `Expected to create rule '${rule_id}', but there is one`);
      const terms = termsOf(command.data);
      const data = { ...terms, rule_id, created_at: at };
      return whyNot(terms) ?? accept([{ type: 'RuleCreated', data }], { rule_id, created_at: at });
    }
    if (!rule) return unknownRule(VERBS[command.type], rule_id);
    switch (command.type) {
      case 'ChangeRule': {
        const before = termsOf(rule);
        const terms = termsOf({ ...rule, ...given(command.data) });
        const wrong = whyNot(terms);
        if (wrong) return wrong;
        if (isSameJson(terms, before)) return accept([], { rule_id, updated_at: rule.updated_at });
        return accept([{ type: 'RuleChanged', data: { ...terms, rule_id, at } }], { rule_id, updated_at: at });
      }
      case 'DeleteRule':
        return accept([{ type: 'RuleDeleted', data: { rule_id, at } }], { rule_id, deleted_at: at });
      default:
        return assertNever(command);
    }
  },
};

/** What is wrong with terms by themselves, with the field's pointer. */
function whyNot(terms: RuleTerms): Rejection | undefined {
  const { recipients, channels } = terms;
  const told = recipients.users.length + recipients.roles.length + channels.length;
  if (told === 0) return invalid('rule_tells_nobody', 'it names no user, no role and no channel', '/recipients');
  const compiled = compileRule(terms);
  return 'pointer' in compiled ? notUnderstood(compiled) : undefined;
}

const FIELDS: Readonly<Record<WrongTerms['pointer'], string>> = {
  '/condition': 'condition',
  '/group/by': 'key for groups',
  '/subject': 'subject',
  '/body': 'body',
};

export const notUnderstood = ({ pointer, reason }: WrongTerms): Rejection =>
  invalid('rule_not_understood', `its ${FIELDS[pointer]} cannot be used: ${reason}`, pointer);

function invalid(code: string, why: string, pointer: string): Rejection {
  return reject('invalid', code, `Expected a rule that can fire, but ${why}`, pointer);
}

export function unknownRule(verb: string, ruleId: string): Rejection {
  return reject('not_found', 'rule_not_found', `Expected to ${verb} rule '${ruleId}', but there is none`);
}

export function termsOf(rule: RuleTerms): RuleTerms {
  const { name, description, enabled, events, condition, severity } = rule;
  const { recipients, channels, subject, body, throttle, group } = rule;
  return {
    ...{ name, description, enabled, events, condition, severity },
    ...{ recipients, channels, subject, body, throttle, group },
  };
}

function given(changes: Partial<RuleTerms>): Partial<RuleTerms> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** Stream `rule-<uuid>`. */
export const ruleAggregate: Aggregate<RuleState, RuleCommand, RuleEvent> = {
  category: 'rule',
  decider: ruleDecider,
  schemaVersions: schemaVersionsOf(ruleEvents),
  freshIds: 0,
};
