import type { PublicEvent, RuleTerms } from '@ao/contracts';
import { Notice } from '../notice';
import { compileRule, keyOf, type CompiledRule } from './compile-rule';
import { MAX_TOLD, type Draft } from './fire';
import { noticeOf } from './rule-notice';
import { eventAt, terms } from './rule.testing';

const RULE = '01900000-0000-7000-8000-000000000001';
const T = ['2026-03-01T10:00:00.000Z', '2026-03-01T10:00:01.000Z', '2026-03-01T10:00:02.000Z'] as const;
const events = T.map((time, index) => eventAt(index + 1, time, { reason: `reason ${index + 1}` }));

function rule(changes: Partial<RuleTerms>): CompiledRule {
  const compiled = compileRule({ ...terms, ...changes });
  if ('pointer' in compiled) throw new Error(compiled.reason);
  return compiled;
}

const draft = (changes: Partial<Draft> = {}): Draft => ({
  ...{ at: Date.parse(T[2]), count: 1, omitted: 0, first_position: 1, positions: [1] },
  ...{ first_at: Date.parse(T[0]), last_at: Date.parse(T[0]), ...changes },
});

/** Of the second event alone. */
const taskOf = ({ position }: PublicEvent) =>
  position === 2
    ? { type: 'build', title: 'Build it', priority: 50, pool: 'default', capabilities: [], submitted_at: T[0] }
    : undefined;

const told = (changes: Partial<RuleTerms>, of: Draft, reasons: string[] = []) =>
  Notice.parse(
    noticeOf(RULE, rule(changes), of, events.slice(0, of.positions.length), taskOf, (part, reason) =>
      reasons.push(`${part}: ${reason}`),
    ),
  );

describe('the text of a notice', () => {
  it('should be that of the rule, about its event', () => {
    const notice = told({ subject: 'Failed: ${{ event.data.reason }}', body: 'at ${{ event.time }}' }, draft());
    expect(notice).toMatchObject({
      ...{ rule_id: RULE, severity: 'warning', event: 'task.failed', position: 1, channels: [] },
      ...{ subject: 'Failed: reason 1', body: 'at 2026-03-01T10:00:00.000Z', recipients: terms.recipients },
    });
  });

  it('should count the events of a group and list the newest, unless the rule does so itself', () => {
    const of = draft({ count: 30, positions: [1, 2, 3], last_at: Date.parse(T[2]) });
    const subject = '${{ event.data.reason }}';
    expect(told({ subject, body: 'See below' }, of)).toMatchObject({
      ...{ event: 'task.failed', position: 3, subject: 'reason 3' },
      body:
        'See below\n\n30 events from 2026-03-01T10:00:00.000Z to 2026-03-01T10:00:02.000Z:\n' +
        '- 2026-03-01T10:00:00.000Z reason 1\n- 2026-03-01T10:00:01.000Z reason 2\n- 2026-03-01T10:00:02.000Z reason 3',
    });
    const alert: PublicEvent = { ...events[2]!, name: 'system.alert' };
    const newest = noticeOf(RULE, rule({}), of, [...events.slice(0, 2), alert], taskOf, () => undefined);
    expect(newest).toMatchObject({ event: 'system.alert', position: 3 });
    const lines = told({ subject: '${{ task.title }}!' }, of).body.split('\n').slice(1);
    expect(lines).toEqual([`- ${T[0]} !`, `- ${T[1]} Build it!`, `- ${T[2]} !`]);
    const body = '${{ count }}: ${{ events.map(e, e.data.reason).join(", ") }}';
    expect(told({ subject, body }, of).body).toBe('30: reason 1, reason 2, reason 3');
  });

  it('should say how many were left out before', () => {
    expect(told({ body: 'x' }, draft({ omitted: 12 })).body).toBe('x\n\nAnd 12 more that no notice told of.');
  });

  it('should be told although a part of it cannot be worked out', () => {
    const reasons: string[] = [];
    const notice = told({ subject: '${{ event.data.absent }}', body: 'a${{ task.title }}' }, draft(), reasons);
    expect(notice).toMatchObject({ subject: terms.name, body: 'a' });
    expect(reasons.sort()).toEqual(['text: No such key: absent', 'text: Unknown variable: task']);
  });

  it('should stay within its bounds, with what was left out', () => {
    const subject = `\${{ event.data.reason }}${'s'.repeat(270)}`;
    const body = 'b'.repeat(8_000);
    const many = Array.from({ length: MAX_TOLD }, (_, index) =>
      eventAt(index + 1, T[0], { reason: 'r\n'.repeat(500) }),
    );
    const of = draft({ count: 1_000_000, positions: many.map(({ position }) => position), omitted: 1_000_000 });
    const notice = Notice.parse(noticeOf(RULE, rule({ subject, body }), of, many, taskOf, () => undefined));
    expect(notice.subject).not.toContain('\n');
    expect(notice.subject.length).toBeLessThanOrEqual(300);
    expect(notice.body.length).toBeLessThanOrEqual(8_000);
    expect(notice.body).toContain('And 1000000 more that no notice told of.');
  });

  it('should have the same id whenever it is made, and another one than others', () => {
    const { notice_id } = told({}, draft());
    expect(told({ subject: 'other' }, draft({ at: 0, omitted: 3 })).notice_id).toBe(notice_id);
    expect(told({}, draft({ first_position: 2 })).notice_id).not.toBe(notice_id);
  });
});

describe('what a rule is about', () => {
  const key = (changes: Partial<RuleTerms>, event = events[0]!, task?: Parameters<typeof keyOf>[2]) =>
    keyOf(rule(changes), event, task, () => undefined);

  it('should be decided by name, condition and task', () => {
    const task = { type: 'build', title: '', priority: 80, pool: 'default', capabilities: [], submitted_at: T[0] };
    expect(key({})).toBe('');
    expect(key({ events: ['*.failed'] })).toBe('');
    expect(key({ events: ['task.completed'] })).toBeUndefined();
    expect(key({ condition: 'event.data.reason == "reason 1"' })).toBe('');
    expect(key({ condition: 'event.data.reason == "reason 2"' })).toBeUndefined();
    expect(key({ condition: 'task.priority > 50' }, events[0], task)).toBe('');
    expect(key({ condition: 'task.priority > 50' })).toBeUndefined();
  });

  it.each(['notification', 'message.new'] as const)('should never be %s, which is for one person', (name) => {
    expect(rule({ events: ['*'] }).names).not.toContain(name);
    expect(key({ events: ['*'] }, { ...events[0]!, name })).toBeUndefined();
  });

  it('should be grouped by the text of its expression', () => {
    const group = (by: string) => ({ group: { by, seconds: 60 } });
    expect(key(group('event.data.reason'))).toBe('reason 1');
    expect(key(group('event.position % 2'))).toBe('1');
    expect(key(group('event.data.absent'))).toBe('');
  });
});
