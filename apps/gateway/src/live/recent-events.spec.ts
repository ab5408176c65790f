import { newId } from '@ao/kernel';
import { recorded } from '../access/access.testing';
import { taskEvents } from '@ao/contracts';
import { LiveEvent } from './live-event';
import { RecentEvents } from './recent-events';

const eventAt = (position: number, text = '') => {
  const task_id = newId();
  const data = { task_id, cancelled_at: '2026-01-01T00:00:00.000Z', reason: text };
  return LiveEvent.of(recorded({ stream: `task-${task_id}`, contract: taskEvents.TaskCancelled, data }, position))!;
};

describe('the recent events', () => {
  const positions = (events: readonly LiveEvent[] | undefined) => events?.map(({ position }) => position);

  it('should give what came after a position, as far back as it reaches', () => {
    const recent = new RecentEvents({ events: 3, bytes: 1_000_000 });
    expect(recent.after(0, 10)).toBeUndefined();
    recent.begin(10);
    expect(positions(recent.after(9, 10))).toBeUndefined();
    expect(positions(recent.after(10, 10))).toEqual([]);
    for (const position of [12, 15, 16]) recent.add(eventAt(position));
    expect(positions(recent.after(10, 10))).toEqual([12, 15, 16]);
    expect(positions(recent.after(13, 10))).toEqual([15, 16]);
    expect(positions(recent.after(12, 1))).toEqual([15]);
    recent.add(eventAt(20));
    // 12 is gone: from 11 on something would be missing.
    expect(positions(recent.after(11, 10))).toBeUndefined();
    expect(positions(recent.after(12, 10))).toEqual([15, 16, 20]);
    for (let position = 21; position < 100; position += 1) recent.add(eventAt(position));
    expect(positions(recent.after(96, 10))).toEqual([97, 98, 99]);
    expect(recent.after(95, 10)).toBeUndefined();
  });

  it('should hold no more than so many bytes', () => {
    const recent = new RecentEvents({ events: 100, bytes: 2_500 });
    recent.begin(0);
    for (const position of [1, 2, 3, 4]) recent.add(eventAt(position, 'x'.repeat(1_000)));
    expect(positions(recent.after(2, 10))).toEqual([3, 4]);
    expect(recent.after(1, 10)).toBeUndefined();
    recent.add(eventAt(5, 'x'.repeat(10_000)));
    expect(recent.after(4, 10)).toBeUndefined();
    expect(recent.after(5, 10)).toEqual([]);
  });
});
