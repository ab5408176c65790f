import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { ERASED, openSealed } from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { connectBus, createCommandClient } from '@ao/messaging';
import { eventually } from '@ao/testing';
import type { Pool } from 'pg';
import { canary, canaryOf, everyRow, type Canary } from './canary/canary';
import { startOverheard, type Installation } from './canary/installation';
import { sealedTextsOf, type SealedText } from './canary/sealed-texts';

/**
 * What is secret or personal, from the outside: it works, it is nowhere but where it must be, and once it is erased it is
 * gone everywhere while the log still proves what happened.
 */

const root = path.resolve(__dirname, '..');
/** An address of IPv6 that is written in one way only. */
const randomAddress = () =>
  `2001:db8:${(randomBytes(12).toString('hex').match(/.{4}/g) ?? []).map((part) => part.replace(/^0/, 'a')).join(':')}`;

let installation: Installation;
let admin: Pool;
let adminToken: string;
const never: Canary[] = [];
const answered: Canary[] = [];
const stopped: Canary[] = [canaryOf('a hash of a password', '$argon2id$', ['$argon2'])];
/** Must be in no answer at all. */
const unspoken = <C extends Canary>(of: C): C => (never.push(of), of);
/** Is in the answer to whoever may have it, and in no error. */
const spoken = <C extends Canary>(of: C): C => (answered.push(of), of);
/** Must not even reach identity: the gateway refuses what it came with. */
const unspokenAnywhere = (name: string): Canary => (stopped.push(canary(name)), stopped.at(-1)!);

beforeAll(async () => {
  installation = await startOverheard({ TRUSTED_PROXIES: '127.0.0.1/32' });
  admin = installation.stack.database.pool();
  const { email, password } = installation.stack.admin;
  spoken(canaryOf('address of the first admin', email));
  unspoken(canaryOf('password of the first admin', password));
  adminToken = (await logIn(email, password)).access_token;
}, 120_000);
afterAll(() => installation?.stop());

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}
async function logIn(email: string, password: string, asking: object = {}): Promise<Tokens> {
  const body = { email, password, ...asking };
  const headers = { 'x-forwarded-for': address.text, 'user-agent': userAgent.text };
  const { access_token, refresh_token } = await installation.expectDone('POST', '/api/v1/auth/login', {
    body,
    headers,
  });
  spoken(canaryOf('an access token', access_token as string));
  spoken(canaryOf('a refresh token', refresh_token as string));
  return { access_token, refresh_token } as Tokens;
}
const address = spoken(canaryOf('the address of a client', randomAddress()));
const userAgent = spoken(canary('the user agent of a client', (word) => `Browser/${word}`));
const asAdmin = (method: string, route: string, body?: unknown) =>
  installation.expectDone(method, route, { token: adminToken, ...(body !== undefined && { body }) });

interface Person {
  readonly id: string;
  readonly email: Canary;
  readonly password: Canary;
}
async function person(role: string): Promise<Person> {
  const email = spoken(canary('an e-mail address', (word) => `${word}@example.org`));
  const password = unspoken(canary('a password', (word) => `Pass ${word} word`));
  const full_name = spoken(canary('a full name', (word) => `Ada ${word}`));
  const { id } = await asAdmin('POST', '/api/v1/admin/users', {
    ...{ email: email.text, password: password.text, full_name: full_name.text, role },
  });
  return { id: id as string, email, password };
}
const secretValue = () => spoken(canary('the value of a secret', (word) => `value ${word}`));
async function createSecret(value: Canary, name = `secret ${newId()}`): Promise<string> {
  const { id } = await asAdmin('POST', '/api/v1/secrets', { name, value: value.text, category: 'database' });
  return id as string;
}
const typesOf = async (stream: string) => {
  const { rows } = await admin.query<{ type: string }>(
    'select type from event_log.events where stream_id = $1 order by version',
    [stream],
  );
  return rows.map(({ type }) => type);
};

