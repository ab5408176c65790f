import type { PublicEvent } from '@ao/contracts';
import { coverOf, deliveryTo, WEBHOOK_CATEGORIES } from './webhook-match';

const event = (name: PublicEvent['name'], data: Record<string, unknown> = {}): PublicEvent => ({
  ...{ name, position: 12, time: '2026-01-01T00:00:00.000Z', data },
  subject: { kind: 'task', id: '018f0000-0000-7000-8000-000000000001' },
});

describe('what a webhook covers', () => {
  const failed = jest.fn();
  beforeEach(() => failed.mockClear());

  it('should be the events that its patterns name', () => {
    const covers = coverOf({ events: ['task.*', 'agent.status'], filter: null });
    const names = ['task.created', 'task.failed', 'agent.status', 'agent.updated', 'system.alert'] as const;
    expect(names.filter((name) => covers(event(name), failed))).toEqual([
      'task.created',
      'task.failed',
      'agent.status',
    ]);
  });

  it('should be what its filter leaves of them', () => {
    const covers = coverOf({ events: ['*'], filter: 'event.data.priority > 50' });
    expect(covers(event('task.created', { priority: 60 }), failed)).toBe(true);
    expect(covers(event('task.created', { priority: 40 }), failed)).toBe(false);
    expect(failed).not.toHaveBeenCalled();
  });

  it('should not be what its filter cannot be worked out for, and say so', () => {
    const covers = coverOf({ events: ['*'], filter: 'event.data.priority > 50' });
    expect(covers(event('task.created'), failed)).toBe(false);
    expect(failed).toHaveBeenCalledTimes(1);
    expect(coverOf({ events: ['*'], filter: 'event..' })(event('task.created'), failed)).toBe(false);
    expect(failed).toHaveBeenCalledTimes(2);
  });

  it('should never be what is meant for one person', () => {
    expect(coverOf({ events: ['*', 'notification'], filter: null })(event('notification'), failed)).toBe(false);
    expect(WEBHOOK_CATEGORIES).not.toContain('notification');
  });

  it('should lead to the same delivery each time, and to another for a replay', () => {
    const webhook = '018f0000-0000-7000-8000-0000000000aa';
    const replay = '018f0000-0000-7000-8000-0000000000bb';
    const first = deliveryTo(webhook, event('task.created'));
    expect(deliveryTo(webhook, event('task.created'))).toEqual(first);
    expect(deliveryTo(webhook, event('task.created'), replay).delivery_id).not.toBe(first.delivery_id);
    expect(deliveryTo(replay, event('task.created')).delivery_id).not.toBe(first.delivery_id);
  });
});
