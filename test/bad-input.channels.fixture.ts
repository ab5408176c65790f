import type { Route } from './bad-input.identity.fixture';

/** The routes of notification channels as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];

const terms = {
  '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/enabled': [null, 'true', 1, {}, []],
  '/config': [...NOT_OBJECT, { surprise: 1 }, { 'nul \u0000': 1 }],
};
const line = [...NOT_TEXT.slice(1), ...BAD_TEXTS, '', 'two\nlines', 'a\r\nBcc: b@example.org'];
const address = [...NOT_TEXT, ...BAD_TEXTS, '', 'nobody', 'a b@example.org', 'A <a@example.org>', 'a@example.org\n'];
const url = [
  ...[...NOT_TEXT, ...BAD_TEXTS, '', 'example.org', '/path', 'ftp://example.org', 'javascript:alert(1)', 'http://'],
  ...[
    'https://user:password@example.org',
    'https://example.org/#fragment',
    'http://169.254.169.254/',
    'http://0.0.0.0/',
  ],
  ...['http://[fe80::1]/', 'https://example.org:0/', 'https://example.org:99999/'],
];

const PATH = '/api/v1/notifications/channels';
const AT = `${PATH}/${UNKNOWN}`;
const create = (type: string, config: object, wrong: Record<string, readonly unknown[]>): Route => {
  const body = { name: 'bad input', type, config };
  return { method: 'POST', path: PATH, body, wrong };
};

export const CHANNEL_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH },
    query: {
      ...{ at_least, limit, offset: [...BAD_NUMBERS, '100001'] },
      ...{ type: ['', 'Slack', 'sms', 'toString'], status: ['', 'OK', 'failed'] },
    },
  },
  create(
    'slack',
    { webhook_url: 'https://hooks.slack.com/services/x' },
    {
      ...terms,
      '/type': [...NOT_TEXT, '', 'Slack', 'sms', 'toString', '__proto__'],
      '/config/webhook_url': url,
      '/config/channel': line,
      '/config/username': line,
      '/config/bot_token': ['1234:x', null],
    },
  ),
  create(
    'email',
    { to: ['ops@example.org'], smtp_url: 'smtps://mail.example.org' },
    {
      '/config/to': [
        ...[null, 7, 'ops@example.org', {}, [], Array.from({ length: 51 }, (_, n) => `a${n}@example.org`)],
        ...address.map((each) => [each]),
      ],
      '/config/from': address.slice(1),
      '/config/smtp_url': [
        ...[
          7,
          true,
          {},
          [],
          ...BAD_TEXTS,
          '',
          'mail.example.org',
          'https://example.org',
          'smtp://',
          'smtp://:25',
          'smtp:x',
        ],
        ...[
          'smtp://example.org:0',
          'smtp://example.org:99999',
          'smtp://example.org/path',
          'smtp://example.org?pool=true',
        ],
        ...[
          'smtp://%00/',
          'smtp://example.org#x',
          'smtp://a%zz:b@example.org',
          'smtp://169.254.169.254',
          'smtp://0.0.0.0',
        ],
      ],
      '/config/subject_prefix': line,
    },
  ),
  create(
    'telegram',
    { bot_token: '123456:AAbbccddeeffgghhiijjkkllmm', chat_id: '@agents' },
    {
      '/config/bot_token': [...NOT_TEXT, ...BAD_TEXTS, '', 'token', '123456:AAbbccddeeffgghhiijjkkllmm/../x'],
      '/config/chat_id': [null, true, {}, [], ...BAD_TEXTS, '', 'agents', '@', '1.5', 1.5, 1e300],
      '/config/api_url': [...url.slice(1), 'https://example.org/?a=b'],
    },
  ),
  create(
    'webhook',
    { url: 'https://example.org/hook' },
    {
      '/config/url': url,
      '/config/secret': [...NOT_TEXT.slice(1), ...BAD_TEXTS, '', 'secret', 'whsec_', 'whsec_c2hvcnQ='],
      '/config/headers': [
        ...[7, true, 'text', [], { 'a b': 'x' }, { '': 'x' }, { 'a:b': 'x' }, { [LONG]: 'x' }],
        ...[{ Host: 'x' }, { connection: 'x' }, { 'Content-Length': '1' }, { 'webhook-id': 'x' }, { 'X-A': 7 }],
        ...[{ 'X-A': 'a\nb' }, { 'X-A': 'ä' }, { 'X-A': LONG }],
        Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`X-${n}`, 'x'])),
      ],
    },
  ),
  { ...{ method: 'GET', path: AT }, query: { at_least } },
  { ...{ method: 'PUT', path: AT, body: {} }, wrong: { ...terms, '/config': NOT_OBJECT } },
  {
    ...{ method: 'GET', path: `${AT}/deliveries` },
    query: {
      limit,
      offset: [...BAD_NUMBERS, '10001'],
      state: ['', 'done', 'Failed'],
      event: ['', '%00', '%ED%A0%80', 'task.nope'],
    },
  },
];

/** Method, the path before and after the id, body. */
export const CHANNEL_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', `${PATH}/`, ''],
  ['PUT', `${PATH}/`, '', {}],
  ['DELETE', `${PATH}/`, ''],
  ['POST', `${PATH}/`, '/test'],
  ['GET', `${PATH}/`, '/deliveries'],
  ['GET', `${PATH}/`, `/deliveries/${UNKNOWN}`],
  ['GET', `${AT}/deliveries/`, ''],
  ['POST', `${AT}/deliveries/`, '/redeliver'],
];
