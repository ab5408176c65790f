import { createEventLog, type EventLog } from '@ao/event-log';
import { freePort } from '@ao/embedded';
import { newId } from '@ao/kernel';
import { eventually, startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import { TestIdentity, type Fact } from '../src/access/access.testing';
import { appendFacts } from '../src/access/append-facts.testing';

/** A revocation holds everywhere within this, even when nobody announces it. */
const WITHIN_MS = 2_000;

/** Two gateways and a log, without identity: nobody is there that could be asked. */
describe('what two replicas let in', () => {
  const identity = new TestIdentity();
  let stack: TestStack;
  let log: EventLog;
  let second: StartedService;
  let urls: readonly string[];
  const TRUSTED = '127.0.0.1';

  beforeAll(async () => {
    stack = await testStack({ services: ['gateway'], env: { TRUSTED_PROXIES: TRUSTED } });
    const port = await freePort();
    second = await startService('gateway', { ...stack.environmentOf('gateway'), PORT: String(port) });
    await second.ready();
    urls = [stack.url, `http://127.0.0.1:${port}`];
    // It announces nothing: what the replicas know they read.
    log = createEventLog({ pool: stack.database.pool('identity') });
    await appendFacts(
      log,
      identity.signingKey(),
      // More requests than a limit would let through.
      identity.setting('rate_limits.requests_per_hour', 100_000_000),
      identity.setting('rate_limits.requests_per_minute', 10_000_000),
    );
  });
  afterAll(async () => {
    await second?.kill();
    await log?.close();
    await stack?.stop();
  });

  const ask = async (url: string, token: string, route = '/api/v1/tasks?limit=1', forwarded?: string) => {
    const answer = await fetch(url + route, {
      headers: { authorization: `Bearer ${token}`, ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
    });
    return answer.status;
  };
  const everywhere = (token: string, route?: string, forwarded?: string) =>
    Promise.all(urls.map((url) => ask(url, token, route, forwarded)));
  /** Appends and says after how many milliseconds every replica answers so; fails when that is too long. */
  async function holds(facts: readonly Fact[], expected: number, asked: () => Promise<number[]>): Promise<void> {
    await appendFacts(log, ...facts);
    const since = performance.now();
    await eventually(async () => expect(await asked()).toEqual(urls.map(() => expected)));
    expect(performance.now() - since).toBeLessThan(WITHIN_MS);
  }

  it('should know a key at once that was just made, and refuse it everywhere soon after it is revoked', async () => {
    const { fact, key, id } = identity.apiKey(['tasks:read'], { type: 'bootstrap', id: 'bootstrap' });
    expect(await everywhere(key)).toEqual([401, 401]);
    await appendFacts(log, fact);
    // The first request brings the replica to where the log is.
    expect(await everywhere(key)).toEqual([200, 200]);
    await holds([identity.apiKeyEnd(id)], 401, () => everywhere(key));
  });

  it('should end what a person may do with the session, the role, the password and the person', async () => {
    const sessions = Array.from({ length: 4 }, newId);
    const users = sessions.map(() => newId());
    const sealed = `s1.installation.${'A'.repeat(40)}`;
    await appendFacts(
      log,
      ...users.flatMap((user, n) => [identity.user(user, 'admin'), identity.session(sessions[n]!, user)]),
    );
    const tokens = await Promise.all(users.map((user, n) => identity.sign(identity.userClaims(user, sessions[n]!))));
    const owned = identity.apiKey(['tasks:read'], { type: 'user', id: users[3]! });
    await appendFacts(log, owned.fact);
    for (const token of [...tokens, owned.key]) expect(await everywhere(token)).toEqual([200, 200]);
    const change = (n: number, type: Parameters<typeof identity.userChange>[1], more: object) =>
      identity.userChange(users[n]!, type, more);
    const ADMIN = '/api/v1/admin/audit';
    await holds([identity.sessionEnd(sessions[0]!, users[0]!)], 401, () => everywhere(tokens[0]!));
    await holds([change(1, 'UserRoleChanged', { role: 'viewer', previous_role: 'admin' })], 403, () =>
      everywhere(tokens[1]!, ADMIN),
    );
    expect(await everywhere(tokens[1]!)).toEqual([200, 200]);
    await holds([change(2, 'UserPasswordChanged', { password: sealed })], 401, () => everywhere(tokens[2]!));
    await holds([change(3, 'UserDisabled', {})], 401, () => everywhere(tokens[3]!));
    expect(await everywhere(owned.key)).toEqual([401, 401]);
  });

  it('should keep addresses out as the rules say, behind a proxy that is trusted as well', async () => {
    const FROM = '203.0.113.77';
    expect(await everywhere(stack.apiKey, undefined, FROM)).toEqual([200, 200]);
    await holds([identity.ipRules([], ['203.0.113.0/24'])], 403, () => everywhere(stack.apiKey, undefined, FROM));
    // What the caller wrote to the left of its own address is not believed.
    expect(await everywhere(stack.apiKey, undefined, `198.51.100.1, ${FROM}`)).toEqual([403, 403]);
    expect(await everywhere(stack.apiKey, '/health', FROM)).toEqual([403, 403]);
    expect(await everywhere(stack.apiKey, undefined, '198.51.100.1')).toEqual([200, 200]);
    await holds([identity.ipRules([], [])], 200, () => everywhere(stack.apiKey, undefined, FROM));
  });

  it('should obey settings as soon', async () => {
    const name = async () =>
      Promise.all(urls.map(async (url) => ((await (await fetch(`${url}/health`)).json()) as { name: string }).name));
    expect(await name()).toEqual(['agent-orchestration', 'agent-orchestration']);
    await appendFacts(log, identity.setting('general.installation_name', 'Plant 7'));
    const since = performance.now();
    await eventually(async () => expect(await name()).toEqual(['Plant 7', 'Plant 7']));
    expect(performance.now() - since).toBeLessThan(WITHIN_MS);
  });

  it('should say the same after a restart', async () => {
    const { fact, key } = identity.apiKey(['tasks:read'], { type: 'bootstrap', id: 'bootstrap' });
    const ended = identity.apiKey(['tasks:read'], { type: 'bootstrap', id: 'bootstrap' });
    await appendFacts(log, fact, ended.fact);
    await appendFacts(log, identity.apiKeyEnd(ended.id));
    await stack.restart('gateway');
    expect([await ask(stack.url, key), await ask(stack.url, ended.key)]).toEqual([200, 401]);
  });
});
