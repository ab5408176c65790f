import { WebSocket } from 'ws';
import { authority, newAuthority } from '../apps/registry/src/certificate/authority';
import { forged, stolenAuthority } from './agent-door.fixture';
import { enrolmentStack, type Enrolled, type EnrolmentStack } from './enrolment.fixture';

const URI = 'spiffe://agent-orchestration/agent/';
const element = (cert: string, agentId = '') =>
  `Hash=${'a'.repeat(64)};Cert="${encodeURIComponent(cert)}";Subject="O=x, CN=\\"y\\";z";URI=${URI}${agentId}`;

/** `X-Forwarded-Client-Cert` on the main port, from a proxy that is trusted and from anybody. */
describe('a certificate that a proxy forwards', () => {
  let all: EnrolmentStack;
  let agent: Enrolled;
  let other: Enrolled;

  beforeAll(async () => {
    all = await enrolmentStack();
    [agent, other] = [await all.enrolled('agent'), await all.enrolled('other')];
  });
  afterAll(() => all?.stop());

  const path = (id: string) => `/api/v1/agents/${id}/heartbeat`;
  const beat = (header: string | undefined, { token, id = agent.agentId }: { token?: string; id?: string } = {}) =>
    all.http.call('POST', path(id), {
      ...{ token, body: { status: 'healthy' } },
      ...(header !== undefined && { headers: { 'x-forwarded-client-cert': header } }),
    });
  const statusOf = async (...asked: Parameters<typeof beat>) => (await beat(...asked)).status;

  describe('from anybody', () => {
    it('should be as if it were not there', async () => {
      const good = element(agent.certificate.cert, agent.agentId);
      expect(await beat(good)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      // Neither does it get in the way of what is shown otherwise.
      expect(await statusOf(good, { token: other.token, id: other.agentId })).toBe(200);
      expect(await statusOf(good, { token: all.stack.apiKey })).toBe(200);
      expect(all.stack.service('gateway').output.join('\n')).not.toContain('BEGIN');
    });
  });

  describe('from a trusted proxy', () => {
    beforeAll(() => all.stack.restart('gateway', { TRUSTED_PROXIES: '127.0.0.0/8' }));

    it('should be the agent, as far as that may go', async () => {
      const good = element(agent.certificate.cert);
      expect(await statusOf(good)).toBe(200);
      expect(await statusOf(good)).toBe(200);
      expect(await statusOf(good, { id: other.agentId })).toBe(403);
      const headers = { 'x-forwarded-client-cert': good };
      expect((await all.http.call('GET', '/api/v1/security/api-keys', { headers })).status).toBe(403);
      const health = await all.http.call('GET', '/health', { headers: { 'x-forwarded-client-cert': element('x') } });
      expect(health.status).toBe(200);
    });

    it('should open the task stream of its agent', async () => {
      const url = `${all.stack.url.replace('http', 'ws')}/api/v1/agents/${agent.agentId}/task-stream`;
      const socket = new WebSocket(url, { headers: { 'x-forwarded-client-cert': element(agent.certificate.cert) } });
      const welcome = await new Promise<string>((resolve, reject) => {
        socket.once('message', (data: Buffer) => resolve(data.toString()));
        socket.once('error', reject);
      });
      expect(JSON.parse(welcome)).toMatchObject({ type: 'welcome', agentId: agent.agentId });
      socket.close();
    });

    it('should be the one that the proxy itself has added', async () => {
      const [good, bad] = [element(agent.certificate.cert), element(other.certificate.cert)];
      expect(await statusOf(`${bad},${good}`)).toBe(200);
      expect(await statusOf(`${good}, ${bad}`)).toBe(403);
      expect(await statusOf(`${good},Hash=${'b'.repeat(64)};URI=${URI}${agent.agentId}`)).toBe(401);
    });

    it('rejects what is no certificate of our authority, whatever stands beside it', async () => {
      const { cert, ca } = agent.certificate;
      const foreign = newAuthority(Date.now());
      const byForeign = authority(foreign.certificate, foreign.privateKey, { now: Date.now });
      const old = await stolenAuthority(all.stack, () => Date.now() - 2 * 86_400_000);
      const early = await stolenAuthority(all.stack, () => Date.now() + 3_600_000);
      const unknown = await stolenAuthority(all.stack);
      const base64 = cert.split('\n')[8]!;
      const tampered = cert.replace(
        base64,
        base64.replace(/[A-Za-z]/, (letter) => (letter === 'A' ? 'B' : 'A')),
      );
      expect(tampered).not.toBe(cert);
      for (const [what, header] of Object.entries({
        'a URI alone': `Hash=${'a'.repeat(64)};URI=${URI}${agent.agentId}`,
        'a tampered one': element(tampered, agent.agentId),
        'of another authority': element(forged(byForeign, agent.agentId, ca).cert, agent.agentId),
        expired: element(forged(old, agent.agentId, ca).cert),
        'not valid yet': element(forged(early, agent.agentId, ca).cert),
        'not in the log': element(forged(unknown, agent.agentId, ca).cert),
        'two in one': element(cert + other.certificate.cert),
        'the authority itself': element(ca),
        'no PEM': element('hello'),
        'a broken escape': 'Cert="%E0%A4%A"',
        'an open quote': 'Cert="',
        empty: '',
        'too long': element(cert + ' '.repeat(4_000)),
      })) {
        const { status, body } = await beat(header);
        expect([what, status, body['code']]).toEqual([what, 401, 'unauthenticated']);
      }
      // The control.
      expect(await statusOf(element(cert))).toBe(200);
    });

    it('should go with a token of the same agent alone, unless it is none of ours', async () => {
      const good = element(agent.certificate.cert);
      expect(await statusOf(good, { token: agent.token })).toBe(200);
      for (const token of [other.token, all.stack.apiKey, 'nonsense'])
        expect(await statusOf(good, { token })).toBe(401);
      // As the proxies of a mesh write it about each other.
      const foreign = newAuthority(Date.now());
      const byForeign = authority(foreign.certificate, foreign.privateKey, { now: Date.now });
      const mesh = element(forged(byForeign, other.agentId, '').cert);
      expect(await statusOf(mesh, { token: all.stack.apiKey })).toBe(200);
      expect(await statusOf(mesh, { token: agent.token })).toBe(200);
      expect(await statusOf(mesh, { token: other.token })).toBe(403);
    });

    it('should end with its revocation', async () => {
      const mortal = await all.enrolled('mortal');
      const header = element(mortal.certificate.cert);
      expect(await statusOf(header, { id: mortal.agentId })).toBe(200);
      expect((await all.http.operator('DELETE', `/api/v1/agents/${mortal.agentId}`)).status).toBe(200);
      expect(await statusOf(header, { id: mortal.agentId })).toBe(401);
    });
  });
});
