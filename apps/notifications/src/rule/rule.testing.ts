import type { PublicEvent, RuleTerms } from '@ao/contracts';

/** Terms of a rule that fires for every failed task. */
export const terms: RuleTerms = {
  name: 'failed tasks',
  description: '',
  enabled: true,
  events: ['task.failed'],
  condition: null,
  severity: 'warning',
  recipients: { users: [], roles: ['admin'] },
  channels: [],
  subject: 'A task failed',
  body: '',
  throttle: null,
  group: null,
};

export function eventAt(position: number, time: string, data: Record<string, unknown> = {}): PublicEvent {
  const subject = { kind: 'task', id: '00000000-0000-4000-8000-000000000001' };
  return { name: 'task.failed', position, time, subject, data: { event: 'TaskFailed', ...data } };
}
