import type { CertificatesDocument, SecretDocument } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { nextStep, severityAt, verdictAt } from './alert.plan';
import { authorityPlan, certificatePlan, gatewayPlan, secretPlan } from './expiry.plans';

const id = newId();
const time = (text: string) => Date.parse(text);

describe('a secret', () => {
  const secret = (changes: Partial<SecretDocument> = {}): SecretDocument => ({
    ...{ secret_id: id, name: 'smtp', category: 'password', description: '', version: 1 },
    ...{ created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' },
    ...{ rotated_at: null, revealed_at: null, expires_at: '2026-03-31T00:00:00.000Z' },
    ...changes,
  });

  it('should be told of 14 days before it expires, 3 days before, and when it has', () => {
    const plan = secretPlan(id, secret());
    const severities = ['2026-03-16T23:59:59Z', '2026-03-17T00:00:00Z', '2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z'];
    expect(severities.map((at) => severityAt(plan, time(at)))).toEqual([null, 'info', 'warning', 'critical']);
    expect(nextStep([plan], time('2026-03-20T00:00:00Z'))).toBe(time('2026-03-28T00:00:00Z'));
    expect(nextStep([plan], time('2026-03-31T00:00:00Z'))).toBeUndefined();
    expect(verdictAt(plan, time('2026-03-30T00:00:00Z'))).toEqual({
      ...{ kind: 'secret_expiring', source: id, verdict: 'raise', severity: 'warning' },
      details: { name: 'smtp', expires_at: '2026-03-31T00:00:00.000Z' },
    });
  });

  it('should not be told of earlier than it was meant to live', () => {
    const week = secretPlan(id, secret({ expires_at: '2026-01-08T00:00:00.000Z' }));
    expect(week.steps.map(({ severity }) => severity)).toEqual(['warning', 'critical']);
    const hour = secretPlan(id, secret({ expires_at: '2026-01-01T01:00:00.000Z' }));
    expect(hour.steps.map(({ severity }) => severity)).toEqual(['critical']);
    // A later value counts from when it was set.
    const rotated = secret({ rotated_at: '2026-03-30T00:00:00.000Z' });
    expect(secretPlan(id, rotated).steps.map(({ severity }) => severity)).toEqual(['critical']);
  });

  it('should be told of nothing when it does not expire, or is gone', () => {
    for (const none of [secret({ expires_at: null }), undefined]) {
      const plan = secretPlan(id, none);
      expect(plan).toEqual({ kind: 'secret_expiring', source: id, details: {}, steps: [] });
      expect(verdictAt(plan, time('2027-01-01T00:00:00Z')).verdict).toBe('clear');
    }
  });
});

describe("an agent's certificate", () => {
  const certificate = (changes: Partial<CertificatesDocument['certificates'][number]> = {}) => ({
    ...{ serial: '4'.repeat(32), fingerprint: 'f', revoked_at: null, reason: null },
    ...{ not_before: '2026-01-01T00:00:00.000Z', expires_at: '2026-01-02T00:00:00.000Z' },
    ...changes,
  });
  const document = (...certificates: CertificatesDocument['certificates']): CertificatesDocument => ({
    ...{ agent_id: id, certificates, deregistered_at: null },
  });

  it('should be told of when half of the hour in which it is renewed has passed', () => {
    const plan = certificatePlan(id, document(certificate()));
    expect([severityAt(plan, time('2026-01-01T23:29:59Z')), severityAt(plan, time('2026-01-01T23:30:00Z'))]).toEqual([
      ...[null, 'info'],
    ]);
    expect(severityAt(plan, time('2026-01-09T00:00:00Z'))).toBe('info');
  });

  it('should take a short life into account', () => {
    const short = certificate({ expires_at: '2026-01-01T00:08:00.000Z' });
    const plan = certificatePlan(id, document(short));
    expect(plan.steps).toEqual([{ at: '2026-01-01T00:06:00.000Z', severity: 'info' }]);
  });

  it('should be the newest one, whatever became of those before', () => {
    const before = certificate({ revoked_at: '2026-01-01T12:00:00.000Z', reason: 're_enrolled' });
    const newest = certificate({ expires_at: '2026-01-03T00:00:00.000Z' });
    expect(certificatePlan(id, document(newest, before)).details).toMatchObject({ expires_at: newest.expires_at });
  });

  it('should be told of nothing once it is revoked or the agent is gone', () => {
    const revoked = certificate({ revoked_at: '2026-01-01T12:00:00.000Z', reason: 'agent_deregistered' });
    const gone = { ...document(certificate()), deregistered_at: '2026-01-01T12:00:00.000Z' };
    for (const each of [document(revoked), gone, undefined]) expect(certificatePlan(id, each).steps).toEqual([]);
  });
});

describe('the authority and the gateways', () => {
  it('should be told of when the authority has no successor half a year before its end', () => {
    const plan = authorityPlan({ not_before: '2016-01-01T00:00:00.000Z', expires_at: '2026-12-31T00:00:00.000Z' });
    expect(plan.steps).toEqual([
      { at: '2026-07-04T00:00:00.000Z', severity: 'warning' },
      { at: '2026-12-01T00:00:00.000Z', severity: 'critical' },
    ]);
    expect(authorityPlan(undefined).steps).toEqual([]);
  });

  it("should be told of when no gateway has renewed in time, and be over when the certificate is nobody's any more", () => {
    const plan = gatewayPlan({ not_before: '2026-01-01T00:00:00.000Z', expires_at: '2026-01-02T00:00:00.000Z' });
    expect(plan.steps).toEqual([
      { at: '2026-01-01T20:00:00.000Z', severity: 'warning' },
      { at: '2026-01-02T00:00:00.000Z', severity: 'critical' },
      { at: '2026-01-03T00:00:00.000Z', severity: null },
    ]);
    expect(verdictAt(plan, time('2026-01-03T00:00:00Z')).verdict).toBe('clear');
  });
});
