import type { ScheduleEvent } from '@ao/contracts';
import type { EventBatch, OwnedSubscription } from '@ao/event-log';
import type { DueCommand, Timers } from '@ao/timers';

export const SCHEDULE_DUE = 'schedule_due';

export interface TimerChanges {
  readonly set: DueCommand[];
  readonly over: string[];
}

/** Keeps one timer per schedule: when it fires next. */
export function scheduleSubscription(timers: Pick<Timers, 'schedule' | 'cancel'>): OwnedSubscription {
  return {
    name: 'schedules',
    categories: ['schedule'],
    batchSize: 1_000,
    async handle(events, transaction) {
      const { set, over } = timersAfter(events);
      await timers.cancel(transaction, over);
      await timers.schedule(transaction, set);
    },
  };
}

/** What a batch does to the timers. Pure. */
export function timersAfter(events: EventBatch): TimerChanges {
  const due = new Map<string, string | undefined>();
  for (const recorded of events) {
    const event = recorded as unknown as ScheduleEvent;
    const next = 'next' in event.data ? event.data.next : null;
    due.set(event.data.schedule_id, next?.due_at);
  }
  const changes: TimerChanges = { set: [], over: [] };
  for (const [schedule_id, due_at] of due) {
    const timer_id = `schedule-${schedule_id}`;
    if (due_at === undefined) changes.over.push(timer_id);
    else changes.set.push({ timer_id, due_at, kind: SCHEDULE_DUE, payload: { schedule_id } });
  }
  return changes;
}
