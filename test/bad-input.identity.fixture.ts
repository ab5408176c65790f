/** The identity routes as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Who asks: the operator's key unless told otherwise. */
  readonly as?: 'nobody' | 'person';
  /** Sent as it is, it would be taken. */
  readonly body?: object;
  /** By JSON pointer: what this field must not be. */
  readonly wrong?: Readonly<Record<string, readonly unknown[]>>;
  /** By name: what this query parameter must not be. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
}

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;
const BAD_TIMES = [7, '', 'tomorrow', '2026-02-30T00:00:00Z', '9999999-13-99', '2026-01-01', {}] as const;

const EMAIL = [...NOT_TEXT, ...BAD_TEXTS, '', 'nobody', '@example.org', 'a@b', 'a b@example.org', 'a@example.org\n'];
const PASSWORD = [...NOT_TEXT, ...BAD_TEXTS, ''];
const FULL_NAME = [...NOT_TEXT, ...BAD_TEXTS, ''];
const ATTEMPT = [...NOT_TEXT, '', LONG];
const ROLE = [...NOT_TEXT, '', 'root', 'agent', 'Admin'];
const NAME = [...NOT_TEXT, ...BAD_TEXTS, ''];
const SCOPES = [...NOT_LIST, [], [7], ['everything'], ['profile:own'], ['tasks:read', 'tasks:read']];
const RATE_LIMIT = [7, 'text', [], { requests_per_hour: 0 }, { requests_per_hour: '1', requests_per_minute: 1 }];
const IP_LIST = [...NOT_LIST, ['10.0.0.1'], [{}], [{ cidr: '10.0.0.0/33' }], [{ cidr: 'localhost' }], [{ cidr: 7 }]];
const RATE = [null, true, '5', 0, -1, 1.5, 1e12, {}];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];
const offset = [...BAD_NUMBERS, '100001'];
const times = ['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', ''];

const user = { email: 'bad@example.org', password: 'a passphrase of some length', full_name: 'Bad Input' };
const attempts = { '/current_password': ATTEMPT, '/new_password': PASSWORD };

export const IDENTITY_ROUTES: readonly Route[] = [
  {
    ...{ method: 'POST', path: '/api/v1/auth/login', as: 'nobody', body: { email: 'a@example.org', password: 'x' } },
    wrong: {
      ...{ '/email': ATTEMPT, '/password': ATTEMPT, '/mfa_token': ATTEMPT },
      ...{ '/totp_code': ATTEMPT, '/recovery_code': ATTEMPT },
    },
  },
  {
    ...{ method: 'POST', path: '/api/v1/auth/register', as: 'nobody', body: user },
    wrong: { '/email': EMAIL, '/password': [...PASSWORD, 'short'], '/full_name': FULL_NAME },
  },
  {
    ...{ method: 'POST', path: '/api/v1/auth/refresh', as: 'nobody', body: { refresh_token: 'x' } },
    wrong: { '/refresh_token': ATTEMPT },
  },
  { method: 'GET', path: '/api/v1/auth/me', as: 'person' },
  {
    ...{ method: 'PUT', path: '/api/v1/auth/me', as: 'person', body: { full_name: 'Bad' } },
    wrong: { '/full_name': FULL_NAME },
  },
  {
    ...{ method: 'POST', path: '/api/v1/auth/change-password', as: 'person' },
    body: { current_password: 'x', new_password: 'a passphrase of another length' },
    wrong: attempts,
  },
  {
    ...{ method: 'POST', path: '/api/v1/auth/mfa/verify', as: 'person', body: { code: 'x' } },
    wrong: { '/code': ATTEMPT },
  },
  {
    ...{ method: 'POST', path: '/api/v1/auth/mfa/disable', as: 'person', body: { password: 'x', code: 'x' } },
    wrong: { '/password': ATTEMPT, '/code': ATTEMPT },
  },
  { method: 'GET', path: '/api/v1/auth/sessions', as: 'person', query: { at_least, limit, offset } },
  {
    ...{ method: 'GET', path: '/api/v1/admin/users' },
    query: { at_least, limit, offset, role: ['root', ''], status: ['gone', ''], email: ['', LONG.slice(0, 300)] },
  },
  {
    ...{ method: 'POST', path: '/api/v1/admin/users', body: { ...user, role: 'viewer' } },
    wrong: { '/email': EMAIL, '/password': [...PASSWORD, 'short'], '/full_name': FULL_NAME, '/role': ROLE },
  },
  {
    ...{ method: 'PATCH', path: `/api/v1/admin/users/${UNKNOWN}`, body: {} },
    wrong: { '/role': ROLE, '/is_active': [null, 'true', 1, {}], '/full_name': FULL_NAME },
  },
  {
    ...{ method: 'GET', path: '/api/v1/admin/audit' },
    query: {
      ...{ limit, offset: [...BAD_NUMBERS, '10001'], before: [...BAD_NUMBERS, '0'], from: times, to: times },
      ...{ result: ['maybe', ''], action: ['', 'a%20b', '*', LONG.slice(0, 200)], actor: ['', LONG.slice(0, 300)] },
      ...{ object_type: ['', 'a-b', 'User', '>'], object_id: ['', '-', 'a%20b', '*', '%00'] },
    },
  },
  { method: 'GET', path: '/api/v1/settings' },
  { method: 'GET', path: '/api/v1/settings/health' },
  { method: 'GET', path: '/api/v1/settings/tasks/lease_seconds' },
  { method: 'GET', path: '/api/v1/settings/tasks/lease_seconds/history', query: { limit } },
  { method: 'GET', path: '/api/v1/security' },
  { method: 'GET', path: '/api/v1/security/password-policy' },
  { method: 'GET', path: '/api/v1/security/ip-rules' },
  {
    ...{ method: 'PUT', path: '/api/v1/settings/tasks/lease_seconds', body: { value: 60 } },
    wrong: { '/value': [...RATE, undefined] },
  },
  {
    ...{ method: 'PUT', path: '/api/v1/settings/bulk', body: { settings: { 'general.time_zone': 'UTC' } } },
    wrong: {
      '/settings': [
        ...NOT_OBJECT,
        {},
        { nothing: 1 },
        { 'general.time_zone': 'Mars/X' },
        { 'tasks.lease_seconds': '1' },
      ],
      '/settings/general.installation_name': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/settings/general.public_url': [
        ...[...NOT_TEXT, ...BAD_TEXTS, 'ao.example.org', 'ftp://ao.example.org', 'javascript:alert(1)'],
        ...['https://', 'https://user@ao.example.org', 'https://ao.example.org/?a', 'https://ao.example.org/#a'],
      ],
    },
  },
  {
    ...{ method: 'PUT', path: '/api/v1/security', body: {} },
    wrong: {
      ...{ '/registration_open': [null, 'true', 1], '/access_token_minutes': [...RATE, 16], '/session_hours': RATE },
      ...{ '/mfa_required_roles': [...NOT_LIST, ['agent'], [7]], '/recent_login_minutes': RATE },
      ...{ '/login_failures_per_account': RATE, '/login_failures_per_address': RATE, '/login_window_minutes': RATE },
    },
  },
  {
    ...{ method: 'PUT', path: '/api/v1/security/password-policy', body: {} },
    wrong: { '/min_length': [...RATE, 7, 65], '/refuse_common': [null, 'true', 1], '/require_digit': [null, 0] },
  },
  {
    ...{ method: 'PUT', path: '/api/v1/security/ip-rules', body: {} },
    wrong: { '/allow': IP_LIST, '/block': IP_LIST },
  },
  { method: 'GET', path: '/api/v1/security/sessions', query: { at_least, limit, offset, user_id: ['nobody', ''] } },
  {
    method: 'GET',
    path: '/api/v1/security/api-keys',
    query: { at_least, limit, offset, include_revoked: ['yes', ''] },
  },
  {
    ...{ method: 'POST', path: '/api/v1/security/api-keys', body: { name: 'bad', scopes: ['tasks:read'] } },
    wrong: {
      ...{ '/name': NAME, '/scopes': SCOPES, '/rate_limit': RATE_LIMIT },
      '/expires_at': [...BAD_TIMES, '2020-01-01T00:00:00Z'],
    },
  },
  { method: 'GET', path: '/api/v1/security/oauth-clients', query: { at_least, limit, offset } },
  {
    ...{ method: 'POST', path: '/api/v1/security/oauth-clients', body: { name: 'bad', scopes: ['tasks:read'] } },
    wrong: { '/name': NAME, '/scopes': SCOPES, '/rate_limit': RATE_LIMIT },
  },
  { method: 'GET', path: '/api/v1/secrets', query: { at_least, limit, offset, category: ['', LONG.slice(0, 200)] } },
  {
    ...{ method: 'POST', path: '/api/v1/secrets', body: { name: 'bad', value: 'x' } },
    wrong: {
      ...{ '/name': NAME, '/category': NAME, '/description': [...NOT_TEXT, ...BAD_TEXTS], '/expires_at': BAD_TIMES },
      '/value': [...NOT_TEXT, '', 'lone \ud800', 'x'.repeat(64 * 1024 + 1), 'ä'.repeat(40_000)],
    },
  },
  { method: 'GET', path: '/api/v1/secrets/expiring', query: { at_least, limit, days: [...BAD_NUMBERS, '3651'] } },
  {
    ...{ method: 'GET', path: `/api/v1/secrets/${UNKNOWN}` },
    query: { at_least, reveal: ['yes', '', '1'], version: [...BAD_NUMBERS, '0'] },
  },
  {
    ...{ method: 'PUT', path: `/api/v1/secrets/${UNKNOWN}`, body: {} },
    wrong: { '/name': NAME, '/category': NAME, '/value': [...NOT_TEXT, ''], '/expires_at': BAD_TIMES },
  },
  {
    ...{ method: 'POST', path: `/api/v1/secrets/${UNKNOWN}/rotate`, body: {} },
    wrong: { '/value': [...NOT_TEXT, '', 'lone \ud800'], '/expires_at': BAD_TIMES },
  },
];

/** Method, the path before and after the id, body. */
export const IDENTITY_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/admin/users/', ''],
  ['PATCH', '/api/v1/admin/users/', '', { role: 'viewer' }],
  ['DELETE', '/api/v1/admin/users/', ''],
  ['PUT', '/api/v1/settings/general/', '', { value: 1 }],
  ['PUT', '/api/v1/settings/', '/time_zone', { value: 'UTC' }],
  ['DELETE', '/api/v1/security/sessions/', ''],
  ['DELETE', '/api/v1/security/api-keys/', ''],
  ['DELETE', '/api/v1/security/oauth-clients/', ''],
  ['GET', '/api/v1/secrets/', ''],
  ['PUT', '/api/v1/secrets/', '', {}],
  ['DELETE', '/api/v1/secrets/', ''],
  ['POST', '/api/v1/secrets/', '/rotate', {}],
];
