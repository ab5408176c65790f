import type { Route } from './bad-input.identity.fixture';

/** The routes of SSH connections as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(20_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_AN_ID = [7, true, {}, [], '', 'mine', UNKNOWN.toUpperCase()] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];
const count = (most: number) => [null, '4', true, 0, -1, 1.5, most + 1, 1e400, {}];

const terms = {
  '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/hostname': [
    ...[...NOT_TEXT, ...BAD_TEXTS, '', 'with space', 'a/b', 'http://host', 'user@host', 'host:22', '-oProxyCommand=x'],
    ...['a..b', '.', '*', '$(id)', 'host\n', '::g', '[::1]', 'ä.example'],
  ],
  '/port': [...count(65_535), 70_000],
  '/username': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/auth_method': [...NOT_TEXT, '', 'agent', 'keyboard-interactive', 'PASSWORD', 'toString'],
  '/secret_id': [...NOT_AN_ID, UNKNOWN],
  '/passphrase_secret_id': NOT_AN_ID,
  '/host_key': [7, true, {}, [], '', 'MD5:aa:bb', `SHA256:${'a'.repeat(42)}`, `SHA256:${'a'.repeat(43)}=`],
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/tags': [null, 'text', {}, [7], [''], ['a', 'a'], ['nul \u0000'], Array.from({ length: 51 }, (_, n) => `${n}`)],
};

const AT = `/api/v1/ssh-connections/${UNKNOWN}`;

export const SSH_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/ssh-connections' },
    query: { at_least, limit, offset: [...BAD_NUMBERS, '100001'], name: ['', LONG.slice(0, 201)] },
  },
  {
    ...{ method: 'POST', path: '/api/v1/ssh-connections' },
    body: { name: 'bad-input', hostname: 'host.internal', username: 'deploy', auth_method: 'private_key' },
    wrong: terms,
  },
  { ...{ method: 'GET', path: AT }, query: { at_least } },
  {
    ...{ method: 'POST', path: `${AT}/test`, body: {} },
    wrong: { '/accept_host_key': [null, 7, 'true', {}, []] },
  },
  {
    ...{ method: 'POST', path: `${AT}/execute`, body: { command: 'id' } },
    wrong: {
      '/command': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/timeout_seconds': count(3_600),
      '/max_output_bytes': count(1_048_576),
      '/env': [
        ...[null, 7, 'text', []],
        ...[{ '': 'x' }, { 'a b': 'x' }, { 'a=b': 'x' }, { '1A': 'x' }, { A: 7 }, { A: 'nul \u0000' }, { A: LONG }],
        Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`A${n}`, 'x'])),
      ],
    },
  },
];

/** Method, the path before and after the id, body. */
export const SSH_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/ssh-connections/', ''],
  ['PUT', '/api/v1/ssh-connections/', '', {}],
  ['DELETE', '/api/v1/ssh-connections/', ''],
  ['POST', '/api/v1/ssh-connections/', '/test', {}],
  ['POST', '/api/v1/ssh-connections/', '/execute', { command: 'id' }],
];
