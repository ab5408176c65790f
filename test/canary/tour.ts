import { randomBytes } from 'node:crypto';
import { newId } from '@ao/kernel';
import { Secret, TOTP } from 'otpauth';
import { keyPair, startSshServer, type SshServer } from '../../apps/tasks/src/ssh/ssh-server.testing';
import { canary, canaryOf } from './canary';
import type { Cast } from './cast';
import type { Installation } from './installation';
import { signingSecret, tourOfNotifications } from './tour-of-notifications';
import { hookTrigger, tourOfTriggers } from './tour-of-triggers';

/** Uses everything that takes or gives something secret or personal, in right ways and in wrong ones. */
export async function tour(installation: Installation, cast: Cast, bait: string): Promise<void> {
  const { address, asAdmin, hidden, logIn, person, secretValue, spoken, unspoken } = cast;
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
  for (const body of refused) expect((await installation.ask('POST', '/api/v1/auth/login', { body })).status).toBe(401);
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
  const name = bait;
  const { json: secret } = await as('POST', '/api/v1/secrets', { name, value: value.text, category: 'database' });
  const at = `/api/v1/secrets/${String(secret.id)}`;
  await asAdmin('GET', `${at}?reveal=true`);
  await as('PUT', at, { value: secretValue().text, description: 'another' });
  expect((await as('POST', '/api/v1/secrets', { name, value: secretValue().text })).status).toBe(409);
  const inTheBody = (body: unknown) => as('POST', '/api/v1/secrets', body);
  expect((await inTheBody({ name: '', value: hidden() })).status).toBe(422);
  expect((await inTheBody({ name, value: { value: hidden() } })).status).toBe(422);
  expect((await inTheBody({ name, value: `${hidden()}${'x'.repeat(70_000)}` })).status).toBe(422);
  expect((await inTheBody(`{"name": "cut off", "value": "${hidden()}`)).status).toBe(400);
  expect((await inTheBody({ name, value: `${hidden()}${'x'.repeat(2_000_000)}` })).status).toBe(413);
  // The person has a second factor by now, and this login went without.
  expect((await as('GET', `${at}?reveal=true`)).status).toBe(403);
  const nothing = await cast.askAsAdmin('GET', `/api/v1/secrets/${newId()}?reveal=true`);
  expect(nothing.status).toBe(404);
  await tourOfSsh(installation, cast);
  await tourOfNotifications(cast);
  await tourOfTriggers(installation, cast);
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

/** Nobody takes what is sent now, and nobody may write it down. */
export async function tourWithoutIdentity(installation: Installation, { hidden, askAsAdmin }: Cast): Promise<void> {
  const email = `${hidden()}@example.org`;
  const logIn = await installation.ask('POST', '/api/v1/auth/login', { body: { email, password: hidden() } });
  expect(logIn.status).toBe(503);
  const registration = { email, password: hidden(), full_name: hidden() };
  expect((await installation.ask('POST', '/api/v1/auth/register', { body: registration })).status).toBe(503);
  const secret = { name: 'without identity', value: hidden() };
  expect((await askAsAdmin('POST', '/api/v1/secrets', secret)).status).toBe(503);
  const webhook = { url: 'https://example.org', events: ['*'], secret: signingSecret(hidden()) };
  expect((await askAsAdmin('POST', '/api/v1/webhooks', webhook)).status).toBe(503);
  const trigger = { ...hookTrigger, secret: signingSecret(hidden()) };
  expect((await askAsAdmin('POST', '/api/v1/triggers', trigger)).status).toBe(503);
  const config = { webhook_url: `https://hooks.slack.com/services/${hidden()}` };
  const channel = { name: 'without identity', type: 'slack', config };
  expect((await askAsAdmin('POST', '/api/v1/notifications/channels', channel)).status).toBe(503);
}

/** Logs in to hosts by a password and by a private key with a passphrase, in right ways and in wrong ones. */
async function tourOfSsh(installation: Installation, { asAdmin, askAsAdmin, createSecret, secretValue, spoken }: Cast) {
  const password = secretValue();
  const passphrase = secretValue();
  const key = keyPair(passphrase.text);
  const lines = key.private.split('\n').filter((line) => line !== '' && !line.startsWith('-'));
  const privateKey = spoken(canaryOf('a private key', key.private, lines));
  const ids = {
    password: await createSecret(password),
    privateKey: await createSecret(privateKey),
    passphrase: await createSecret(passphrase),
    wrong: await createSecret(secretValue()),
  };
  const host = await startSshServer({ password: password.text, publicKey: key.public });
  try {
    const connect = async (name: string, terms: object, { port, fingerprint }: SshServer = host) => {
      const about = { name, hostname: '127.0.0.1', port, username: 'deploy', host_key: fingerprint };
      const { id } = await asAdmin('POST', '/api/v1/ssh-connections', { ...about, ...terms });
      return `/api/v1/ssh-connections/${String(id)}`;
    };
    const byPassword = await connect('password', { auth_method: 'password', secret_id: ids.password });
    const byKey = { auth_method: 'private_key', secret_id: ids.privateKey };
    const withPassphrase = await connect('key', { ...byKey, passphrase_secret_id: ids.passphrase });
    for (const at of [byPassword, withPassphrase]) {
      expect(await asAdmin('POST', `${at}/test`, {})).toMatchObject({ success: true });
      expect(await asAdmin('POST', `${at}/execute`, { command: 'echo in' })).toMatchObject({ stdout: 'in\n' });
    }
    // The key as a password, a key that stays closed, a wrong one, and a host that is another.
    const asPassword = await connect('key as password', { auth_method: 'password', secret_id: ids.privateKey });
    const closed = await connect('closed key', { ...byKey, passphrase_secret_id: ids.wrong });
    const wrong = await connect('wrong', { auth_method: 'password', secret_id: ids.wrong });
    const stranger = `SHA256:${'a'.repeat(43)}`;
    const other = await connect('other', { auth_method: 'password', secret_id: ids.password, host_key: stranger });
    for (const at of [asPassword, closed, wrong, other]) {
      expect(await asAdmin('POST', `${at}/test`, {})).toMatchObject({ success: false });
      await askAsAdmin('POST', `${at}/execute`, { command: 'echo in' });
    }
    await installation.ask('GET', '/api/v1/ssh-connections');
    await asAdmin('GET', '/api/v1/tasks?limit=100');
  } finally {
    await host.close();
  }
}
