import type { IncomingMessage } from 'node:http';
import { agentCaEvents, agentEvents, certificateEvents } from '@ao/contracts';
import { isoTime, newId } from '@ao/kernel';
import { TestAuthentication, type Fact } from './access.testing';
import { readAgentCertificate } from './agent-certificate';
import { authorityOf } from './certificate.testing';
import { trustedPeer } from './client-address';
import { ClientCertificates } from './client-certificates';

const NOW = Date.UTC(2026, 5, 1);
const HOUR_MS = 3_600_000;
const authority = authorityOf('agents', NOW);
const agentId = newId();

const created = ({ pem }: ReturnType<typeof authorityOf>): Fact => ({
  stream: `agentca-${newId()}`,
  contract: agentCaEvents.AgentCaCreated,
  data: {
    ...{ ca_id: newId(), certificate: pem, private_key: 'sealed' },
    ...{ created_at: isoTime(NOW), expires_at: isoTime(NOW) },
  },
});

describe('a certificate that was signed for an agent', () => {
  it('should say whose it is', () => {
    const { certificate, serial } = authority.forAgent(agentId);
    expect(readAgentCertificate(certificate, [authorityOf('other', NOW).certificate, authority.certificate])).toEqual({
      ...{ agentId, serial, from: NOW - 1_000, until: NOW + 24 * HOUR_MS },
    });
  });

  it('rejects any other', () => {
    const read = (made: { certificate: Parameters<typeof readAgentCertificate>[0] }) =>
      readAgentCertificate(made.certificate, [authority.certificate]);
    // The same name, and not the same key.
    expect(read(authorityOf('agents', NOW).forAgent(agentId))).toBeUndefined();
    expect(read(authority)).toBeUndefined();
    expect(read(authority.forServer('localhost'))).toBeUndefined();
    for (const uri of [`spiffe://elsewhere/agent/${agentId}`, 'spiffe://agent-orchestration/agent/', `${agentId}`])
      expect(read(authority.forAgent(agentId, { uri }))).toBeUndefined();
    expect(readAgentCertificate(authority.forAgent(agentId).certificate, [])).toBeUndefined();
  });
});

describe('the certificate of a request', () => {
  const made = authority.forAgent(agentId, { lifetimeMs: HOUR_MS });
  let now: number;
  let authentication: TestAuthentication;
  let issued: ReadonlySet<string> | Error;
  let asked: number;
  let certificates: ClientCertificates;

  beforeEach(() => {
    now = NOW;
    asked = 0;
    issued = new Set([made.serial]);
    authentication = new TestAuthentication();
    authentication.fold(created(authority));
    certificates = new ClientCertificates({
      authentication,
      clock: { now: () => now },
      wasIssued: async (_agent, serial) => {
        asked += 1;
        if (issued instanceof Error) throw issued;
        return issued.has(serial);
      },
      isTrustedProxy: trustedPeer(['10.0.0.0/8']),
    });
  });

  const request = (pem: string, remoteAddress = '10.1.2.3') =>
    ({
      socket: { remoteAddress },
      headers: { 'x-forwarded-client-cert': `Cert="${encodeURIComponent(pem)}"` },
    }) as unknown as IncomingMessage;
  const proven = async (pem = made.pem) => (await certificates.shownBy(request(pem))?.prove())?.();

  it('should be nothing from anybody but a trusted proxy', () => {
    expect(certificates.shownBy(request(made.pem, '11.1.2.3'))).toBeUndefined();
    expect(certificates.shownBy(request(made.pem, '::ffff:10.1.2.3'))).toMatchObject({ by: 'proxy' });
    const { socket } = request(made.pem);
    expect(certificates.shownBy({ socket, headers: {} })).toBeUndefined();
    expect(certificates.shownBy({ socket, headers: { 'x-forwarded-client-cert': 'URI=spiffe://x' } })).toBeUndefined();
  });

  it('should be looked at once, and judged every time', async () => {
    expect(await proven()).toMatchObject({
      kind: 'agent',
      actor: { id: agentId },
      certificate: { serial: made.serial },
    });
    await proven();
    expect(asked).toBe(1);
    now = NOW + HOUR_MS;
    expect(await proven()).toBeUndefined();
    now = NOW - 2_000;
    expect(await proven()).toBeUndefined();
    now = NOW;
    const revoked = { agent_id: agentId, serial: made.serial, expires_at: isoTime(NOW + HOUR_MS), at: isoTime(NOW) };
    authentication.fold({
      stream: `certificate-${agentId}`,
      contract: certificateEvents.AgentCertificateRevoked,
      data: { ...revoked, reason: 'revoked' },
    });
    expect(await proven()).toBeUndefined();
  });

  it('should end with its agent', async () => {
    const before = await certificates.shownBy(request(made.pem))?.prove();
    expect(before?.()).toBeDefined();
    const data = { agent_id: agentId, at: isoTime(NOW) };
    authentication.fold({ stream: `agent-${agentId}`, contract: agentEvents.AgentDeregistered, data });
    expect(before?.()).toBeUndefined();
  });

  it('should be good when its authority was made a moment ago', async () => {
    const successor = authorityOf('agents', NOW);
    const { pem, serial } = successor.forAgent(agentId);
    issued = new Set([serial]);
    expect(await proven(pem)).toBeUndefined();
    authentication.onCaughtUp = () => authentication.fold(created(successor));
    expect(await proven(pem)).toBeDefined();
  });

  it('rejects what the log does not have, and asks again when it could not be asked', async () => {
    issued = new Set();
    expect(await proven()).toBeUndefined();
    issued = new Error('away');
    await expect(proven()).rejects.toMatchObject({ status: 503, code: 'not_ready' });
    issued = new Set([made.serial]);
    expect(await proven()).toBeDefined();
  });
});
