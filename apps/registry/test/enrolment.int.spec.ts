import { X509Certificate } from 'node:crypto';
import {
  agentCaBundle,
  certificateRevocationList,
  enrolAgent,
  issueGatewayCertificate,
  issueRegistrationToken,
  renewCertificate,
  rotateAgentCa,
  type AgentCredentials,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { connectBus, createCommandClient, type Bus, type CommandClient } from '@ao/messaging';
import { eventually, startService, testMetadata, testStack, type StartedService, type TestStack } from '@ao/testing';
import { testRequest } from '../src/certificate/csr.testing';

/** The registry with identity, which signs the agents' tokens, and nobody else. */
describe('certificates of agents', () => {
  let stack: TestStack;
  let bus: Bus;
  let client: CommandClient;

  beforeAll(async () => {
    stack = await testStack({ services: ['identity', 'registry'] });
    const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
    bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
    client = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
  });
  afterAll(async () => {
    await bus?.drain();
    await stack?.stop();
  });

  const ask = <C extends RequestContract>(contract: C, data: DataOf<C>, metadata?: Partial<CommandMetadata>) =>
    client.send(contract, data, testMetadata(metadata));
  async function done<C extends RequestContract>(contract: C, data: DataOf<C>): Promise<ResultOf<C>> {
    const result = await ask(contract, data);
    if (isRejection(result)) throw new Error(result.message);
    return result.result;
  }
  const issue = async (agent_id: string | null = null) =>
    (await done(issueRegistrationToken, { name: null, labels: {}, agent_id, expires_in_seconds: 600 })).token;
  const enrolment = (registration_token: string, name: string): DataOf<typeof enrolAgent> => ({
    ...{ registration_token, name, agent_type: 'deployment', version: '1', capabilities: [], labels: {}, metadata: {} },
    ...{ max_concurrent_tasks: 1, heartbeat_interval_seconds: 30 },
  });
  const enrolled = async (name: string): Promise<AgentCredentials> => done(enrolAgent, enrolment(await issue(), name));
  const count = async (sql: string) =>
    (await stack.database.pool('admin').query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]!.n;

  it('should be renewed for the same key, and the same renewal given again', async () => {
    const { agent_id, serial, certificate } = await enrolled('renewing');
    const first = await done(renewCertificate, { agent_id, serial });
    expect(first.serial).not.toBe(serial);
    const [before, after] = [certificate, first.certificate].map((pem) => new X509Certificate(pem));
    expect(after!.publicKey.equals(before!.publicKey)).toBe(true);
    expect(await done(renewCertificate, { agent_id, serial })).toMatchObject({
      serial: first.serial,
      certificate: first.certificate,
    });
    // From the new one there is another one to come.
    expect((await done(renewCertificate, { agent_id, serial: first.serial })).serial).not.toBe(first.serial);
    const { csr, publicKey } = testRequest({ subject: agent_id });
    const other = await done(renewCertificate, { agent_id, serial, csr });
    expect(new X509Certificate(other.certificate).publicKey.equals(publicKey)).toBe(true);
  });

  it('rejects a renewal by a certificate that is another agent’s, or was revoked', async () => {
    const [one, two] = [await enrolled('one'), await enrolled('two')];
    const refused = { rejection: 'unauthenticated', code: 'certificate_not_valid' };
    expect(await ask(renewCertificate, { agent_id: one.agent_id, serial: two.serial })).toMatchObject(refused);
    const again = await done(enrolAgent, enrolment(await issue(one.agent_id), 'one'));
    expect(await ask(renewCertificate, { agent_id: one.agent_id, serial: one.serial })).toMatchObject(refused);
    expect((await done(renewCertificate, { agent_id: one.agent_id, serial: again.serial })).agent_id).toBe(
      one.agent_id,
    );
    await eventually(async () => {
      const { crl } = await done(certificateRevocationList, {});
      expect(Buffer.from(crl, 'base64').toString('hex')).toContain(one.serial);
    });
  });

  it('should answer a command that is sent again only once with what is secret', async () => {
    const data = enrolment(await issue(), 'repeated');
    const metadata = testMetadata();
    expect(isRejection(await ask(enrolAgent, data, metadata))).toBe(false);
    expect(await ask(enrolAgent, data, metadata)).toMatchObject({ code: 'secret_already_shown' });
    expect(await ask(enrolAgent, data)).toMatchObject({ code: 'invalid_registration_token' });
    const token = testMetadata();
    const asked = { name: null, labels: {}, agent_id: null, expires_in_seconds: 60 };
    expect(isRejection(await ask(issueRegistrationToken, asked, token))).toBe(false);
    expect(await ask(issueRegistrationToken, asked, token)).toMatchObject({ code: 'secret_already_shown' });
  });

  it('should leave everything as it is while identity is away', async () => {
    const token = await issue();
    await stack.service('identity').stop();
    const head = () => count('event_log.events');
    const before = await head();
    expect(await ask(enrolAgent, enrolment(token, 'patient'))).toMatchObject({ rejection: 'unavailable' });
    expect(await head()).toBe(before);
    await stack.restart('identity');
    expect(isRejection(await ask(enrolAgent, enrolment(token, 'patient')))).toBe(false);
  });

  it('should come from one authority, made once, whichever replica signs', async () => {
    const replica = await startService('registry', stack.environmentOf('registry'));
    try {
      await replica.ready();
      const bundles = await Promise.all(Array.from({ length: 20 }, () => done(agentCaBundle, {})));
      expect(new Set(bundles.map(({ bundle }) => bundle)).size).toBe(1);
      const ca = new X509Certificate(bundles[0]!.bundle);
      const agents = await Promise.all(Array.from({ length: 10 }, (_, n) => enrolled(`replicas-${n}`)));
      for (const { certificate } of agents) expect(new X509Certificate(certificate).verify(ca.publicKey)).toBe(true);
      expect(await count(`event_log.events where type = 'AgentCaCreated'`)).toBe(1);
    } finally {
      await replica.kill();
    }
  });

  it('should sign for a gateway what it asks for, and nothing else', async () => {
    const { csr, publicKey } = testRequest();
    const names = ['localhost', '::1'];
    const { certificate, serial } = await done(issueGatewayCertificate, { csr, names });
    const read = new X509Certificate(certificate);
    expect([read.checkHost('localhost'), read.checkIP('::1'), read.ca]).toEqual(['localhost', '::1', false]);
    expect(read.publicKey.equals(publicKey)).toBe(true);
    const first = new X509Certificate((await done(agentCaBundle, {})).bundle);
    expect(read.verify(first.publicKey)).toBe(true);
    const written = `event_log.events where type = 'GatewayCertificateIssued' and data->>'serial' = '${serial}'`;
    expect(await count(written)).toBe(1);
    const all = `event_log.events where type = 'GatewayCertificateIssued'`;
    const before = await count(all);
    for (const bad of [
      testRequest({ ca: true }).csr,
      testRequest({ uris: ['spiffe://agent-orchestration/agent/x'] }).csr,
    ])
      expect(await ask(issueGatewayCertificate, { csr: bad, names })).toMatchObject({ code: 'validation_failed' });
    for (const bad of [
      [],
      ['*.example.org'],
      ['1.2.3'],
      ['a b'],
      ['-a'],
      ['a..b'],
      Array.from({ length: 21 }, () => 'a'),
    ])
      expect(await ask(issueGatewayCertificate, { csr, names: bad })).toMatchObject({ rejection: 'invalid' });
    expect(await count(all)).toBe(before);
  });

  it('should be succeeded once, and by the same one on every replica', async () => {
    const replica = await startService('registry', stack.environmentOf('registry'));
    try {
      await replica.ready();
      const old = await enrolled('of-the-old');
      const asked = await Promise.all(Array.from({ length: 5 }, () => ask(rotateAgentCa, {})));
      const made = new Set(asked.flatMap((result) => (isRejection(result) ? [] : [result.result.ca_id])));
      expect(made.size).toBe(1);
      expect(await count(`event_log.events where type = 'AgentCaCreated'`)).toBe(2);
      expect(await ask(rotateAgentCa, {})).toMatchObject({ code: 'authority_too_young' });
      const first = new X509Certificate(old.ca);
      const signedByFirst = ({ certificate }: AgentCredentials) =>
        new X509Certificate(certificate).verify(first.publicKey);
      let tries = 0;
      await eventually(async () => expect(signedByFirst(await enrolled(`next-${(tries += 1)}`))).toBe(false), {
        timeoutMs: 20_000,
      });
      const next = await Promise.all(Array.from({ length: 10 }, (_, n) => enrolled(`by-the-new-${n}`)));
      expect(next.map(signedByFirst)).toEqual(next.map(() => false));
      for (const { ca } of next) expect(ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      // What the old one signed is renewed by the new one.
      const renewed = await done(renewCertificate, { agent_id: old.agent_id, serial: old.serial });
      expect(new X509Certificate(renewed.certificate).verify(first.publicKey)).toBe(false);
      const { certificate } = await done(issueGatewayCertificate, { csr: testRequest().csr, names: ['localhost'] });
      expect(new X509Certificate(certificate).verify(first.publicKey)).toBe(true);
    } finally {
      await replica.kill();
    }
  });

  it('rejects to start with other keys than the authority was sealed with, or none', async () => {
    const start = async (env: Record<string, string>): Promise<StartedService> => {
      const { CA_KEYS: _keys, ...rest } = stack.environmentOf('registry');
      return startService('registry', { ...rest, ...env });
    };
    const key = (id: string) => `${id}:${Buffer.alloc(32, 3).toString('base64')}`;
    for (const [env, why] of [
      [{}, /no keys to seal the certificate authority's key with; set CA_KEYS_FILE/],
      [{ CA_KEYS: key('other') }, /wrapped under another key-encryption key; give CA_KEYS/],
      [{ CA_KEYS: 'nonsense' }, /is not <id>:<base64 of 32 bytes>/],
    ] as const) {
      const service = await start(env);
      await service.exited;
      expect(service.output.join('\n')).toMatch(why);
      expect(service.output.join('\n')).not.toContain('nonsense');
    }
    // Another one in front of the right one is a rotation.
    const { CA_KEYS: right = '' } = stack.environmentOf('registry');
    await stack.restart('registry', { CA_KEYS: `${key('next')},${right}` });
    expect(await count(`registry.data_keys where kek_id = 'next'`)).toBe(1);
    await stack.restart('registry', { CA_KEYS: key('next') });
    expect((await enrolled(`after-${newId()}`)).certificate).toContain('BEGIN CERTIFICATE');
  });
});
