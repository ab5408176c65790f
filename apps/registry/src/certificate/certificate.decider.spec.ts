import { evolveCertificates, type AgentEvent, type CertificateEvent } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import {
  certificateDecider,
  renewedBefore,
  replaceCertificates,
  type CertificateCommand,
  type CertificateState,
  type IssueCertificate,
  type RevokeCertificates,
} from './certificate.decider';

const agent_id = newId();
const day = (n: number, hour = 0) => new Date(Date.UTC(2026, 0, n, hour)).toISOString();
const certificate = (digit: string, from: number) => ({
  ...{ agent_id, serial: `4${digit.repeat(31)}`, fingerprint: digit.repeat(64), certificate: `pem ${digit}` },
  ...{ not_before: day(from), expires_at: day(from + 1) },
});
const issued = (digit: string, from: number): CertificateEvent => ({
  type: 'AgentCertificateIssued',
  data: { ...certificate(digit, from), at: day(from) },
});
const revoked = (digit: string, from: number, at: string): CertificateEvent => {
  const { serial, expires_at } = certificate(digit, from);
  return { type: 'AgentCertificateRevoked', data: { agent_id, serial, expires_at, reason: 'agent_deregistered', at } };
};
const { given } = deciderSpec<CertificateState, CertificateCommand, CertificateEvent>(certificateDecider);

const issue = (shown: string, time: string) =>
  testCommand('IssueCertificate', { ...certificate('b', 1), shown }, { time }) as IssueCertificate;
const revoke = (time: string) =>
  testCommand('RevokeCertificates', { agent_id, reason: 'agent_deregistered' }, { time }) as RevokeCertificates;

describe("an agent's certificates", () => {
  const { serial } = certificate('a', 1);

  it('should be renewed by one that is valid', () => {
    given(issued('a', 1))
      .when(issue(serial, day(1, 23)))
      .thenTypes('AgentCertificateIssued');
  });

  it.each<[string, CertificateEvent[], string]>([
    ['has none', [], day(1)],
    ['is of another agent, or was never issued', [issued('c', 1)], day(1)],
    ['has expired', [issued('a', 1)], day(2)],
    ['was revoked', [issued('a', 1), revoked('a', 1, day(1, 2))], day(1, 3)],
  ])('rejects a renewal by one that %s', (_what, before, time) => {
    given(...before)
      .when(issue(serial, time))
      .thenRejected({ rejection: 'unauthenticated', code: 'certificate_not_valid' });
  });

  it('should all be revoked that have not expired, once', () => {
    const both = [issued('a', 1), issued('b', 2)];
    given(...both)
      .when(revoke(day(2, 1)))
      .then(revoked('b', 2, day(2, 1)));
    const overlapping = [issued('a', 1), { ...issued('b', 1), type: 'AgentCertificateIssued' } as CertificateEvent];
    given(...overlapping)
      .when(revoke(day(1, 1)))
      .then(revoked('a', 1, day(1, 1)), revoked('b', 1, day(1, 1)));
    given(issued('a', 1), revoked('a', 1, day(1, 1)))
      .when(revoke(day(1, 2)))
      .then();
  });

  it('should take the place of all others when the agent enrols again', () => {
    const state = [issued('a', 1)].reduce(certificateDecider.evolve, certificateDecider.initialState());
    const append = replaceCertificates({ state, version: 1 }, { ...certificate('b', 1), at: day(1, 5) });
    expect(append).toMatchObject({ stream_id: `certificate-${agent_id}`, expected_version: 1 });
    expect(append.events.map(({ type, data }) => [type, (data as { serial: string }).serial])).toEqual([
      ['AgentCertificateRevoked', serial],
      ['AgentCertificateIssued', certificate('b', 1).serial],
    ]);
  });
});

describe('a renewal that is asked for again', () => {
  const [first, second] = [certificate('a', 1), certificate('b', 2)];
  const ofSameKey = (pem: string) => pem === second.certificate;

  it('should be the one that was made, while most of its life is left', () => {
    const now = Date.parse(day(2, 1));
    expect(renewedBefore([first, second], first.serial, ofSameKey, now)).toBe(second);
    expect(renewedBefore([first, second], first.serial, () => false, now)).toBeUndefined();
    expect(renewedBefore([first, second], second.serial, () => true, now)).toBeUndefined();
    expect(renewedBefore([first], first.serial, () => true, now)).toBeUndefined();
    expect(renewedBefore([first, second], first.serial, ofSameKey, Date.parse(day(2, 23)))).toBeUndefined();
  });
});

describe('a renewal of one that lives for less than two hours', () => {
  it('should be given again during the first half of its life', () => {
    const [shown, newest] = [certificate('a', 1), { ...certificate('b', 1), expires_at: day(1, 1) }];
    const at = (minutes: number) => Date.parse(day(1)) + minutes * 60_000;
    expect(renewedBefore([shown, newest], shown.serial, () => true, at(29))).toBe(newest);
    expect(renewedBefore([shown, newest], shown.serial, () => true, at(31))).toBeUndefined();
  });
});

describe('what readers keep', () => {
  const gone: AgentEvent = { type: 'AgentDeregistered', data: { agent_id, at: day(1, 4) } };

  it('should be every certificate that had not expired, and whether it was revoked', () => {
    const document = [issued('a', 1), issued('b', 1), revoked('a', 1, day(1, 2))].reduce(
      evolveCertificates,
      undefined as Parameters<typeof evolveCertificates>[0],
    );
    expect(document?.certificates.map(({ serial, revoked_at }) => [serial[1], revoked_at])).toEqual([
      ['a', day(1, 2)],
      ['b', null],
    ]);
    expect(evolveCertificates(document, issued('c', 3))?.certificates).toHaveLength(1);
    expect(evolveCertificates(document, gone)?.deregistered_at).toBe(day(1, 4));
    expect(evolveCertificates(undefined, gone)).toBeUndefined();
  });
});
