import { evolveAlert, type AlertEvent, type Severity } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { alertDecider, alertId } from './alert.decider';

const { given } = deciderSpec(alertDecider);
const at = '2026-01-01T00:00:00.000Z';
const about = { kind: 'service_unhealthy', source: 'tasks' } as const;
const alert_id = alertId(about.kind, about.source);
const terms = (severity: Severity) => ({ ...about, severity, message: 'tasks is silent.', details: { serving: 1 } });
const raise = (severity: Severity = 'warning') => testCommand('RaiseAlert', terms(severity));
const raised = (severity: Severity = 'warning', time = at): AlertEvent => ({
  type: 'AlertRaised',
  data: { alert_id, ...terms(severity), at: time },
});
const clear = testCommand('ClearAlert', { ...about, message: 'tasks answers again.' });
const clearedFrom = (severity: Severity): AlertEvent => ({
  type: 'AlertCleared',
  data: { alert_id, ...about, severity, message: 'tasks answers again.', at },
});
const cleared = clearedFrom('warning');

describe('an alert', () => {
  it('should be raised once, and again after it was cleared', () => {
    given().when(raise()).then(raised());
    given(raised()).when(raise()).then();
    given(raised(), cleared).when(raise()).then(raised());
  });

  it('should be cleared once, and only while it is raised, with the severity that it had', () => {
    given(raised()).when(clear).then(cleared);
    given(raised(), raised('critical')).when(clear).then(clearedFrom('critical'));
    given(raised(), cleared).when(clear).then();
    given().when(clear).then();
  });

  it('should be raised anew when its severity is another one', () => {
    given(raised()).when(raise('critical')).then(raised('critical'));
    given(raised(), raised('critical')).when(raise('critical')).then();
    given(raised(), raised('critical')).when(raise('info')).then(raised('info'));
  });

  it('should be told apart by kind and source', () => {
    const ids = [alertId('events_parked', 'tasks'), alertId('service_unhealthy', 'gateway'), alert_id];
    expect(new Set(ids).size).toBe(3);
    expect(alertId(about.kind, about.source)).toBe(alert_id);
  });

  it('should keep since when it stands, and how often it came', () => {
    const later = '2026-01-01T01:00:00.000Z';
    const fold = (...events: AlertEvent[]) => events.reduce(evolveAlert, undefined);
    expect(fold(raised(), raised('critical', later))).toMatchObject({
      ...{ status: 'raised', severity: 'critical', raised_at: at, at: later, times: 1 },
    });
    expect(fold(raised(), cleared)).toMatchObject({
      ...{ status: 'cleared', message: 'tasks answers again.', cleared_at: at, raised_at: at, times: 1 },
    });
    expect(fold(raised(), cleared, raised('info', later))).toMatchObject({
      ...{ status: 'raised', raised_at: later, cleared_at: null, times: 2 },
    });
  });
});
