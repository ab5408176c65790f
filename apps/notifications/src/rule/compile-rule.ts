import {
  matchesPattern,
  SHARED_EVENT_NAMES,
  type PublicEvent,
  type PublicEventName,
  type RuleTerms,
} from '@ao/contracts';
import {
  compileCondition,
  compileText,
  compileTemplate,
  type Condition,
  type TaskFacts,
  type Template,
} from '@ao/expressions';

/** A rule's own notifications are events too: were they to fire rules, there would be no end of them. */
export const NEVER_FIRES = 'notification' satisfies PublicEventName;

const MAX_KEY = 200;

/** Terms with their expressions ready to be worked out. */
export interface CompiledRule {
  readonly terms: RuleTerms;
  readonly names: readonly PublicEventName[];
  readonly condition: Condition | null;
  readonly by: Template | null;
  readonly subject: Template;
  readonly body: Template;
  /** What is needed to tell whether it fires, and to tell of it. */
  readonly judgesTask: boolean;
  readonly tellsTask: boolean;
}

/** The field that is wrong, and how. */
export interface WrongTerms {
  readonly pointer: '/condition' | '/group/by' | '/subject' | '/body';
  readonly reason: string;
}

export function compileRule(terms: RuleTerms): CompiledRule | WrongTerms {
  const { condition: conditionText, group } = terms;
  const condition = conditionText === null ? null : compileCondition(conditionText, 'rule');
  if (condition && !condition.ok) return { pointer: '/condition', reason: condition.error };
  const by = group?.by == null ? null : compileText(group.by, 'rule');
  if (by && !by.ok) return { pointer: '/group/by', reason: by.error };
  const subject = compileTemplate(terms.subject);
  if (!subject.ok) return { pointer: '/subject', reason: subject.error };
  const body = compileTemplate(terms.body);
  if (!body.ok) return { pointer: '/body', reason: body.error };
  const covers = (name: PublicEventName) => terms.events.some((pattern) => matchesPattern(pattern, name));
  return {
    terms,
    names: SHARED_EVENT_NAMES.filter(covers),
    ...{ condition, by, subject, body },
    judgesTask: Boolean(condition?.task || by?.task),
    tellsTask: subject.task || body.task,
  };
}

/** What could not be worked out, and why. */
export type Failed = (part: 'condition' | 'group' | 'text', reason: string) => void;

/** The group that an event belongs to ('' where the rule has none); undefined: the rule is not about it. */
export function keyOf(
  { names, condition, by }: CompiledRule,
  event: PublicEvent,
  task: TaskFacts | undefined,
  failed: Failed,
): string | undefined {
  if (!names.includes(event.name)) return undefined;
  if (condition && !condition.evaluate(event, (reason) => failed('condition', reason), { task })) return undefined;
  return by ? by.render({ event, task }, MAX_KEY, (reason) => failed('group', reason)) : '';
}
