import { ALERT_KINDS, type AlertKind } from '@ao/contracts';
import type { AlertDetails } from './alert.verdict';
import { wordingOf } from './alert.wording';

const source = 'tasks';
const DETAILS: Readonly<Record<AlertKind, AlertDetails>> = {
  service_unhealthy: { serving: 1, silent: 1, not_ready: 1, checks: 'nats, postgres', after_seconds: 30 },
  subscription_lagging: { lag_seconds: 75 },
  events_parked: { parked_streams: 1 },
  dead_letters_growing: { count: 25, window_seconds: 600 },
  budget_threshold: {
    ...{ scope: 'task_type', task_type: 'ocr', month: '2026-02', percent: 80 },
    ...{ spent_micros: 80_500_000, monthly_limit_micros: 100_000_000, currency: 'EUR' },
  },
  certificate_expiring: { of: 'agent', agent_id: 'id', agent_name: 'web-1', expires_at: '2026-01-02T00:00:00.000Z' },
  secret_expiring: { name: 'smtp', expires_at: '2026-01-02T00:00:00.000Z' },
  webhook_failing: {
    host: 'hooks.example.org',
    failing_since: '2026-01-02T00:00:00.000Z',
    disables_at: '2026-01-05T00:00:00.000Z',
  },
  webhook_disabled: { host: 'hooks.example.org', disabled_by: 'gone' },
  channel_failing: { name: 'ops', type: 'slack', failing_since: '2026-01-02T00:00:00.000Z' },
};
const raise = (kind: AlertKind, details = DETAILS[kind]) =>
  wordingOf({ verdict: 'raise', severity: 'warning', kind, source, details });

describe('the words of an alert', () => {
  it.each(ALERT_KINDS)('of %s should be sentences without a gap, raised and cleared', (kind) => {
    const cleared = { verdict: 'clear', kind, source } as const;
    for (const text of [
      raise(kind),
      wordingOf({ ...cleared, details: DETAILS[kind] }),
      wordingOf({ ...cleared, details: {} }),
    ]) {
      expect(text).toMatch(/^[A-Z0-9tN].*\.$/);
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it('should name the thing and say what to do', () => {
    expect(raise('service_unhealthy')).toBe(
      'A process of tasks does not serve: 1 silent for more than 30 s, 1 not ready (nats, postgres), 1 serving. ' +
        'See its log lines and its /health/ready, and start it again if it does not come back.',
    );
    expect(raise('budget_threshold')).toContain(
      "tasks of type 'ocr' has reached 80 % of its limit in 2026-02: 80.50 of 100.00 EUR",
    );
    expect(raise('dead_letters_growing')).toContain('25 tasks became dead letters within 10 minutes');
    expect(raise('events_parked')).toContain('has parked 1 stream.');
    expect(raise('certificate_expiring')).toContain("the agent 'web-1'");
  });

  it('should fit', () => {
    expect(raise('secret_expiring', { ...DETAILS.secret_expiring, name: 'x'.repeat(2_000) })).toHaveLength(1_000);
  });
});
