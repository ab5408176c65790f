import { eventually, testStack, type TestStack } from '@ao/testing';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { IdentityClient, PASSWORD, type Answer, type Person } from './identity-api.fixture';

const LOGIN = '/api/v1/auth/login';
const REFRESH = '/api/v1/auth/refresh';
const ME = '/api/v1/auth/me';
const LOGINS_AT_ONCE = 200;

/** Logins as their callers see them: through the gateway, with everything behind it real. */
describe('logins', () => {
  let stack: TestStack;
  let api: IdentityClient;

  beforeAll(async () => {
    stack = await testStack({ services: ['gateway', 'identity'] });
    api = new IdentityClient(stack);
    // How many requests there may be is tested elsewhere.
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const code = (answer: Answer) => [answer.status, answer.body.code];
  const post = (route: string, body: object, token?: string) => api.call('POST', route, { body, token });
  const refresh = (refresh_token: string) => post(REFRESH, { refresh_token });
  const me = (token: string) => api.call('GET', ME, { token });
  const totp = (secret: unknown) => new TOTP({ secret: Secret.fromBase32(String(secret)) });
  const stepsFromNow = (steps: number) => ({ timestamp: Date.now() + steps * 30_000 });

  async function withMfa(): Promise<{ person: Person; codes: string[]; generator: TOTP }> {
    const person = await api.person('operator');
    const setup = await person.call('POST', '/api/v1/auth/mfa/setup', {});
    const generator = totp(setup.body.secret);
    const verified = await person.call('POST', '/api/v1/auth/mfa/verify', {
      code: generator.generate(stepsFromNow(0)),
    });
    expect(verified.status).toBe(200);
    return { person, generator, codes: verified.body.recovery_codes as string[] };
  }

  it('should let the first administrator in', async () => {
    const admin = await api.logIn(stack.admin);
    expect((await admin.call('GET', ME)).body).toMatchObject({ email: stack.admin.email, role: 'admin' });
  });

  it('should give 50 refreshes of one token at once the same successor', async () => {
    const person = await api.person('viewer');
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(person.refresh_token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect((await refresh(String([...successors][0]))).status).toBe(200);
  });

  it('should shut the session when a token of before the last comes back', async () => {
    const person = await api.person('viewer');
    const second = await refresh(person.refresh_token);
    const third = await refresh(String(second.body.refresh_token));
    const token = String(third.body.access_token);
    expect((await me(token)).status).toBe(200);
    expect(code(await refresh(person.refresh_token))).toEqual([401, 'invalid_refresh_token']);
    expect(code(await refresh(String(third.body.refresh_token)))).toEqual([401, 'invalid_refresh_token']);
    await eventually(async () => expect((await me(token)).status).toBe(401));
  });

  it('should take each code of the authenticator once, and say in the token that it was given', async () => {
    const { person, generator, codes } = await withMfa();
    const credentials = { email: person.email, password: PASSWORD };
    expect(code(await post(LOGIN, credentials))).toEqual([401, 'mfa_required']);
    // The next one is good as well, also when a step ends meanwhile.
    const totp_code = generator.generate(stepsFromNow(1));
    const login = await post(LOGIN, { ...credentials, totp_code });
    expect(login.status).toBe(200);
    expect(decodeJwt(String(login.body.access_token))).toMatchObject({ mfa: true });
    expect(code(await post(LOGIN, { ...credentials, totp_code }))).toEqual([401, 'invalid_mfa_code']);
    const recovered = await Promise.all(
      Array.from({ length: 5 }, () => post(LOGIN, { ...credentials, recovery_code: codes[0] })),
    );
    expect(recovered.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
  });

  it('should let those who must set MFA up do nothing else until they have', async () => {
    const security = (mfa_required_roles: string[]) => api.operator('PUT', '/api/v1/security', { mfa_required_roles });
    const changed = await security(['approver']);
    expect(changed.status).toBe(200);
    const person = await api.person('approver');
    const login = await post(LOGIN, { email: person.email, password: PASSWORD });
    expect(login).toMatchObject({ status: 200, body: { mfa_setup_required: true } });
    const token = String(login.body.access_token);
    await eventually(async () => expect((await api.call('GET', '/api/v1/agents', { token })).status).toBe(403));
    expect((await me(token)).status).toBe(200);
    const setup = await post('/api/v1/auth/mfa/setup', {}, token);
    const verified = await post('/api/v1/auth/mfa/verify', { code: totp(setup.body.secret).generate() }, token);
    expect(verified.status).toBe(200);
    await eventually(async () => expect((await api.call('GET', '/api/v1/agents', { token })).status).toBe(200));
    expect((await security([])).status).toBe(200);
  });

  it('should say when it may be tried again, and let in whoever has been here before', async () => {
    const person = await api.person('viewer');
    const nobody = 'nobody-at-all@example.org';
    let last = await post(LOGIN, { email: nobody, password: 'x' });
    for (let guess = 1; guess <= 10; guess += 1) last = await post(LOGIN, { email: nobody, password: 'x' });
    expect(code(last)).toEqual([429, 'throttled']);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let guess = 0; guess < 12; guess += 1) await post(LOGIN, { email: person.email, password: 'x' });
    expect((await post(LOGIN, { email: person.email, password: PASSWORD })).status).toBe(200);
  });

  it(`should leave the others their way while ${LOGINS_AT_ONCE} log in at once`, async () => {
    const person = await api.person('viewer');
    const waits: number[] = [];
    let busy = true;
    const others = (async () => {
      while (busy) {
        const began = performance.now();
        expect((await api.call('GET', '/health')).status).toBe(200);
        waits.push(performance.now() - began);
      }
    })();
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: LOGINS_AT_ONCE }, () => post(LOGIN, { email: person.email, password: PASSWORD })),
    );
    const took = performance.now() - began;
    busy = false;
    await others;
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    const p99 = waits.sort((left, right) => left - right)[Math.floor(waits.length * 0.99)]!;
    console.info(
      `${LOGINS_AT_ONCE} logins at once: ${count(200)} in, ${count(503)} asked to come again, ` +
        `${Math.round(took)} ms; meanwhile GET /health ${waits.length} times, p99 ${Math.round(p99)} ms`,
    );
    // Each is let in or told when to come again; nobody is refused for the others' sake.
    expect(count(200) + count(503)).toBe(LOGINS_AT_ONCE);
    expect(count(200)).toBeGreaterThan(0);
    for (const { status, headers } of answers) if (status === 503) expect(headers.get('retry-after')).not.toBeNull();
    // One after the other, and none waits for the end of the logins.
    expect(waits.length).toBeGreaterThanOrEqual(4);
  });
});
