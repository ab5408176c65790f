import type { Route } from './bad-input.identity.fixture';

/** The routes of webhooks as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_YES_OR_NO = [null, 'true', 1, {}, []] as const;
const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const BAD_TIMES = [
  null,
  7,
  '',
  'yesterday',
  '2026-02-30T00:00:00Z',
  '2026-01-01',
  '2026-01-01T00:00:00',
  {},
  [],
] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];
const state = ['', 'Failed', 'open', 'toString', 'failed&state=pending'];

const base64 = (bytes: number) => Buffer.alloc(bytes, 1).toString('base64');
export const BAD_SECRETS = [
  ...[...NOT_TEXT, ...BAD_TEXTS, '', 'whsec_', 'a secret', base64(32), `WHSEC_${base64(32)}`, `whsec_${base64(23)}`],
  ...[`whsec_${base64(65)}`, `whsec_${base64(32).replace('=', '')}`, `whsec_${base64(24)}=`, `whsec_${base64(24)} `],
  ...[`whsec_${base64(24).replace('A', '-')}`, `whsec_\n${base64(24)}`],
];
const BAD_URLS = [
  ...[
    ...NOT_TEXT,
    '',
    'nul \u0000',
    'example.org',
    '/hook',
    '//example.org/x',
    'ftp://example.org',
    'javascript:alert(1)',
  ],
  ...['https://example.org/nul\u0000', 'https://example.org/lone\ud800', `https://example.org/${'ü'.repeat(1_000)}`],
  ...['file:///etc/passwd', 'data:text/plain,x', 'https://', 'https://u:p@example.org', 'https://u@example.org'],
  ...['https://example.org/#part', 'https://example.org:70000', 'https://example.org:0', `https://example.org/${LONG}`],
  ...['http://169.254.169.254/latest', 'http://0.0.0.0', 'http://[::]', 'http://[fe80::1]', 'http://2852039166/'],
  ...['http://[::ffff:169.254.169.254]/', 'http://[64:ff9b::a9fe:a9fe]/', 'http://224.0.0.1', 'http://255.255.255.255'],
];
const BAD_EVENTS = [
  ...[null, 'task.*', 7, {}, [], [7], [null], [''], ['task'], ['task.*.failed'], ['Task.failed'], ['task.x'], ['*.']],
  ...[
    ['task.failed '],
    ['notification'],
    ['message.new'],
    ['nul \u0000'],
    [LONG],
    Array.from({ length: 51 }, () => '*'),
  ],
];
const BAD_FILTERS = [
  ...[7, true, {}, [], ...BAD_TEXTS, '', 'event.', '1 +', '"text"', 'event.name', 'event.nothing == 1', 'nothing'],
  ...['event.name.matches("(a")', 'task.type == "x"', '('.repeat(500), 'a ? b', 'event.position = 1', '${{ true }}'],
];

const terms = {
  '/url': BAD_URLS,
  '/events': BAD_EVENTS,
  '/filter': BAD_FILTERS,
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/enabled': NOT_YES_OR_NO,
  '/secret': BAD_SECRETS,
};
const valid = { url: 'http://127.0.0.1:9/hook', events: ['task.*'] };

const PATH = '/api/v1/webhooks';
const AT = `${PATH}/${UNKNOWN}`;
const BAD_POSITIONS = [null, '4', true, -1, 1.5, 1e400, 2 ** 60, {}];

export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH },
    query: {
      at_least,
      limit,
      offset: [...BAD_NUMBERS, '100001'],
      status: ['', 'Active', 'on', 'active&status=failing'],
    },
  },
  { ...{ method: 'POST', path: PATH, body: valid }, wrong: terms },
  { ...{ method: 'GET', path: AT }, query: { at_least } },
  { ...{ method: 'PUT', path: AT, body: {} }, wrong: { ...terms, '/secret': [`whsec_${base64(32)}`, null, ''] } },
  { method: 'DELETE', path: AT },
  { method: 'POST', path: `${AT}/test` },
  { ...{ method: 'POST', path: `${AT}/rotate-secret`, body: {} }, wrong: { '/secret': BAD_SECRETS } },
  { ...{ method: 'POST', path: `${AT}/enable`, body: {} }, wrong: { '/backfill': NOT_YES_OR_NO } },
  {
    ...{ method: 'POST', path: `${AT}/replay`, body: { from_position: 0 } },
    wrong: {
      '/from_position': BAD_POSITIONS,
      '/to_position': [...BAD_POSITIONS, Number.MAX_SAFE_INTEGER],
      '/from_time': [...BAD_TIMES, '2026-01-01T00:00:00Z'],
      '/to_time': BAD_TIMES,
      '/per_second': [null, '4', true, 0, -1, 1.5, 501, {}],
    },
  },
  {
    ...{ method: 'GET', path: `${AT}/deliveries` },
    query: {
      limit,
      offset: [...BAD_NUMBERS, '10001'],
      state,
      event: ['', LONG.slice(0, 101), '%00', '%ED%A0%80', 'task.nope', 'task.*'],
    },
  },
  { method: 'GET', path: `${AT}/deliveries/${UNKNOWN}` },
  { method: 'POST', path: `${AT}/deliveries/${UNKNOWN}/redeliver` },
];

/** Method, the path before and after the id, body. */
export const WEBHOOK_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ...([
    ['GET', `${PATH}/`, ''],
    ['PUT', `${PATH}/`, '', {}],
    ['DELETE', `${PATH}/`, ''],
    ['POST', `${PATH}/`, '/test'],
    ['POST', `${PATH}/`, '/rotate-secret', {}],
    ['POST', `${PATH}/`, '/enable', {}],
    ['POST', `${PATH}/`, '/replay', { from_position: 0 }],
    ['GET', `${PATH}/`, '/deliveries'],
    ['GET', `${PATH}/`, `/deliveries/${UNKNOWN}`],
    ['GET', `${AT}/deliveries/`, ''],
    ['POST', `${AT}/deliveries/`, '/redeliver'],
  ] as const),
];
