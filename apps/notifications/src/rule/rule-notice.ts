import { derivedId, isoTime } from '@ao/kernel';
import type { PublicEvent } from '@ao/contracts';
import type { TaskFacts } from '@ao/expressions';
import type { Notice } from '../notice';
import type { CompiledRule, Failed } from './compile-rule';
import type { Draft } from './fire';

const MAX_SUBJECT = 300;
const MAX_BODY = 8_000;
const MAX_LINE = 120;

/**
 * The text of a draft. Of a group whose rule does not speak of `count` or `events` itself, the numbers, the time and the
 * newest subjects follow below. Pure.
 * @param events those that the draft tells of one by one, oldest first
 */
export function noticeOf(
  ruleId: string,
  { terms, subject, body }: CompiledRule,
  draft: Draft,
  events: readonly PublicEvent[],
  taskOf: (event: PublicEvent) => TaskFacts | undefined,
  failed: Failed,
): Notice {
  const { count, omitted } = draft;
  const event = events.at(-1);
  const textFailed = (reason: string) => failed('text', reason);
  const input = event && { event, task: taskOf(event), count, events };
  const additions: string[] = [];
  if (count > 1 && !subject.plural && !body.plural) {
    const lines = events.map((each) => {
      const line = subject.render({ event: each, task: taskOf(each), count: 1, events: [each] }, MAX_LINE);
      return `- ${each.time} ${onOneLine(line)}`;
    });
    additions.push(`${count} events from ${isoTime(draft.first_at)} to ${isoTime(draft.last_at)}:`, ...lines);
  }
  if (omitted > 0) additions.push(`And ${omitted} more that no notice told of.`);
  const added = additions.join('\n');
  const room = added ? MAX_BODY - added.length - 2 : MAX_BODY;
  const own = input ? body.render(input, room, textFailed) : '';
  return {
    notice_id: derivedId('rule-notice', ruleId, draft.first_position),
    rule_id: ruleId,
    severity: terms.severity,
    event: event?.name ?? null,
    position: event?.position ?? null,
    subject: (input && onOneLine(subject.render(input, MAX_SUBJECT, textFailed))) || terms.name,
    body: [own, added].filter((part) => part !== '').join('\n\n'),
    recipients: terms.recipients,
    channels: terms.channels,
  };
}

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