/** As the gateway does for its answers. */
async function opened(texts: readonly SealedText[]): Promise<(string | null)[]> {
  const { stack, nats } = installation;
  const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
  const bus = await connectBus({ url: nats.url, user, password, inboxPrefix, name: 'test' });
  try {
    const client = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
    const command_id = newId();
    const answer = await client.query(
      openSealed,
      { items: [...texts] },
      {
        ...{ command_id, correlation_id: command_id, causation_id: command_id },
        actor: { type: 'system', id: 'test' },
      },
    );
    if (isRejection(answer)) throw new Error(answer.code);
    return answer.result.texts;
  } finally {
    await bus.drain();
  }
}

/** One of the operator's programs. */
async function run(main: string, args: readonly string[], url: string): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['-r', './scripts/register.cjs', main, ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url,
      DATA_DIR: path.join(root, '.cache', 'no-data'),
      LOG_LEVEL: 'warn',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const code = await new Promise<number>((resolve) => child.once('close', (exit) => resolve(exit ?? 1)));
  return { code, output };
}
const auditVerify = () =>
  run('apps/operator/src/audit.main.ts', ['verify'], installation.stack.database.urlFor('auditor'));

describe('the vault', () => {
  it('should mask a value until it is asked for, and tell each time it was', async () => {
    const value = secretValue();
    const id = await createSecret(value);
    const shown = await asAdmin('GET', `/api/v1/secrets/${id}`);
    expect(shown).toMatchObject({ id, version: 1, revealed: false });
    expect(value.in(JSON.stringify(shown))).toBe(false);
    expect(value.in(JSON.stringify(await asAdmin('GET', '/api/v1/secrets')))).toBe(false);
    expect(await typesOf(`secret-${id}`)).toEqual(['SecretCreated']);

    expect(await asAdmin('GET', `/api/v1/secrets/${id}?reveal=true`)).toMatchObject({
      value: value.text,
      revealed: true,
    });
    expect(await typesOf(`secret-${id}`)).toEqual(['SecretCreated', 'SecretRevealed']);
  });

  it('should keep the versions before, also of values it makes up', async () => {
    const [first, second] = [secretValue(), secretValue()];
    const id = await createSecret(first);
    expect(await asAdmin('POST', `/api/v1/secrets/${id}/rotate`, { value: second.text })).toMatchObject({ version: 2 });
    expect(await asAdmin('POST', `/api/v1/secrets/${id}/rotate`, {})).toMatchObject({ version: 3 });
    const made = await asAdmin('GET', `/api/v1/secrets/${id}?reveal=true`);
    spoken(canaryOf('a value that was made up', made.value as string));
    expect(made.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await asAdmin('GET', `/api/v1/secrets/${id}?reveal=true&version=1`)).toMatchObject({ value: first.text });
    expect(await asAdmin('GET', `/api/v1/secrets/${id}?reveal=true&version=2`)).toMatchObject({ value: second.text });
  });
});

