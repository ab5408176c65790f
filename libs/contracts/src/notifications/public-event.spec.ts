import type { z } from 'zod';
import { Preferences } from './notification';
import { readFixtures } from '../../fixtures/event-fixtures';
import {
  EventPattern,
  PUBLIC_EVENT_NAMES,
  SHARED_EVENT_NAMES,
  publicCategoryOf,
  publicEventOf,
  publicStatusOf,
} from './public-event';
import { RuleTerms } from './rule';
import { WebhookTerms } from './webhook';

const messages = (schema: z.ZodType, value: unknown) => {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('/'), message]);
};
const lists = {
  webhook: WebhookTerms.shape.events,
  rule: RuleTerms.shape.events,
  preferences: Preferences.shape.events,
} as const;

describe('names and patterns of events', () => {
  it.each(Object.entries(lists))(
    'should have one error for what is no pattern, and one for no name: %s',
    (_, schema) => {
      expect(messages(schema, ['task.*', 'Task.Failed'])).toEqual([
        ['1', 'must be an event name or a pattern such as task.*'],
      ]);
      expect(messages(schema, ['task.exploded'])).toEqual([
        ['0', expect.stringMatching(/^must match one of .*task\.failed/)],
      ]);
    },
  );

  it.each(Object.entries(lists))('should name nothing as allowed that is refused: %s', (_, schema) => {
    const [[, message] = ['', '']] = messages(schema, ['task.exploded']);
    const allowed = message!.replace('must match one of ', '').split(', ');
    expect(allowed.length).toBeGreaterThan(10);
    expect(messages(schema, allowed)).toEqual([]);
    for (const name of PUBLIC_EVENT_NAMES) {
      expect([name, messages(schema, [name]).length]).toEqual([name, allowed.includes(name) ? 0 : 1]);
    }
  });

  it('should have a category of the log, but for what no release sends yet', () => {
    const without = PUBLIC_EVENT_NAMES.filter((name) => publicCategoryOf(name) === undefined);
    expect(without).toEqual(['message.new']);
    expect(
      ['workflow.step', 'system.alert', 'task.failed'].map((name) => publicCategoryOf(name as 'task.failed')),
    ).toEqual([...['run', 'alert', 'task']]);
  });

  it('should be refused by webhooks and rules in the same words where they are for single persons', () => {
    for (const pattern of ['notification', 'message.new', 'message.*', '*.new']) {
      const [words] = messages(lists.webhook, [pattern]);
      expect(words).toEqual(['0', expect.stringMatching(/single persons/)]);
      expect(messages(lists.rule, [pattern])).toEqual([words]);
      expect(messages(EventPattern, pattern)).toEqual([]);
    }
    expect(messages(lists.rule, ['*', ...SHARED_EVENT_NAMES])).toEqual([]);
  });
});

it('should tell the status of an event as its public form does', () => {
  const statuses = [...readFixtures().values()].map(({ category, type, data }) => {
    const event = { category, type, data: data as object, position: 1, stream_id: `${category}-1`, recorded_at: '' };
    expect([type, publicStatusOf(event)]).toEqual([type, publicEventOf(event)?.data['status']]);
    return publicStatusOf(event);
  });
  expect(new Set(statuses).size).toBeGreaterThan(20);
});
