import type { ScheduleEvent, ScheduleTerms } from '@ao/contracts';
import { scheduleId } from './schedule.decider';

type Created = Extract<ScheduleEvent, { type: 'ScheduleCreated' }>;

export const schedule_id = scheduleId('nightly');

/** Every midnight of UTC. */
export const terms: ScheduleTerms = {
  description: '',
  timing: { type: 'cron', expression: '0 0 * * *', time_zone: 'UTC' },
  task: { type: 'report', payload: { of: 'yesterday' }, requirements: { capabilities: [] } },
  catch_up: 'once',
  overlap: 'skip',
  jitter_seconds: 0,
  starts_at: null,
  ends_at: null,
};

const midnight = '2026-01-02T00:00:00.000Z';

/** Created at the first of January, a midnight itself. */
export function created(change: Partial<Created['data']> = {}): Created {
  const data = {
    ...{ ...terms, schedule_id, name: 'nightly', paused: false },
    ...{ next: { scheduled_for: midnight, due_at: midnight }, created_at: '2026-01-01T00:00:00.000Z' },
  };
  return { type: 'ScheduleCreated', data: { ...data, ...change } };
}