describe('erasure', () => {
  it('should leave nothing of a person to read, and the log provably as it was written', async () => {
    const { id, email, password } = await person('operator');
    const { access_token } = await logIn(email.text, password.text);
    await installation.expectDone('PUT', '/api/v1/auth/me', {
      token: access_token,
      headers: { 'x-forwarded-for': address.text },
      body: { full_name: spoken(canary('another name')).text },
    });
    // What the person did carries the address it was done from.
    await eventually(async () => {
      const contexts = (await sealedTextsOf(admin, `user-${id}`)).map(({ context }) => context);
      expect(new Set(contexts)).toEqual(
        new Set(['email', 'full_name', 'password', 'session', 'address', 'user_agent']),
      );
    });
    const texts = await sealedTextsOf(admin, `user-${id}`);
    const before = await opened(texts);
    expect(before).toContain(email.text);
    expect(before).toContain(address.text);
    expect(before).not.toContain(null);
    const rowsBefore = await everyRow(admin);

    await asAdmin('DELETE', `/api/v1/admin/users/${id}`);
    expect(await opened(texts)).toEqual(texts.map(() => null));
    expect(await asAdmin('GET', `/api/v1/admin/users/${id}`)).toMatchObject({
      ...{ id, email: ERASED, full_name: ERASED, status: 'erased' },
    });
    const { rows } = await admin.query('select wrapped from identity.data_keys where subject = $1', [`user-${id}`]);
    expect(rows).toEqual([{ wrapped: null }]);
    const again = await installation.ask('POST', '/api/v1/auth/login', {
      body: { email: email.text, password: password.text },
    });
    expect(again.status).toBe(401);
    expect((await installation.ask('GET', '/api/v1/auth/me', { token: access_token })).status).toBe(401);

    // Every event that was there is there as it was.
    const events = (all: typeof rowsBefore) =>
      all.filter(({ table }) => table === 'event_log.events').map(({ row }) => row);
    expect(events(await everyRow(admin))).toEqual(expect.arrayContaining(events(rowsBefore)));
    const verified = await auditVerify();
    expect(verified.output).toContain('chain verified');
    expect(verified.code).toBe(0);

    // A replay makes the same of it.
    const replayed = await run('apps/gateway/src/replay.main.ts', ['users'], installation.stack.database.adminUrl);
    if (replayed.code !== 0) throw new Error(replayed.output);
    expect(await asAdmin('GET', `/api/v1/admin/users/${id}`)).toMatchObject({ email: ERASED, status: 'erased' });
  });

  it('should leave nothing of a deleted secret to read, and free its name', async () => {
    const value = secretValue();
    const name = `secret ${newId()}`;
    const id = await createSecret(value, name);
    await asAdmin('POST', `/api/v1/secrets/${id}/rotate`, { value: secretValue().text });
    const texts = await sealedTextsOf(admin, `secret-${id}`);
    expect(texts).toHaveLength(2);
    expect(await opened(texts)).toContain(value.text);

    await asAdmin('DELETE', `/api/v1/secrets/${id}`);
    expect(await opened(texts)).toEqual([null, null]);
    for (const query of ['', '?reveal=true', '?reveal=true&version=1'])
      expect((await installation.ask('GET', `/api/v1/secrets/${id}${query}`, { token: adminToken })).status).toBe(404);
    await createSecret(secretValue(), name);
    expect((await auditVerify()).code).toBe(0);
  });
});

