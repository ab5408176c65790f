import type { AlertEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { derivedId, isoTime } from '@ao/kernel';
import type { DueCommand } from '@ao/timers';
import { NOTICE, type Notice } from '../notice';

/** What every admin is told of an alert that is raised as a warning or worse; undefined: nothing. Pure. */
export function noticeToAdmins(event: RecordedEvent & AlertEvent): DueCommand | undefined {
  if (event.type !== 'AlertRaised' || event.data.severity === 'info') return undefined;
  const { alert_id, kind, severity, message } = event.data;
  const notice: Notice = {
    notice_id: derivedId('notice-to-admins', alert_id, event.position),
    ...{ rule_id: null, severity, event: 'system.alert', position: event.position },
    subject: `${severity === 'critical' ? 'Critical' : 'Warning'}: ${kind.replaceAll('_', ' ')}`,
    body: message,
    ...{ recipients: { users: [], roles: ['admin'] }, channels: [] },
  };
  const due_at = isoTime(Date.parse(event.recorded_at));
  return { timer_id: `notice-${notice.notice_id}`, due_at, kind: NOTICE, payload: notice };
}
