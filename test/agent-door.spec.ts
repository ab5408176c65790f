import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { freePort } from '@ao/embedded';
import { eventually } from '@ao/testing';
import { WebSocket } from 'ws';
import { authority, newAuthority } from '../apps/registry/src/certificate/authority';
import {
  beat,
  forged,
  forgedServer,
  KeptConnection,
  overTls,
  serverSerial,
  shownBy,
  stolenAuthority,
  type Shown,
} from './agent-door.fixture';
import { enrolmentStack, serialOf, type Enrolled, type EnrolmentStack } from './enrolment.fixture';

const UNAUTHENTICATED = {
  status: 401,
  type: 'application/problem+json; charset=utf-8',
  body: { code: 'unauthenticated' },
};
/** Always "in the last hour": a beat renews. */
const FIFTY_MINUTES = '3000';

/** A gateway and all behind it, asked over mutual TLS by clients of every kind. */
describe("the agents' own port", () => {
  let all: EnrolmentStack;
  let port: number;
  let agent: Enrolled;
  const kept: KeptConnection[] = [];

  beforeAll(async () => {
    port = await freePort();
    all = await enrolmentStack({ AGENT_TLS_PORT: String(port), AGENT_CERTIFICATE_LIFETIME: FIFTY_MINUTES });
    agent = await all.enrolled('agent');
    await open();
  });
  afterAll(async () => {
    for (const connection of kept) connection.end();
    await all?.stop();
  });

  const open = () =>
    eventually(async () => expect((await overTls(port, shownBy(agent), { path: '/health' })).status).toBe(200), {
      timeoutMs: 30_000,
    });
  const keep = (shown: Shown) => {
    const connection = new KeptConnection(port, shown);
    kept.push(connection);
    return connection;
  };
  const stream = (who: Enrolled, of = who.agentId) => {
    const { cert, key, ca } = shownBy(who);
    return new WebSocket(`wss://127.0.0.1:${port}/api/v1/agents/${of}/task-stream`, { cert, key, ca });
  };

  it('should know an agent by its certificate alone, and let it touch what is its own', async () => {
    const other = await all.enrolled('other');
    const shown = shownBy(agent);
    expect(await overTls(port, shown, beat(agent.agentId))).toMatchObject({ status: 200, body: { tasks: [] } });
    expect((await overTls(port, shown, { path: `/api/v1/agents/${agent.agentId}` })).body).toMatchObject({
      name: 'agent',
    });
    expect((await overTls(port, shown, { path: '/api/v1/agents/ca' })).status).toBe(200);
    for (const refused of [
      beat(other.agentId),
      { path: `/api/v1/agents/${other.agentId}/tasks` },
      { path: '/api/v1/agents/registration-tokens' },
      { path: '/api/v1/auth/me' },
      { path: '/api/v1/security/api-keys' },
      { path: '/api/v1/tasks', method: 'POST', body: { type: 'x' } },
    ]) {
      const { status, type } = await overTls(port, shown, refused);
      expect([refused.path, status, type]).toEqual([refused.path, 403, UNAUTHENTICATED.type]);
    }
  });

  it('should know an agent that resumes a session, and not once it was revoked', async () => {
    const resuming = await all.enrolled('resuming');
    const sessions = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    const reused: boolean[] = [];
    const asked = { ...beat(resuming.agentId), options: { agent: sessions } };
    const send = () =>
      overTls(port, shownBy(resuming), { ...asked, onSocket: (socket) => reused.push(socket.isSessionReused()) });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect((await all.http.operator('DELETE', `/api/v1/agents/${resuming.agentId}`)).status).toBe(200);
    expect(await send()).toMatchObject(UNAUTHENTICATED);
    expect(reused).toEqual([false, true, true]);
    sessions.destroy();
  });

  it('should stream tasks to the agent of the certificate, and to no other', async () => {
    const other = await all.enrolled('streaming');
    const socket = stream(other);
    const welcome = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data.toString()));
      socket.once('error', reject);
    });
    expect(JSON.parse(welcome)).toMatchObject({ type: 'welcome', agentId: other.agentId });
    socket.close();
    const refused = stream(other, agent.agentId);
    refused.on('error', () => undefined);
    expect(
      await new Promise((resolve) => refused.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))),
    ).toBe(403);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('rejects the handshake of strangers, by %s', async (version) => {
    const { ca } = shownBy(agent);
    const { certificate, privateKey } = newAuthority(Date.now());
    const own = await stolenAuthority(all.stack);
    const old = await stolenAuthority(all.stack, () => Date.now() - 2 * 86_400_000);
    const options = { minVersion: version, maxVersion: version };
    const asked = { ...beat(agent.agentId), options };
    for (const [what, shown] of Object.entries<Shown>({
      'no certificate': { ca },
      'another authority': forged(authority(certificate, privateKey, { now: Date.now }), agent.agentId, ca),
      'an expired one': forged(old, agent.agentId, ca),
      "a server's": forgedServer(own, ca),
    })) {
      const outcome = await overTls(port, shown, asked).then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      expect([what, outcome]).toEqual([what, expect.stringMatching(/^(ERR_SSL_.*ALERT|ECONNRESET|EPIPE|EPROTO)/)]);
    }
    // The control: the same request with the agent's own.
    expect((await overTls(port, shownBy(agent), asked)).status).toBe(200);
  });

  it('rejects TLS 1.1, and what is no TLS', async () => {
    const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    await expect(overTls(port, shownBy(agent), { path: '/health', options })).rejects.toThrow(
      /alert|protocol|version/i,
    );
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  });

  it('rejects what the authority signed and the log does not have', async () => {
    const own = await stolenAuthority(all.stack);
    const { ca } = shownBy(agent);
    expect(await overTls(port, forged(own, agent.agentId, ca), beat(agent.agentId))).toMatchObject(UNAUTHENTICATED);
  });

  it('should take a token besides only of the same agent and certificate', async () => {
    const other = await all.enrolled('with-token');
    const shown = shownBy(agent);
    const asked = (token: string) => beat(agent.agentId, { headers: { authorization: `Bearer ${token}` } });
    expect((await overTls(port, shown, asked(agent.token))).status).toBe(200);
    const { body } = await overTls(port, shown, asked(agent.token));
    const renewed = body['token'] as string;
    for (const token of [other.token, renewed, all.stack.apiKey, 'nonsense', 'ao_live_x']) {
      expect(await overTls(port, shown, asked(token))).toMatchObject(UNAUTHENTICATED);
    }
    const basic = beat(agent.agentId, { headers: { authorization: 'Basic dTpw' } });
    expect(await overTls(port, shown, basic)).toMatchObject(UNAUTHENTICATED);
  });

  it('should renew by the heartbeat in the last hour, and know the agent by what it got', async () => {
    const { agentId, certificate } = await all.enrolled('renewing');
    const shown = { ...certificate, ca: certificate.ca };
    const first = await overTls(port, shown, beat(agentId));
    const { certificateRenewal: renewal, token } = first.body as unknown as {
      certificateRenewal: Enrolled['certificate'];
      token: string;
    };
    expect(serialOf(renewal.cert)).not.toBe(serialOf(certificate.cert));
    expect(new X509Certificate(renewal.cert).publicKey.equals(new X509Certificate(certificate.cert).publicKey)).toBe(
      true,
    );
    // The answer was lost: the next beat brings the same one.
    const again = await overTls(port, shown, beat(agentId));
    expect(again.body).toMatchObject({ certificateRenewal: { cert: renewal.cert } });
    const next = { ...shown, cert: renewal.cert };
    expect((await overTls(port, next, beat(agentId, { headers: { authorization: `Bearer ${token}` } }))).status).toBe(
      200,
    );
    expect((await overTls(port, shown, beat(agentId))).status).toBe(200);
    // By the token alone, on the main port.
    const byToken = await all.beat({ agentId, token });
    expect(byToken).toMatchObject({ status: 200, body: { certificateRenewal: { ca: certificate.ca } } });
  });

  it('should end open connections and streams with the agent', async () => {
    const mortal = await all.enrolled('mortal');
    const connection = keep(shownBy(mortal));
    expect((await connection.send(beat(mortal.agentId))).status).toBe(200);
    const others = keep(shownBy(agent));
    expect((await others.send(beat(agent.agentId))).status).toBe(200);
    const before = others.localPort;
    const socket = stream(mortal);
    await new Promise((resolve) => socket.once('message', resolve));
    const socketClosed = new Promise<number>((resolve) => socket.once('close', resolve));

    expect((await all.http.operator('DELETE', `/api/v1/agents/${mortal.agentId}`)).status).toBe(200);
    await connection.closed;
    expect(await socketClosed).toBe(4401);
    expect(await overTls(port, shownBy(mortal), beat(mortal.agentId))).toMatchObject(UNAUTHENTICATED);
    expect((await others.send(beat(agent.agentId))).status).toBe(200);
    expect(others.localPort).toBe(before);
  });

  it('should end what an agent had when it enrols again', async () => {
    const before = await all.enrolled('again');
    const connection = keep(shownBy(before));
    expect((await connection.send(beat(before.agentId))).status).toBe(200);
    const answer = await all.register(await all.issue({ agent_id: before.agentId }), { name: 'again' });
    const after = answer.body as unknown as Enrolled;
    await connection.closed;
    expect(await overTls(port, shownBy(before), beat(before.agentId))).toMatchObject(UNAUTHENTICATED);
    expect((await overTls(port, shownBy(after), beat(after.agentId))).status).toBe(200);
  });

  it('should go on through the succession of its authority', async () => {
    const path = '/api/v1/security/agent-ca/rotate';
    const rotated = await all.http.operator('POST', path);
    expect(rotated).toMatchObject({ status: 200, body: { ca_id: expect.any(String) } });
    expect(await all.http.operator('POST', path)).toMatchObject({ status: 409, body: { code: 'authority_too_young' } });
    const old = new X509Certificate(agent.certificate.ca);
    const newcomer = await eventually(
      async () => {
        const enrolled = await all.enrolled(`newcomer-${Date.now()}`);
        expect(new X509Certificate(enrolled.certificate.cert).verify(old.publicKey)).toBe(false);
        return enrolled;
      },
      { timeoutMs: 20_000 },
    );
    const bundle = await (await fetch(`${all.stack.url}/api/v1/agents/ca`)).text();
    expect(bundle.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(newcomer.certificate.ca).toBe(bundle);
    // The old one trusts the first authority alone, and the gateway still shows what that signed.
    for (const each of [agent, newcomer])
      expect((await overTls(port, shownBy(each), beat(each.agentId))).status).toBe(200);
    await all.stack.restart('gateway');
    await open();
    for (const each of [agent, newcomer])
      expect((await overTls(port, shownBy(each), beat(each.agentId))).status).toBe(200);
  });

  it('should open when the registry is there, and serve everything else before', async () => {
    await all.stack.service('registry').kill();
    await all.stack.restart('gateway');
    expect((await fetch(`${all.stack.url}/health`)).status).toBe(200);
    await expect(overTls(port, shownBy(agent), { path: '/health' })).rejects.toThrow(/ECONNREFUSED/);
    await all.stack.restart('registry');
    await open();
  });

  it('should renew its own certificate without dropping a connection', async () => {
    await all.stack.restart('registry', { AGENT_CERTIFICATE_LIFETIME: '6' });
    await all.stack.restart('gateway');
    await open();
    const connection = keep(shownBy(agent));
    expect((await connection.send(beat(agent.agentId))).status).toBe(200);
    const before = connection.localPort;
    const first = await serverSerial(port, shownBy(agent));
    await eventually(async () => expect(await serverSerial(port, shownBy(agent))).not.toBe(first), {
      timeoutMs: 20_000,
    });
    expect((await connection.send(beat(agent.agentId))).status).toBe(200);
    expect(connection.localPort).toBe(before);
    const issued = `select count(*)::int as n from event_log.events where type = 'GatewayCertificateIssued'`;
    const { rows } = await all.stack.database.pool('admin').query<{ n: number }>(issued);
    expect(rows[0]!.n).toBeGreaterThan(2);
  });

  it('should end a connection when its certificate expires', async () => {
    // Six seconds, by the registry of the test before.
    const brief = await all.enrolled('brief');
    const connection = keep(shownBy(brief));
    expect((await connection.send(beat(brief.agentId))).status).toBe(200);
    await connection.closed;
    await expect(overTls(port, shownBy(brief), beat(brief.agentId))).rejects.toThrow();
  });

  it('should let everybody go when the gateway ends', async () => {
    const connection = keep(shownBy(agent));
    expect((await connection.send(beat(agent.agentId))).status).toBe(200);
    expect(await all.stack.service('gateway').stop()).toMatchObject({ code: 0 });
    await connection.closed;
  });

  it('should do without its port when that is taken', async () => {
    await all.stack.restart('gateway', { AGENT_TLS_PORT: new URL(all.stack.url).port });
    await eventually(
      () => expect(all.stack.service('gateway').output.join('\n')).toContain('is taken or not allowed'),
      {
        timeoutMs: 20_000,
      },
    );
    expect((await all.beat(agent)).status).toBe(200);
  });
});