describe('what must not be seen', () => {
  it('should be nowhere but where it belongs', async () => {
    await goThroughEverything();
    const metrics = await installation.metrics();
    await installation.endServices();
    const { nats, traces, answers } = installation;
    const sent = [...never, ...answered];
    const all = [...sent, ...stopped];
    expect(all.length).toBeGreaterThan(40);

    // The control: each was on its way to identity or from it, where this test can see it.
    const overheard = Buffer.concat(nats.requests.map(({ bytes }) => bytes)).toString();
    expect(sent.filter((one) => !one.in(overheard)).map(({ name }) => name)).toEqual([]);

    const rows = await everyRow(admin);
    expect(rows.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['event_log.events', 'event_log.commands', 'identity.data_keys', 'read_models.users']),
    );
    const stored = rows.map(({ table, row }): Place => [table, row]);
    const said = nats.others.map(({ subject, bytes }): Place => [subject, bytes]);
    const traced = traces.exported.map((bytes): Place => ['a trace', bytes]);
    const written = installation
      .output()
      .split('\n')
      .map((line): Place => [`the output ${line.slice(0, 80)}`, line]);
    const errors = answers.filter(({ status }) => status >= 400);
    expect(new Set(errors.map(({ status }) => status))).toEqual(new Set([400, 401, 403, 404, 409, 413, 422]));
    const shown = (some: typeof answers) => some.map(({ request, text }): Place => [`the answer of ${request}`, text]);

    expectNowhere(all, stored, bait.text);
    expectNowhere(all, said, bait.text);
    expectNowhere(all, traced, 'identity.create_secret');
    expectNowhere(all, [['the metrics', metrics]], 'identity.create_secret');
    expectNowhere(all, written, 'the first administrator is made');
    expectNowhere(all, shown(errors), 'application/problem+json');
    expectNowhere([...never, ...stopped], shown(answers), bait.text);
  });

  type Place = readonly [string, Buffer | string];
  /** The name of a secret: no secret, and as random as one. */
  const bait = canary('the name of a secret');

  /** @param control what must be found there, or nothing would be */
  function expectNowhere(canaries: readonly Canary[], places: readonly Place[], control: string): void {
    expect(found([canaryOf('the control', control)], places)).not.toEqual([]);
    expect(found(canaries, places)).toEqual([]);
  }

  /** Which canaries stand where. */
  function found(canaries: readonly Canary[], places: readonly Place[]): string[] {
    return canaries.flatMap((one) =>
      places.filter(([, bytes]) => one.in(bytes)).map(([place]) => `${one.name} stands in ${place}`),
    );
  }

  async function goThroughEverything(): Promise<void> {
    const ada = await person('admin');
    const { access_token: token, refresh_token } = await logIn(ada.email.text, ada.password.text);
    const headers = { 'x-forwarded-for': address.text };
    const as = (method: string, route: string, body?: unknown) =>
      installation.ask(method, route, { body, token, headers });

    // Coming in, and not.
    const wrong = unspoken(canary('a wrong password', (word) => `Wrong ${word}`));
    const unknown = spoken(canary('an unknown address', (word) => `${word}@example.net`));
    const refused = [
      { email: ada.email.text, password: wrong.text },
      { email: unknown.text, password: wrong.text },
    ];
    for (const body of refused)
      expect((await installation.ask('POST', '/api/v1/auth/login', { body })).status).toBe(401);
    const refreshed = await installation.expectDone('POST', '/api/v1/auth/refresh', { body: { refresh_token } });
    spoken(canaryOf('the next refresh token', refreshed.refresh_token as string));
    const lost = spoken(canaryOf('a refresh token of nobody', `ao_rt_${randomBytes(40).toString('hex')}`));
    await installation.ask('POST', '/api/v1/auth/refresh', { body: { refresh_token: lost.text } });
    const registered = spoken(canary('the address of who registers', (word) => `${word}@example.com`));
    await installation.ask('POST', '/api/v1/auth/register', {
      body: {
        email: registered.text,
        password: unspoken(canary('the password of who registers', (word) => `Long ${word}`)).text,
        full_name: spoken(canary('the name of who registers')).text,
      },
    });
    await as('GET', `/api/v1/admin/users?email=${encodeURIComponent(ada.email.text)}`);
    await as('GET', '/api/v1/admin/users');
    await as('GET', '/api/v1/auth/me');
    await as('GET', '/api/v1/auth/sessions');
    await as('GET', '/api/v1/security/sessions');

    // A second factor.
    const { json: setup } = await as('POST', '/api/v1/auth/mfa/setup');
    const totp = spoken(canaryOf('a TOTP secret', setup.secret as string));
    const code = new TOTP({ secret: Secret.fromBase32(totp.text) }).generate();
    const { json: verified } = await as('POST', '/api/v1/auth/mfa/verify', { code });
    const codes = verified.recovery_codes as string[];
    expect(codes.length).toBeGreaterThan(5);
    for (const one of codes) spoken(canaryOf('a recovery code', one));
    await logIn(ada.email.text, ada.password.text, { recovery_code: codes[0] });

    // Keys and clients.
    const { json: key } = await as('POST', '/api/v1/security/api-keys', { name: 'CI', scopes: ['tasks:read'] });
    const [apiKey, ownSecret] = /^ao_live_[^_]+_(.+)$/.exec(key.key as string) as unknown as [string, string];
    spoken(canaryOf('an API key', apiKey, [apiKey, ownSecret]));
    expect((await installation.ask('GET', '/api/v1/tasks', { token: apiKey })).status).toBe(200);
    expect((await installation.ask('GET', '/api/v1/secrets', { token: apiKey })).status).toBe(403);
    const { json: client } = await as('POST', '/api/v1/security/oauth-clients', { name: 'B', scopes: ['tasks:read'] });
    const clientSecret = spoken(canaryOf('the secret of a client', client.client_secret as string));
    const granted = await installation.expectDone('POST', '/oauth/token', {
      body: { grant_type: 'client_credentials', client_id: client.client_id, client_secret: clientSecret.text },
    });
    spoken(canaryOf("a client's token", granted.access_token as string));
    const wrongSecret = unspoken(canary('a wrong secret of a client'));
    await installation.ask('POST', '/oauth/token', {
      body: { grant_type: 'client_credentials', client_id: client.client_id, client_secret: wrongSecret.text },
    });

    // Secrets, and everything that can be wrong with them.
    const value = secretValue();
    const name = bait.text;
    const { json: secret } = await as('POST', '/api/v1/secrets', { name, value: value.text, category: 'database' });
    const at = `/api/v1/secrets/${String(secret.id)}`;
    await asAdmin('GET', `${at}?reveal=true`);
    await as('PUT', at, { value: secretValue().text, description: 'another' });
    expect((await as('POST', '/api/v1/secrets', { name, value: secretValue().text })).status).toBe(409);
    const inTheBody = (body: unknown) => as('POST', '/api/v1/secrets', body);
    const hidden = () => unspokenAnywhere('a value that was refused').text;
    expect((await inTheBody({ name: '', value: hidden() })).status).toBe(422);
    expect((await inTheBody({ name, value: { value: hidden() } })).status).toBe(422);
    expect((await inTheBody({ name, value: `${hidden()}${'x'.repeat(70_000)}` })).status).toBe(422);
    expect((await inTheBody(`{"name": "cut off", "value": "${hidden()}`)).status).toBe(400);
    expect((await inTheBody({ name, value: `${hidden()}${'x'.repeat(2_000_000)}` })).status).toBe(413);
    // The person has a second factor by now, and this login went without.
    expect((await as('GET', `${at}?reveal=true`)).status).toBe(403);
    const nothing = await installation.ask('GET', `/api/v1/secrets/${newId()}?reveal=true`, { token: adminToken });
    expect(nothing.status).toBe(404);
    for (const body of [`{"email": "${ada.email.text}", "password": "${hidden()}`, { email: [hidden()], password: {} }])
      await installation.ask('POST', '/api/v1/auth/login', { body });
    await installation.ask('POST', '/api/v1/auth/refresh', { body: { refresh_token: [hidden()] } });
    // Where no credential belongs.
    await installation.ask('GET', `/api/v1/tasks?access_token=${hidden()}&api_key=${hidden()}`);
    await installation.ask('GET', '/api/v1/tasks', { token: hidden() });
    await installation.ask('GET', '/api/v1/tasks', { headers: { authorization: `Basic ${btoa(`x:${hidden()}`)}` } });
    await installation.ask('GET', '/api/v1/tasks', { headers: { 'x-api-key': hidden() } });

    // Leaving.
    const next = unspoken(canary('the next password', (word) => `Next ${word} word`));
    await as('POST', '/api/v1/auth/change-password', { current_password: wrong.text, new_password: next.text });
    await as('POST', '/api/v1/auth/change-password', { current_password: ada.password.text, new_password: next.text });
    await asAdmin('GET', '/api/v1/admin/audit?limit=200');
    await asAdmin('DELETE', at);
    await asAdmin('DELETE', `/api/v1/admin/users/${ada.id}`);
  }
});
