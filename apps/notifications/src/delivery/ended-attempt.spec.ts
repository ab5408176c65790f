import type { QueuedDelivery } from './delivery.store';
import { endedAttempt } from './ended-attempt';
import { DELAYS_MS } from './schedule';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const END = { startedAt: NOW - 120, now: NOW, random: 0.5 };
const delivery = (tries = 0): QueuedDelivery => ({
  ...{ delivery_id: 'd', target: { kind: 'webhook', id: 't' }, event: 'task.created', position: 7, replay_id: null },
  ...{ attempt: tries + 3, tries, created_at: '2026-01-01T00:00:00.000Z' },
});
const failure = { delivered: false, error: 'status', status_code: 500 } as const;

describe('an attempt that has ended', () => {
  it('should end a delivery that arrived', () => {
    const ended = endedAttempt(delivery(), { delivered: true, status_code: 204, response: '' }, END);
    expect(ended).toMatchObject({ state: 'delivered', due_at: null, number: 3, tries: 1, duration_ms: 120 });
    expect(ended).toMatchObject({ error: null, status_code: 204, at: '2025-12-31T23:59:59.880Z' });
  });

  it('should set the next attempt after a failure', () => {
    expect(endedAttempt(delivery(), failure, END)).toMatchObject({
      state: 'pending',
      due_at: '2026-01-01T00:00:05.000Z',
    });
    const asked = { ...failure, retry_after_ms: 60_000 };
    expect(endedAttempt(delivery(), asked, END)).toMatchObject({ due_at: '2026-01-01T00:01:00.000Z' });
  });

  it('should give up after the last attempt, or when no other can help', () => {
    expect(endedAttempt(delivery(DELAYS_MS.length - 1), failure, END)).toMatchObject({ state: 'failed', due_at: null });
    expect(endedAttempt(delivery(), { ...failure, final: 'this' }, END)).toMatchObject({
      state: 'failed',
      gone: false,
    });
  });

  it('should say that the target is gone only where that holds back the rest', () => {
    const gone = { ...failure, final: 'gone' } as const;
    // Held with the rest, and due as soon as the target is released, however often it was tried.
    for (const tries of [0, DELAYS_MS.length])
      expect(endedAttempt(delivery(tries), gone, { ...END, holdsWhenGone: true })).toMatchObject({
        ...{ state: 'pending', due_at: '2026-01-01T00:00:00.000Z', gone: true },
      });
    expect(endedAttempt(delivery(), gone, END)).toMatchObject({ state: 'failed', gone: false });
  });

  it('should keep no more of an answer than fits, and nothing that Postgres refuses', () => {
    const response = `\u0000${'x'.repeat(5_000)}`;
    const ended = endedAttempt(delivery(), { ...failure, response, detail: '\ud800' }, END);
    expect(ended.response).toBe(`\uFFFD${'x'.repeat(2_047)}`);
    expect(ended.detail).toBe('\uFFFD');
  });
});
