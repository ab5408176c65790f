import { eventually, testStack, type TestStack } from '@ao/testing';
import { TOTP } from 'otpauth';
import { IdentityClient, PASSWORD, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Rows 14, 37-46, 78-79, 82-86, 123-132 and 175-181 of the inventory, against everything real. */
describe('the identity routes', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack({ services: ['gateway', 'identity'] });
    api = new IdentityClient(stack);
    // The limits have a spec of their own.
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await api.logIn(stack.admin);
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const code = (answer: Answer) => [answer.status, answer.body.code];

  describe('coming in', () => {
    it('should register, log in, show and change oneself, refresh, and log out', async () => {
      const person = { email: 'Ada@Example.org', password: PASSWORD, full_name: 'Ada Lovelace' };
      const registered = await api.call('POST', '/api/v1/auth/register', { body: person });
      const shown = {
        ...{ id: UUID, email: 'ada@example.org', full_name: 'Ada Lovelace', role: 'viewer', is_active: true },
        ...{ status: 'active', mfa_enabled: false, created_at: TIME, updated_at: TIME },
      };
      expect(registered).toMatchObject({ status: 201 });
      expect(registered.body).toEqual(shown);

      const login = await api.call('POST', '/api/v1/auth/login', {
        body: { email: ' ada@example.ORG'.trim(), password: PASSWORD },
      });
      expect(login.status).toBe(200);
      expect(login.body).toEqual({
        ...{ access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer' },
        ...{ expires_in: 900, user: shown, mfa_setup_required: false },
      });
      expect(login.headers.get('cache-control')).toBe('no-store');
      const ada = String(login.body.access_token);
      expect((await api.call('GET', '/api/v1/auth/me', { token: ada })).body).toEqual(shown);

      const renamed = await api.call('PUT', '/api/v1/auth/me', { token: ada, body: { full_name: 'Ada King' } });
      expect(renamed).toMatchObject({ status: 200, body: { full_name: 'Ada King', id: registered.body.id } });
      expect((await api.call('GET', '/api/v1/auth/me', { token: ada })).body.full_name).toBe('Ada King');

      const refresh_token = String(login.body.refresh_token);
      const refreshed = await api.call('POST', '/api/v1/auth/refresh', { body: { refresh_token } });
      expect(refreshed).toMatchObject({ status: 200, body: { token_type: 'bearer', user: { full_name: 'Ada King' } } });
      expect(refreshed.body.refresh_token).not.toBe(refresh_token);

      const token = String(refreshed.body.access_token);
      const out = await api.call('POST', '/api/v1/auth/logout', { token });
      expect(out).toMatchObject({ status: 200, body: { logged_out: true, ended_at: TIME } });
      await eventually(async () => expect((await api.call('GET', '/api/v1/auth/me', { token })).status).toBe(401));
      expect(
        code(await api.call('POST', '/api/v1/auth/refresh', { body: { refresh_token: refreshed.body.refresh_token } })),
      ).toEqual([401, 'invalid_refresh_token']);
    });

    it('should tell nobody whether an address is known', async () => {
      const bob = await api.person('viewer');
      const without = ({ body }: Answer) => ({ ...body, request_id: undefined });
      const attempt = (body: object) => api.call('POST', '/api/v1/auth/login', { body });
      const wrong = await attempt({ email: bob.email, password: 'not the password' });
      const unknown = await attempt({ email: 'nobody@example.org', password: 'not the password' });
      expect(code(wrong)).toEqual([401, 'invalid_credentials']);
      expect(unknown.status).toBe(wrong.status);
      expect(without(unknown)).toEqual(without(wrong));
      await api.operator('PATCH', `/api/v1/admin/users/${bob.id}`, { is_active: false });
      expect(without(await attempt({ email: bob.email, password: PASSWORD }))).toEqual(without(wrong));
    });

    it('should end every session with a change of the password', async () => {
      const person = await api.person('viewer');
      const change = (body: object) => api.call('POST', '/api/v1/auth/change-password', { token: person.token, body });
      const wrong = await change({ current_password: 'wrong', new_password: 'another good passphrase' });
      expect(wrong.status).toBeGreaterThanOrEqual(400);
      expect(wrong.status).toBeLessThan(500);
      expect(wrong.body.code).toBe('wrong_password');
      const changed = await change({ current_password: PASSWORD, new_password: 'another good passphrase' });
      expect(changed).toMatchObject({ status: 200, body: { changed: true, changed_at: TIME } });
      await eventually(async () =>
        expect((await api.call('GET', '/api/v1/auth/me', { token: person.token })).status).toBe(401),
      );
      expect(
        code(await api.call('POST', '/api/v1/auth/login', { body: { email: person.email, password: PASSWORD } })),
      ).toEqual([401, 'invalid_credentials']);
      await api.logIn({ email: person.email, password: 'another good passphrase' });
    });

    it('should set MFA up, ask for it at login, and switch it off', async () => {
      const person = await api.person('viewer');
      const own = (route: string, body: object = {}, token = person.token) =>
        api.call('POST', `/api/v1/auth/mfa/${route}`, { token, body });
      const setup = await own('setup');
      expect(setup.status).toBe(200);
      expect(setup.body).toEqual({
        secret: expect.stringMatching(/^[A-Z2-7]{16,}$/),
        otpauth_url: expect.stringMatching(/^otpauth:\/\/totp\//),
        qr_code: expect.stringMatching(/^data:image\/png;base64,/),
      });
      const totp = new TOTP({ secret: String(setup.body.secret) });
      expect((await own('verify', { code: '000000' })).status).toBeGreaterThanOrEqual(400);
      const verified = await own('verify', { code: totp.generate() });
      expect(verified).toMatchObject({ status: 200, body: { mfa_enabled: true, activated_at: TIME } });
      const codes = verified.body.recovery_codes as string[];
      expect(codes.length).toBeGreaterThan(4);

      const credentials = { email: person.email, password: PASSWORD };
      const first = await api.call('POST', '/api/v1/auth/login', { body: credentials });
      expect(first).toMatchObject({
        status: 401,
        body: { code: 'mfa_required', mfa_token: expect.any(String) as string },
      });
      expect((await api.call('GET', '/api/v1/auth/me', { token: String(first.body.mfa_token) })).status).toBe(401);
      const second = (body: object) =>
        api.call('POST', '/api/v1/auth/login', { body: { mfa_token: first.body.mfa_token, ...body } });
      expect(code(await second({ totp_code: '000000' }))).toEqual([401, 'invalid_mfa_code']);
      const login = await second({ recovery_code: codes[0] });
      expect(login).toMatchObject({ status: 200, body: { user: { mfa_enabled: true } } });

      const token = String(login.body.access_token);
      expect((await own('disable', { password: 'wrong', code: codes[1] }, token)).status).toBeGreaterThanOrEqual(400);
      const disabled = await own('disable', { password: PASSWORD, code: codes[1] }, token);
      expect(disabled).toMatchObject({ status: 200, body: { mfa_enabled: false, disabled_at: TIME } });
      await api.logIn(credentials);
    });

    it("should list and revoke one's own sessions, and never another's", async () => {
      const person = await api.person('viewer');
      const other = await api.logIn({ email: person.email, password: PASSWORD });
      const list = await api.call('GET', '/api/v1/auth/sessions', { token: person.token });
      expect(list.status).toBe(200);
      expect(list.headers.get('x-total-count')).toBe('2');
      const sessions = list.body as unknown as Record<string, unknown>[];
      expect(sessions).toHaveLength(2);
      const current = sessions.find((session) => session.current)!;
      expect(current).toEqual({
        ...{ id: UUID, current: true, mfa: false, address: '127.0.0.1', user_agent: expect.any(String) as string },
        user: { id: person.id, email: person.email, full_name: person.full_name, role: 'viewer' },
        ...{ started_at: TIME, refreshed_at: TIME, expires_at: TIME },
      });
      const elsewhere = sessions.find((session) => !session.current)!;
      const stranger = await api.person('viewer');
      const revoke = (token: string, id: unknown) =>
        api.call('DELETE', `/api/v1/auth/sessions/${String(id)}`, { token });
      expect(code(await revoke(stranger.token, elsewhere.id))).toEqual([404, 'session_not_found']);
      expect(code(await revoke(stranger.token, UNKNOWN))).toEqual([404, 'session_not_found']);
      expect(await revoke(person.token, elsewhere.id)).toMatchObject({
        status: 200,
        body: { revoked: true, id: elsewhere.id, revoked_at: TIME },
      });
      await eventually(async () =>
        expect((await api.call('GET', '/api/v1/auth/me', { token: other.token })).status).toBe(401),
      );
      expect((await api.call('GET', '/api/v1/auth/me', { token: person.token })).status).toBe(200);
    });
  });

  describe('users', () => {
    it('should be made, listed, changed and erased by an administrator', async () => {
      const body = { email: 'grace@example.org', password: PASSWORD, full_name: 'Grace Hopper', role: 'operator' };
      const created = await admin.call('POST', '/api/v1/admin/users', body);
      expect(created).toMatchObject({
        status: 201,
        body: { id: UUID, email: body.email, role: 'operator', is_active: true },
      });
      expect(created.text).not.toMatch(/password|argon2|s1\./);
      const route = `/api/v1/admin/users/${String(created.body.id)}`;
      expect((await admin.call('GET', route)).body).toEqual(created.body);
      expect(
        (await admin.call('GET', route.toUpperCase().replace('/API/V1/ADMIN/USERS', '/api/v1/admin/users'))).body,
      ).toEqual(created.body);
      const everyone = await admin.call('GET', '/api/v1/admin/users?limit=200');
      expect((everyone.body as unknown as unknown[])[0]).toEqual(created.body);
      expect(everyone.headers.get('x-total-count')).toBe(String((everyone.body as unknown as unknown[]).length));
      const found = await admin.call('GET', '/api/v1/admin/users?email=GRACE@example.org');
      expect(found.body).toEqual([created.body]);
      expect((await admin.call('GET', '/api/v1/admin/users?email=nobody@example.org')).body).toEqual([]);
      const operators = await admin.call('GET', '/api/v1/admin/users?role=operator&status=active');
      expect(operators.body).toEqual([created.body]);
      expect(operators.headers.get('x-total-count')).toBe('1');

      const changed = await admin.call('PATCH', route, {
        role: 'approver',
        is_active: false,
        full_name: 'Grace B. Hopper',
      });
      expect(changed).toMatchObject({
        status: 200,
        body: { role: 'approver', is_active: false, status: 'disabled', full_name: 'Grace B. Hopper' },
      });
      expect((await admin.call('POST', '/api/v1/admin/users', body)).status).toBe(409);

      const erased = await admin.call('DELETE', route);
      expect(erased).toMatchObject({ status: 200, body: { deleted: true, id: created.body.id, deleted_at: TIME } });
      await eventually(async () =>
        expect((await admin.call('GET', route)).body).toMatchObject({
          ...{ status: 'erased', is_active: false, email: 'erased', full_name: 'erased' },
        }),
      );
    });

    it('should keep the last administrator', async () => {
      const [me] = (await admin.call('GET', `/api/v1/admin/users?email=${stack.admin.email}`)).body as unknown as [
        { id: string },
      ];
      for (const change of [{ role: 'viewer' }, { is_active: false }]) {
        expect(code(await admin.call('PATCH', `/api/v1/admin/users/${me.id}`, change))).toEqual([409, 'last_admin']);
      }
      expect(code(await admin.call('DELETE', `/api/v1/admin/users/${me.id}`))).toEqual([409, 'last_admin']);
    });

    it('should be nobody under another id', async () => {
      for (const id of [UNKNOWN, 'nobody', '%00', '..%2f', '__proto__']) {
        const route = `/api/v1/admin/users/${id}`;
        expect(code(await admin.call('GET', route))).toEqual([404, 'user_not_found']);
        expect(code(await admin.call('PATCH', route, { role: 'viewer' }))).toEqual([404, 'user_not_found']);
        expect(code(await admin.call('DELETE', route))).toEqual([404, 'user_not_found']);
      }
    });
  });

  describe('settings', () => {
    it('should be shown by category, changed one by one and several at once, with their history', async () => {
      const all = await admin.call('GET', '/api/v1/settings/');
      expect(all).toMatchObject({
        status: 200,
        body: {
          general: {
            time_zone: { value: 'UTC', default: 'UTC', type: 'string', description: expect.any(String) as string },
          },
        },
      });
      const one = await admin.call('PUT', '/api/v1/settings/general/time_zone', { value: 'Europe/Berlin' });
      expect(one).toMatchObject({ status: 200, body: { value: 'Europe/Berlin', default: 'UTC' } });
      const settings = { 'general.time_zone': 'Asia/Tokyo', 'general.installation_name': 'Ours' };
      const bulk = await admin.call('PUT', '/api/v1/settings/bulk', { settings });
      expect(bulk).toMatchObject({ status: 200, body: { changed: Object.keys(settings), changed_at: TIME } });
      expect((await admin.call('GET', '/api/v1/settings/general/time_zone')).body.value).toBe('Asia/Tokyo');
      const history = await admin.call('GET', '/api/v1/settings/general/time_zone/history');
      expect(history.body).toMatchObject([
        { value: 'Asia/Tokyo', previous: 'Europe/Berlin', actor: { type: 'user', id: admin.id } },
        { value: 'Europe/Berlin', previous: 'UTC' },
      ]);
      const partly = { 'general.time_zone': 'UTC', 'tasks.lease_seconds': 'soon' };
      expect(await admin.call('PUT', '/api/v1/settings/bulk', { settings: partly })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/settings/tasks.lease_seconds' }] },
      });
      expect((await admin.call('GET', '/api/v1/settings/general/time_zone')).body.value).toBe('Asia/Tokyo');
    });

    it('should tell the health of the system, static before category and key', async () => {
      expect(await admin.call('GET', '/api/v1/settings/health')).toMatchObject({
        status: 200,
        body: {
          status: 'healthy',
          services: {
            ...{ database: { status: 'healthy' }, message_queue: { status: 'healthy' } },
            ...{
              redis: { status: 'not_configured' },
              minio: { status: 'not_configured' },
              mail: { status: 'not_configured' },
            },
          },
        },
      });
      expect(code(await admin.call('PUT', '/api/v1/settings/bulk/value', { value: 1 }))).toEqual([
        404,
        'setting_not_found',
      ]);
    });
  });

  describe('security', () => {
    it('should show and change what governs logins', async () => {
      expect(await admin.call('GET', '/api/v1/security')).toMatchObject({
        status: 200,
        body: { registration_open: true, access_token_minutes: 15, recent_login_minutes: 15 },
      });
      const closed = await admin.call('PUT', '/api/v1/security', { registration_open: false });
      expect(closed).toMatchObject({ status: 200, body: { registration_open: false, access_token_minutes: 15 } });
      expect((await admin.call('GET', '/api/v1/security')).body).toMatchObject({
        registration_open: false,
        changed_at: TIME,
      });
      const late = { email: 'late@example.org', password: PASSWORD, full_name: 'Too Late' };
      expect((await api.call('POST', '/api/v1/auth/register', { body: late })).status).toBe(403);
      await admin.call('PUT', '/api/v1/security', { registration_open: true });
      expect((await api.call('POST', '/api/v1/auth/register', { body: late })).status).toBe(201);
    });

    it('should hold new passwords to the policy', async () => {
      const policy = await admin.call('GET', '/api/v1/security/password-policy');
      expect(policy).toMatchObject({ status: 200, body: { min_length: 12, refuse_common: true } });
      const stricter = await admin.call('PUT', '/api/v1/security/password-policy', { min_length: 40 });
      expect(stricter).toMatchObject({ status: 200, body: { min_length: 40, refuse_common: true } });
      const body = { email: 'short@example.org', password: PASSWORD, full_name: 'Short', role: 'viewer' };
      const refused = await admin.call('POST', '/api/v1/admin/users', body);
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/password' }] } });
      expect(refused.text).not.toContain(PASSWORD);
      await admin.call('PUT', '/api/v1/security/password-policy', { min_length: 12 });
    });

    it('should show and change IP rules, but never lock the caller out', async () => {
      expect((await admin.call('GET', '/api/v1/security/ip-rules')).body).toMatchObject({ allow: [], block: [] });
      const block = [{ cidr: '203.0.113.0/24', description: 'scanners' }];
      expect(await admin.call('PUT', '/api/v1/security/ip-rules', { block })).toMatchObject({
        status: 200,
        body: { allow: [], block },
      });
      const locked = await admin.call('PUT', '/api/v1/security/ip-rules', { allow: [{ cidr: '198.51.100.0/24' }] });
      expect(locked.status).toBeGreaterThanOrEqual(400);
      expect(locked.body.code).toBe('would_lock_out');
      expect((await admin.call('GET', '/api/v1/security/ip-rules')).body).toMatchObject({ allow: [], block });
      await admin.call('PUT', '/api/v1/security/ip-rules', { block: [] });
    });

    it("should list everybody's sessions and end any of them", async () => {
      const person = await api.person('viewer');
      const list = await admin.call('GET', `/api/v1/security/sessions?user_id=${person.id}`);
      const [session] = list.body as unknown as [{ id: string; user: object }];
      expect(session).toMatchObject({ user: { id: person.id, email: person.email }, current: false });
      expect((await admin.call('GET', '/api/v1/security/sessions')).body).toEqual(
        expect.arrayContaining([expect.objectContaining({ current: true }), session]),
      );
      expect(await admin.call('DELETE', `/api/v1/security/sessions/${session.id}`)).toMatchObject({
        status: 200,
        body: { revoked: true, id: session.id },
      });
      expect((await admin.call('GET', `/api/v1/security/sessions?user_id=${person.id}`)).body).toEqual([]);
      await eventually(async () =>
        expect((await api.call('GET', '/api/v1/auth/me', { token: person.token })).status).toBe(401),
      );
      expect(code(await admin.call('DELETE', `/api/v1/security/sessions/${UNKNOWN}`))).toEqual([
        404,
        'session_not_found',
      ]);
    });
  });

  describe('API keys', () => {
    it('should be shown once, work within their scopes, and die when they are revoked', async () => {
      const operator = await api.person('operator');
      const body = { name: 'CI', scopes: ['tasks:read', 'agents:read'], expires_at: '2999-01-01T00:00:00Z' };
      const created = await operator.call('POST', '/api/v1/security/api-keys', body);
      expect(created).toMatchObject({
        status: 201,
        body: { ...body, id: UUID, status: 'active', owner: { type: 'user', id: operator.id }, last_used_at: null },
      });
      const key = String(created.body.key);
      expect(key).toMatch(/^ao_live_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
      expect(key.startsWith(String(created.body.prefix))).toBe(true);
      const list = await operator.call('GET', '/api/v1/security/api-keys');
      const { key: _key, ...shown } = created.body;
      expect(list.body).toEqual([shown]);
      expect(list.text).not.toContain('hash');

      expect((await api.call('GET', '/api/v1/tasks', { token: key })).status).toBe(200);
      expect(code(await api.call('POST', '/api/v1/tasks', { token: key, body: { type: 'x' } }))).toEqual([
        403,
        'forbidden',
      ]);
      const route = `/api/v1/security/api-keys/${String(created.body.id)}`;
      const stranger = await api.person('operator');
      expect(code(await stranger.call('DELETE', route))).toEqual([404, 'api_key_not_found']);
      expect((await stranger.call('GET', '/api/v1/security/api-keys')).body).toEqual([]);
      expect((await admin.call('GET', '/api/v1/security/api-keys?limit=200')).text).toContain(String(created.body.id));

      expect(await operator.call('DELETE', route)).toMatchObject({
        status: 200,
        body: { revoked: true, id: created.body.id },
      });
      await eventually(async () => expect((await api.call('GET', '/api/v1/tasks', { token: key })).status).toBe(401));
      expect((await operator.call('GET', '/api/v1/security/api-keys')).body).toEqual([]);
      expect((await operator.call('GET', '/api/v1/security/api-keys?include_revoked=true')).body).toMatchObject([
        { id: created.body.id, status: 'revoked', revoked_at: TIME },
      ]);
    });

    it('should tell when they were last used', async () => {
      const operator = await api.person('operator');
      const { body } = await operator.call('POST', '/api/v1/security/api-keys', {
        name: 'used',
        scopes: ['tasks:read'],
      });
      await api.call('GET', '/api/v1/tasks', { token: String(body.key) });
      await eventually(
        async () => {
          const list = await operator.call('GET', '/api/v1/security/api-keys');
          expect(list.body).toMatchObject([{ last_used_at: TIME }]);
        },
        { timeoutMs: 15_000 },
      );
    });

    it('should not be given away a second time under the same Idempotency-Key', async () => {
      const create = () =>
        api.call('POST', '/api/v1/security/api-keys', {
          token: stack.apiKey,
          body: { name: 'once', scopes: ['tasks:read'] },
          headers: { 'idempotency-key': 'key-once' },
        });
      expect((await create()).status).toBe(201);
      const again = await create();
      expect(code(again)).toEqual([409, 'secret_already_shown']);
      expect(again.text).not.toContain('ao_live_');
    });

    it('rejects scopes that the maker does not hold', async () => {
      const viewer = await api.person('viewer');
      const body = { name: 'more', scopes: ['tasks:read', 'users:manage'] };
      expect(await viewer.call('POST', '/api/v1/security/api-keys', body)).toMatchObject({
        status: 403,
        body: { code: 'scope_not_held', errors: [{ pointer: '/scopes/1' }] },
      });
    });
  });

  describe('OAuth clients', () => {
    const client = async (scopes: string[] = ['tasks:read', 'agents:read']) => {
      const created = await admin.call('POST', '/api/v1/security/oauth-clients', { name: 'reporting', scopes });
      expect(created).toMatchObject({
        status: 201,
        body: { client_id: UUID, client_secret: expect.any(String) as string, scopes },
      });
      return { client_id: String(created.body.client_id), client_secret: String(created.body.client_secret) };
    };
    const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      api.raw('POST', '/oauth/token', new URLSearchParams(fields).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      });
    const grant_type = 'client_credentials';

    it('should get a token as the seed prints it, and by the form and header of the standard', async () => {
      const { client_id, client_secret } = await client();
      const json = await api.call('POST', '/oauth/token', { body: { grant_type, client_id, client_secret } });
      expect(json.status).toBe(200);
      expect(json.body).toEqual({
        ...{ access_token: expect.any(String), token_type: 'Bearer', expires_in: expect.any(Number) },
        scope: 'tasks:read agents:read',
      });
      expect(json.headers.get('cache-control')).toBe('no-store');
      expect(json.headers.get('pragma')).toBe('no-cache');
      expect((await api.call('GET', '/api/v1/tasks', { token: String(json.body.access_token) })).status).toBe(200);
      const posted = await form({ grant_type, client_id, client_secret, scope: 'tasks:read' });
      expect(posted).toMatchObject({ status: 200, body: { scope: 'tasks:read' } });
      const narrow = String(posted.body.access_token);
      expect((await api.call('GET', '/api/v1/agents', { token: narrow })).status).toBe(403);
      const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
      expect(await form({ grant_type }, { authorization: `Basic ${basic}` })).toMatchObject({ status: 200 });
    });

    it('should be listed without their secret, and die with their tokens', async () => {
      const { client_id, client_secret } = await client();
      const list = await admin.call('GET', '/api/v1/security/oauth-clients');
      expect(list.text).toContain(client_id);
      expect(list.text).not.toMatch(/secret/);
      const { body } = await api.call('POST', '/oauth/token', { body: { grant_type, client_id, client_secret } });
      expect(await admin.call('DELETE', `/api/v1/security/oauth-clients/${client_id}`)).toMatchObject({
        status: 200,
        body: { revoked: true, id: client_id },
      });
      await eventually(async () =>
        expect((await api.call('GET', '/api/v1/tasks', { token: String(body.access_token) })).status).toBe(401),
      );
      const again = await api.call('POST', '/oauth/token', { body: { grant_type, client_id, client_secret } });
      expect([again.status, again.body.error]).toEqual([401, 'invalid_client']);
      expect(code(await admin.call('DELETE', `/api/v1/security/oauth-clients/${UNKNOWN}`))).toEqual([
        404,
        'oauth_client_not_found',
      ]);
    });

    it('should be refused in the words of RFC 6749', async () => {
      const { client_id, client_secret } = await client();
      const said = async (asked: Promise<Answer>) => {
        const answer = await asked;
        expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
        expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('pragma')).toBe('no-cache');
        if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
        return [answer.status, answer.body.error];
      };
      const token = (body: unknown) => said(api.call('POST', '/oauth/token', { body }));
      expect(await token({ grant_type, client_id, client_secret: 'wrong' })).toEqual([401, 'invalid_client']);
      expect(await token({ grant_type, client_id: UNKNOWN, client_secret })).toEqual([401, 'invalid_client']);
      expect(await token({ grant_type, client_id: 'nobody', client_secret })).toEqual([401, 'invalid_client']);
      expect(await token({ grant_type, client_id })).toEqual([401, 'invalid_client']);
      expect(await token({ grant_type, client_id, client_secret, scope: 'users:manage' })).toEqual([
        400,
        'invalid_scope',
      ]);
      expect(await token({ grant_type, client_id, client_secret, scope: 'nonsense' })).toEqual([400, 'invalid_scope']);
      expect(await token({ grant_type: 'password', client_id, client_secret })).toEqual([
        400,
        'unsupported_grant_type',
      ]);
      expect(await token({ client_id, client_secret })).toEqual([400, 'invalid_request']);
      expect(await token({})).toEqual([400, 'invalid_request']);
      expect(await token([])).toEqual([400, 'invalid_request']);
      const json = { 'content-type': 'application/json' };
      expect(await said(api.raw('POST', '/oauth/token', '{', json))).toEqual([400, 'invalid_request']);
      expect(await said(form({ grant_type, client_id, client_secret: 'wrong' }))).toEqual([401, 'invalid_client']);
      const twice = `grant_type=${grant_type}&grant_type=${grant_type}`;
      const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await said(api.raw('POST', '/oauth/token', twice, asForm))).toEqual([400, 'invalid_request']);
    });

    it('rejects forms everywhere else', async () => {
      const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await api.raw('POST', '/api/v1/auth/login', 'email=a&password=b', asForm)).status).toBe(415);
    });
  });

  describe('secrets', () => {
    const CANARY = 'canary-value-of-a-secret';
    const create = (more: object = {}) =>
      admin.call('POST', '/api/v1/secrets', {
        name: `secret ${Math.random()}`,
        value: CANARY,
        category: 'registry',
        ...more,
      });

    it('should be masked everywhere but where they are revealed', async () => {
      const created = await create({ description: 'of the registry', expires_at: '2999-01-01T00:00:00Z' });
      expect(created).toMatchObject({
        status: 201,
        body: { id: UUID, category: 'registry', value: '********', revealed: false, version: 1, expires_at: TIME },
      });
      const route = `/api/v1/secrets/${String(created.body.id)}`;
      const answers = [created, await admin.call('GET', route), await admin.call('GET', '/api/v1/secrets')];
      for (const { text } of answers) expect(text).not.toContain(CANARY);
      expect((await admin.call('GET', '/api/v1/secrets?category=registry')).text).toContain(String(created.body.id));
      expect((await admin.call('GET', '/api/v1/secrets?category=nothing')).body).toEqual([]);
      expect(await admin.call('GET', `${route}?reveal=true`)).toMatchObject({
        status: 200,
        body: { value: CANARY, revealed: true, version: 1, revealed_at: TIME },
      });
      expect((await admin.call('GET', route)).body).toMatchObject({ value: '********', revealed_at: TIME });
    });

    it('should change, rotate, keep their versions, and be gone when they are deleted', async () => {
      const { body } = await create();
      const route = `/api/v1/secrets/${String(body.id)}`;
      const changed = await admin.call('PUT', route, { description: 'new', category: 'other' });
      expect(changed).toMatchObject({ status: 200, body: { description: 'new', category: 'other', version: 1 } });
      expect(await admin.call('PUT', route, { value: 'second value' })).toMatchObject({
        status: 200,
        body: { version: 2, value: '********' },
      });
      const rotated = await admin.call('POST', `${route}/rotate`);
      expect(rotated).toMatchObject({ status: 200, body: { version: 3, rotated_at: TIME, value: '********' } });
      expect((await admin.call('GET', `${route}?reveal=true`)).body.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect((await admin.call('GET', `${route}?reveal=true&version=2`)).body).toMatchObject({
        value: 'second value',
        version: 2,
      });
      expect((await admin.call('GET', `${route}?reveal=true&version=9`)).status).toBe(404);
      expect(await admin.call('DELETE', route)).toMatchObject({
        status: 200,
        body: { deleted: true, id: body.id, deleted_at: TIME },
      });
      for (const [method, at] of [
        ['GET', route],
        ['GET', `${route}?reveal=true`],
        ['PUT', route],
        ['DELETE', route],
        ['POST', `${route}/rotate`],
      ] as const) {
        expect([method, ...code(await admin.call(method, at, method === 'GET' ? undefined : {}))]).toEqual([
          method,
          404,
          'secret_not_found',
        ]);
      }
    });

    it('should tell which expire, static before the id', async () => {
      const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
      const soon = await create({ expires_at: inDays(5) });
      const later = await create({ expires_at: inDays(50) });
      const ids = async (query: string) =>
        ((await admin.call('GET', `/api/v1/secrets/expiring${query}`)).body as unknown as { id: string }[]).map(
          ({ id }) => id,
        );
      expect(await ids('?days=10')).toEqual([soon.body.id]);
      expect(await ids('?days=60')).toEqual([soon.body.id, later.body.id]);
      expect(await ids('')).toEqual([soon.body.id]);
      expect(await ids('?days=0')).toEqual([]);
    });

    it('should be revealed to no key but that of the operator, and to no HEAD', async () => {
      const { body } = await create();
      const route = `/api/v1/secrets/${String(body.id)}?reveal=true`;
      const key = await admin.call('POST', '/api/v1/security/api-keys', { name: 'vault', scopes: ['secrets:manage'] });
      const asKey = await api.call('GET', route, { token: String(key.body.key) });
      expect(code(asKey)).toEqual([403, 'forbidden']);
      expect(asKey.text).not.toContain(CANARY);
      expect((await api.operator('GET', route)).body.value).toBe(CANARY);
      const head = await api.call('HEAD', route, { token: stack.apiKey });
      expect(head.status).toBe(200);
    });
  });

  describe('the audit', () => {
    it('should tell who did what, from where, by name, and hold nothing that is sealed', async () => {
      const email = 'audited@example.org';
      const made = await admin.call('POST', '/api/v1/admin/users', {
        email,
        password: PASSWORD,
        full_name: 'Audited',
        role: 'viewer',
      });
      const page = await admin.call('GET', `/api/v1/admin/audit?object_type=user&object_id=${String(made.body.id)}`);
      expect(page.status).toBe(200);
      expect(page.body).toMatchObject({
        next_before: null,
        entries: [
          {
            ...{
              position: expect.any(Number) as number,
              time: TIME,
              action: 'UserRegistered',
              result: 'ok',
              address: '127.0.0.1',
            },
            actor: { type: 'user', id: admin.id, email: stack.admin.email },
            object: { type: 'user', id: made.body.id },
            details: { role: 'viewer', source: 'administration' },
          },
        ],
      });
      expect(page.text).not.toMatch(/s1\.|argon2|email_index/);
    });

    it('should filter by actor, action and result, and page by position', async () => {
      const person = await api.person('viewer');
      await api.call('POST', '/api/v1/auth/login', { body: { email: person.email, password: 'wrong password' } });
      await person.call('GET', '/api/v1/admin/users');
      await eventually(
        async () => {
          const refused = await admin.call('GET', `/api/v1/admin/audit?result=refused&actor=${person.email}`);
          const entries = refused.body.entries as { details: { kind: string } }[];
          expect(entries.map(({ details }) => details.kind).sort()).toEqual(['login', 'permission']);
        },
        { timeoutMs: 20_000 },
      );
      const first = await admin.call('GET', '/api/v1/admin/audit?limit=2');
      expect(first.body.entries).toHaveLength(2);
      expect(first.body.total).toBeGreaterThan(2);
      const second = await admin.call('GET', `/api/v1/admin/audit?limit=2&before=${String(first.body.next_before)}`);
      const positions = [first, second].flatMap(({ body }) =>
        (body.entries as { position: number }[]).map(({ position }) => position),
      );
      expect(positions).toEqual([...positions].sort((a, b) => b - a));
      expect(new Set(positions).size).toBe(4);
      expect((await admin.call('GET', '/api/v1/admin/audit?limit=2&offset=2')).status).toBe(200);
      expect((await admin.call('GET', '/api/v1/admin/audit?actor=nobody@example.org')).body).toEqual({
        entries: [],
        next_before: null,
      });
    });
  });

  describe('what is sent along', () => {
    const EXTRA = {
      id: UNKNOWN,
      role: 'admin',
      secret_hash: 'f'.repeat(64),
      credential_version: 99,
      owner: { type: 'bootstrap', id: 'x' },
      status: 'erased',
      mfa_enabled: true,
    };

    it('should change nothing that the route does not name', async () => {
      const body = { email: 'mass@example.org', password: PASSWORD, full_name: 'Mass', ...EXTRA };
      const registered = await api.call('POST', '/api/v1/auth/register', { body });
      expect(registered.body).toMatchObject({ role: 'viewer', status: 'active', mfa_enabled: false });
      expect(registered.body.id).not.toBe(UNKNOWN);
      const person = await api.logIn({ email: 'mass@example.org', password: PASSWORD });
      const me = await person.call('PUT', '/api/v1/auth/me', { ...EXTRA, full_name: 'Mass Two' });
      expect(me.body).toMatchObject({
        id: registered.body.id,
        role: 'viewer',
        full_name: 'Mass Two',
        status: 'active',
      });
      const key = await person.call('POST', '/api/v1/security/api-keys', {
        ...EXTRA,
        name: 'k',
        scopes: ['tasks:read'],
      });
      expect(key.body).toMatchObject({ owner: { type: 'user', id: person.id } });
      expect(key.body.id).not.toBe(UNKNOWN);
      const other = await admin.call('PATCH', `/api/v1/admin/users/${person.id}`, { ...EXTRA, role: 'auditor' });
      expect(other.body).toMatchObject({ id: person.id, role: 'auditor', status: 'active', mfa_enabled: false });
      expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(200);
    });
  });
});
