import { spawn } from 'node:child_process';
import path from 'node:path';
import { ERASED, openSealed } from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { connectBus, createCommandClient } from '@ao/messaging';
import { eventually } from '@ao/testing';
import type { Pool } from 'pg';
import { canary, canaryOf, everyRow, type Canary } from './canary/canary';
import { castOf, type Cast } from './canary/cast';
import { startOverheard, type Installation } from './canary/installation';
import { sealedTextsOf, type SealedText } from './canary/sealed-texts';
import { tour, tourWithoutIdentity } from './canary/tour';

/**
 * What is secret or personal, from the outside: it works, it is nowhere but where it must be, and once it is erased it is
 * gone everywhere while the log still proves what happened.
 */

const root = path.resolve(__dirname, '..');
let installation: Installation;
let admin: Pool;
let cast: Cast;

beforeAll(async () => {
  installation = await startOverheard({ TRUSTED_PROXIES: '127.0.0.1/32', SSH_DENIED_NETWORKS: '192.0.2.0/24' });
  admin = installation.stack.database.pool();
  cast = castOf(installation);
  await cast.enter();
}, 120_000);
afterAll(() => installation?.stop());

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
    const value = cast.secretValue();
    const id = await cast.createSecret(value);
    const shown = await cast.asAdmin('GET', `/api/v1/secrets/${id}`);
    expect(shown).toMatchObject({ id, version: 1, revealed: false });
    expect(value.in(JSON.stringify(shown))).toBe(false);
    expect(value.in(JSON.stringify(await cast.asAdmin('GET', '/api/v1/secrets')))).toBe(false);
    expect(await typesOf(`secret-${id}`)).toEqual(['SecretCreated']);

    expect(await cast.asAdmin('GET', `/api/v1/secrets/${id}?reveal=true`)).toMatchObject({
      value: value.text,
      revealed: true,
    });
    expect(await typesOf(`secret-${id}`)).toEqual(['SecretCreated', 'SecretRevealed']);
    const { entries } = await cast.asAdmin('GET', `/api/v1/admin/audit?action=SecretRevealed&object_id=${id}`);
    expect(entries).toEqual([
      expect.objectContaining({
        actor: expect.objectContaining({ type: 'user', email: installation.stack.admin.email }),
        result: 'ok',
      }),
    ]);
  });

  it('should keep the versions before, also of values it makes up', async () => {
    const [first, second] = [cast.secretValue(), cast.secretValue()];
    const id = await cast.createSecret(first);
    expect(await cast.asAdmin('POST', `/api/v1/secrets/${id}/rotate`, { value: second.text })).toMatchObject({
      version: 2,
    });
    expect(await cast.asAdmin('POST', `/api/v1/secrets/${id}/rotate`, {})).toMatchObject({ version: 3 });
    const made = await cast.asAdmin('GET', `/api/v1/secrets/${id}?reveal=true`);
    cast.spoken(canaryOf('a value that was made up', made.value as string));
    expect(made.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await cast.asAdmin('GET', `/api/v1/secrets/${id}?reveal=true&version=1`)).toMatchObject({
      value: first.text,
    });
    expect(await cast.asAdmin('GET', `/api/v1/secrets/${id}?reveal=true&version=2`)).toMatchObject({
      value: second.text,
    });
  });
});

describe('erasure', () => {
  it('should leave nothing of a person to read, and the log provably as it was written', async () => {
    const { id, email, password } = await cast.person('operator');
    const { access_token } = await cast.logIn(email.text, password.text);
    await installation.expectDone('PUT', '/api/v1/auth/me', {
      token: access_token,
      headers: { 'x-forwarded-for': cast.address.text },
      body: { full_name: cast.spoken(canary('another name')).text },
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
    expect(before).toContain(cast.address.text);
    expect(before).not.toContain(null);
    const entry = `/api/v1/admin/audit?action=UserProfileChanged&actor=${id}`;
    const [audited] = (await cast.asAdmin('GET', entry)).entries as readonly object[];
    expect(audited).toMatchObject({ address: cast.address.text, actor: { id, email: email.text } });
    const rowsBefore = await everyRow(admin);

    await cast.asAdmin('DELETE', `/api/v1/admin/users/${id}`);
    expect(await opened(texts)).toEqual(texts.map(() => null));
    expect(await cast.asAdmin('GET', `/api/v1/admin/users/${id}`)).toMatchObject({
      ...{ id, email: ERASED, full_name: ERASED, status: 'erased' },
    });
    expect((await cast.asAdmin('GET', entry)).entries).toEqual([
      { ...audited, address: ERASED, actor: { type: 'user', id, name: ERASED, email: ERASED } },
    ]);
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
    expect(await cast.asAdmin('GET', `/api/v1/admin/users/${id}`)).toMatchObject({ email: ERASED, status: 'erased' });
  });

  it('should leave nothing of a deleted secret to read, and free its name', async () => {
    const value = cast.secretValue();
    const name = `secret ${newId()}`;
    const id = await cast.createSecret(value, name);
    await cast.asAdmin('POST', `/api/v1/secrets/${id}/rotate`, { value: cast.secretValue().text });
    const texts = await sealedTextsOf(admin, `secret-${id}`);
    expect(texts).toHaveLength(2);
    expect(await opened(texts)).toContain(value.text);

    await cast.asAdmin('DELETE', `/api/v1/secrets/${id}`);
    expect(await opened(texts)).toEqual([null, null]);
    for (const query of ['', '?reveal=true', '?reveal=true&version=1'])
      expect((await cast.askAsAdmin('GET', `/api/v1/secrets/${id}${query}`)).status).toBe(404);
    await cast.createSecret(cast.secretValue(), name);
    expect((await auditVerify()).code).toBe(0);
  });
});

describe('what must not be seen', () => {
  it('should be nowhere but where it belongs', async () => {
    await tour(installation, cast, bait.text);
    const metrics = await installation.metrics();
    await installation.end('identity');
    await tourWithoutIdentity(installation, cast);
    await installation.end();
    const { nats, traces, answers } = installation;
    const { never, answered, stopped } = cast;
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
    expect(new Set(errors.map(({ status }) => status))).toEqual(new Set([400, 401, 403, 404, 409, 413, 422, 503]));
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
});
