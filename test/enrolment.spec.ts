import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { WebSocket } from 'ws';
import { testRequest, type TestRequest } from '../apps/registry/src/certificate/csr.testing';
import { enrolmentStack, serialOf, type Enrolled, type EnrolmentStack } from './enrolment.fixture';

const TOKENS = '/api/v1/agents/registration-tokens';
const BAD_TOKEN = { status: 401, code: 'invalid_registration_token', detail: 'The registration token is not valid' };

describe('enrolment of deployment agents', () => {
  let all: EnrolmentStack;
  beforeAll(async () => {
    all = await enrolmentStack();
  });
  afterAll(() => all?.stop());

  const count = async (sql: string, values: unknown[] = []) => {
    const { rows } = await all.stack.database.pool('admin').query<{ n: number }>(sql, values);
    return rows[0]!.n;
  };
  const eventsOf = (type: string) => count('select count(*)::int as n from event_log.events where type = $1', [type]);
  const crl = async () => {
    const response = await fetch(`${all.stack.url}/api/v1/agents/crl`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pkix-crl']);
    return Buffer.from(await response.arrayBuffer()).toString('hex');
  };

  it('should take a new agent in once per token, as the document says', async () => {
    const issued = await all.http.operator('POST', TOKENS, { labels: { datacenter: 'us-east-1' } });
    expect(issued.status).toBe(201);
    expect(issued.body).toMatchObject({ status: 'active', name: null, agent_id: null, used_by: null });
    const token = issued.body['token'] as string;
    expect(token).toMatch(/^ao_reg_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);

    const body = {
      ...{ name: 'agent-prod-01', version: '1.0.0', capabilities: ['docker', 'compose'] },
      labels: { datacenter: 'elsewhere', role: 'deployment' },
    };
    const answer = await all.register(token, body);
    expect(answer.status).toBe(201);
    const enrolled = answer.body as unknown as Enrolled;
    expect(answer.body).toEqual({
      agentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      token: expect.stringMatching(/^eyJ/),
      config: { heartbeatInterval: 30, taskPollInterval: 5, logLevel: 'info' },
      certificate: {
        cert: expect.stringContaining('-----BEGIN CERTIFICATE-----'),
        key: expect.stringContaining('-----BEGIN PRIVATE KEY-----'),
        ca: expect.stringContaining('-----BEGIN CERTIFICATE-----'),
        expiresAt: expect.stringMatching(/Z$/),
      },
    });
    const { cert, key, ca, expiresAt } = enrolled.certificate;
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key!))).toBe(true);
    expect(certificate.subjectAltName).toBe(`URI:spiffe://agent-orchestration/agent/${enrolled.agentId}`);
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    expect(await (await fetch(`${all.stack.url}/api/v1/agents/ca`)).text()).toBe(ca);

    const shown = await all.as(enrolled, 'GET', `/api/v1/agents/${enrolled.agentId}`);
    expect(shown.body).toMatchObject({ name: 'agent-prod-01', status: 'online', capabilities: ['docker', 'compose'] });
    const again = await all.register(token, { name: 'agent-prod-02' });
    expect(again.body).toMatchObject(BAD_TOKEN);
    const spent = await all.http.operator('GET', `${TOKENS}?include_spent=true`);
    expect(JSON.parse(spent.text)).toContainEqual(
      expect.objectContaining({ id: issued.body['id'], status: 'used', used_by: enrolled.agentId }),
    );
    expect((await all.http.operator('GET', TOKENS)).text).not.toContain(issued.body['id'] as string);
    expect(spent.text).not.toContain(token.slice(-43));
  });

  it('should make one agent of a hundred uses of one token, and as many as there are tokens otherwise', async () => {
    const token = await all.issue();
    const before = await eventsOf('AgentCertificateIssued');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => all.register(token, { name: `parallel-${n}` })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 99 }, () => 401)]);
    const made = `select count(*)::int as n from event_log.events where type = 'AgentRegistered' and data->>'name' like $1`;
    expect(await count(made, ['parallel-%'])).toBe(1);
    expect(await eventsOf('AgentCertificateIssued')).toBe(before + 1);

    const tokens = await Promise.all(Array.from({ length: 10 }, () => all.issue()));
    await Promise.all(tokens.map((each, n) => all.register(each, { name: `each-${n}` })));
    expect(await count(made, ['each-%'])).toBe(10);
  });

  it('should give a name once, and leave the token to be used with another', async () => {
    await all.enrolled('only-one');
    const [one, two] = [await all.issue(), await all.issue()];
    expect(await all.register(one, { name: 'only-one' })).toMatchObject({
      status: 409,
      body: { code: 'agent_name_taken', errors: [{ pointer: '/name' }] },
    });
    expect((await all.register(one, { name: 'another-one' })).status).toBe(201);
    const both = [two, await all.issue()].map((token) => all.register(token, { name: 'at-once' }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 409]);
    const bound = await all.issue({ name: 'bound' });
    expect((await all.register(bound, { name: 'unbound' })).status).toBe(403);
    expect((await all.register(bound, { name: 'bound' })).status).toBe(201);
  });

  it('should answer every bad token alike', async () => {
    const revoked = await all.http.operator('POST', TOKENS, {});
    const gone = await all.http.operator('DELETE', `${TOKENS}/${String(revoked.body['id'])}`);
    expect(gone.body).toMatchObject({ revoked: true, id: revoked.body['id'] });
    expect((await all.http.operator('DELETE', `${TOKENS}/${newId()}`)).status).toBe(404);
    const short = await all.issue({ expires_in_seconds: 1 });
    const good = await all.issue();
    const issuedAt = Date.now();
    await eventually(() => expect(Date.now() - issuedAt).toBeGreaterThan(1_500));
    const bad = [
      ...[undefined, 'x', `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`, 'y'.repeat(2_000)],
      ...[`ao_reg_${newId().replaceAll('-', '')}_${'A'.repeat(43)}`, revoked.body['token'] as string, short],
    ];
    for (const token of bad) {
      const { body } = await all.register(token, { name: 'nobody' });
      expect({ ...body, request_id: '' }).toEqual({
        ...{ ...BAD_TOKEN, title: 'Unauthorized', request_id: '' },
        type: 'urn:agent-orchestration:problem:invalid_registration_token',
        errors: [{ pointer: '/headers/x-agent-token', message: 'must be a registration token that is valid' }],
      });
    }
    expect((await all.register(good, { name: 'somebody' })).status).toBe(201);
  });

  it.each<[string, TestRequest | string]>([
    ['of an authority', { ca: true }],
    ['of another agent', { uris: [`spiffe://agent-orchestration/agent/${newId()}`] }],
    ['with another subject', { subject: newId() }],
    ['signed by another key', { signer: testRequest().privateKey }],
    ['of a megabyte', 'A'.repeat(900_000)],
    ['that is none', 'hello'],
  ])('rejects a certificate request %s, and the token is good after it', async (_what, request) => {
    const token = await all.issue();
    const csr = typeof request === 'string' ? request : testRequest(request).csr;
    const refused = await all.register(token, { name: `csr-${newId()}`, csr });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/csr' }] } });
    const { csr: fine, publicKey } = testRequest();
    const answer = await all.register(token, { name: `csr-${newId()}`, csr: fine });
    expect(answer.status).toBe(201);
    const { certificate } = answer.body as unknown as Enrolled;
    expect(certificate.key).toBeUndefined();
    const spki = (key: ReturnType<typeof createPublicKey>) => key.export({ format: 'pem', type: 'spki' });
    expect(spki(new X509Certificate(certificate.cert).publicKey)).toBe(spki(publicKey));
  });

  it('should let an agent touch what is its own, and nothing else', async () => {
    const [one, two] = [await all.enrolled('self'), await all.enrolled('other')];
    expect((await all.beat(one)).status).toBe(200);
    expect((await all.as(one, 'GET', `/api/v1/agents/${one.agentId.toUpperCase()}/tasks`)).status).toBe(200);
    expect((await all.as(one, 'GET', '/api/v1/agents')).status).toBe(200);
    const own = testRequest();
    for (const [method, route, body] of [
      ['POST', `/api/v1/agents/${two.agentId}/heartbeat`, {}],
      ['GET', `/api/v1/agents/${two.agentId}`, undefined],
      ['GET', `/api/v1/agents/${two.agentId}/tasks?lease=true`, undefined],
      ['POST', `/api/v1/agents/${two.agentId}/tasks/${newId()}/complete`, { success: true }],
      ...(['start', 'renew', 'progress', 'logs', 'input-required', 'return'] as const).map(
        (verb) => ['POST', `/api/v1/agents/${two.agentId}/tasks/${newId()}/${verb}`, {}] as const,
      ),
      ['GET', `/api/v1/agents/${two.agentId}/tasks/${newId()}/input`, undefined],
      ['POST', `/api/v1/agents/${two.agentId}/certificate`, { csr: own.csr }],
      ['POST', `/agents/${two.agentId}/heartbeat`, {}],
      ['PUT', `/agents/${two.agentId}/status`, { status: 'inactive' }],
      ['POST', '/api/v1/agents/an-alias/heartbeat', {}],
      ['GET', TOKENS, undefined],
      ['POST', '/api/v1/tasks', { type: 'x' }],
      ['POST', '/v1/tasks', { type: 'x' }],
      ['PATCH', `/api/v1/tasks/${newId()}`, { title: 'x' }],
      ['GET', '/api/v1/dead-letter', undefined],
      ['GET', '/api/v1/security/api-keys', undefined],
    ] as const) {
      const { status } = await all.as(one, method, route, body);
      expect([method, route, status]).toEqual([method, route, 403]);
    }
    const url = (id: string) => `${all.stack.url.replace('http', 'ws')}/api/v1/agents/${id}/task-stream`;
    const refused = new WebSocket(url(two.agentId), { headers: { authorization: `Bearer ${one.token}` } });
    const status = await new Promise((resolve) => {
      refused.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      refused.on('error', () => undefined);
    });
    expect(status).toBe(403);
    expect(
      (await all.http.operator('POST', `/api/v1/agents/${one.agentId}/certificate`, { csr: own.csr })).status,
    ).toBe(403);
  });

  it('should renew a certificate by request, and go on trusting the one before', async () => {
    const agent = await all.enrolled('renewed');
    const { csr, publicKey } = testRequest({ subject: agent.agentId });
    const answer = await all.as(agent, 'POST', `/api/v1/agents/${agent.agentId}/certificate`, { csr });
    expect(answer.status).toBe(200);
    const renewed = answer.body as unknown as Enrolled;
    const certificate = new X509Certificate(renewed.certificate.cert);
    expect(certificate.checkIssued(new X509Certificate(agent.certificate.ca))).toBe(true);
    expect(certificate.publicKey.equals(publicKey)).toBe(true);
    expect(serialOf(renewed.certificate.cert)).not.toBe(serialOf(agent.certificate.cert));
    for (const token of [agent.token, renewed.token])
      expect((await all.beat({ token, agentId: agent.agentId })).status).toBe(200);
    const route = `/api/v1/agents/${agent.agentId}/certificate`;
    expect(await all.as(agent, 'POST', route, { csr: testRequest({ ca: true }).csr })).toMatchObject({ status: 422 });
    // Nothing of the day is over: a beat renews nothing yet.
    expect((await all.beat(agent)).body).not.toHaveProperty('certificateRenewal');
  });

  it('should enrol an agent again by a token of its own, and revoke what it had', async () => {
    const before = await all.enrolled('again');
    const token = await all.issue({ agent_id: before.agentId });
    expect((await all.register(token, { name: 'of another name' })).status).toBe(403);
    const answer = await all.register(token, { name: 'again', version: '2.0.0' });
    expect(answer.status).toBe(201);
    const after = answer.body as unknown as Enrolled;
    expect(after.agentId).toBe(before.agentId);
    expect((await all.beat(before)).status).toBe(401);
    expect((await all.beat(after)).status).toBe(200);
    await eventually(async () => expect(await crl()).toContain(serialOf(before.certificate.cert)), {
      timeoutMs: 10_000,
    });
    expect(await crl()).not.toContain(serialOf(after.certificate.cert));
    expect((await all.as(after, 'GET', `/api/v1/agents/${after.agentId}`)).body).toMatchObject({ version: '2.0.0' });
    expect((await all.http.operator('POST', TOKENS, { agent_id: newId() })).status).toBe(404);
  });

  it('should end all that a deleted agent has at once, and leave its name to the next', async () => {
    const agent = await all.enrolled('mortal');
    const socket = new WebSocket(`${all.stack.url.replace('http', 'ws')}/api/v1/agents/${agent.agentId}/task-stream`, {
      headers: { authorization: `Bearer ${agent.token}` },
    });
    await new Promise((resolve) => socket.once('message', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    expect((await all.http.operator('DELETE', `/api/v1/agents/${agent.agentId}`)).body).toMatchObject({
      deleted: true,
    });
    expect((await all.beat(agent)).status).toBe(401);
    expect(await closed).toBe(4401);
    await eventually(async () => expect(await crl()).toContain(serialOf(agent.certificate.cert)), {
      timeoutMs: 10_000,
    });
    expect((await all.http.operator('POST', TOKENS, { agent_id: agent.agentId })).status).toBe(404);
    expect((await all.enrolled('mortal')).agentId).not.toBe(agent.agentId);
    // A gateway that starts knows it too: from its model, or from the log.
    await all.stack.restart('gateway');
    expect((await all.beat(agent)).status).toBe(401);
  });

  it('should keep no secret of it in the log', async () => {
    const token = await all.issue();
    const answer = await all.register(token, { name: 'secretive' });
    const { certificate, token: jwt } = answer.body as unknown as Enrolled;
    const keyLine = certificate.key!.split('\n')[1]!;
    for (const secret of [token.slice(-43), jwt, jwt.split('.')[2]!, keyLine]) {
      for (const table of ['event_log.events', 'event_log.commands', 'read_models.registration_tokens']) {
        const found = `select count(*)::int as n from ${table} t where t::text like '%' || $1 || '%'`;
        expect([table, await count(found, [secret])]).toEqual([table, 0]);
      }
    }
    // The control: what is public is found by the same look.
    const found = `select count(*)::int as n from event_log.events t where t::text like '%' || $1 || '%'`;
    expect(await count(found, [certificate.cert.split('\n')[1]!])).toBe(1);
  });
});
