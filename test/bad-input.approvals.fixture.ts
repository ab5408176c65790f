import type { Route } from './bad-input.identity.fixture';

/** Approvals and code reviews as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;
const BAD_JSON = [{ a: 'nul \u0000' }, { a: ['\udc00'] }, { 'nul \u0000': 1 }, { a: 2 ** 60 }, 'nul \u0000'];
const BAD_IDS = [7, true, {}, [], '', 'me', 'NIL', ...BAD_TEXTS];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const page = { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] };

const APPROVAL = `/api/v1/approvals/${UNKNOWN}`;
const REVIEW = `/api/v1/code-reviews/${UNKNOWN}`;

const files = [
  ...[
    ...NOT_LIST,
    [7],
    [{}],
    [{ path: 'a' }],
    Array.from({ length: 501 }, () => ({ path: 'a', additions: 0, deletions: 0 })),
  ],
  ...['', 7, null, ...BAD_TEXTS].map((path) => [{ path, additions: 0, deletions: 0 }]),
  ...[-1, 1.5, '1', null, 1e300].map((additions) => [{ path: 'a', additions, deletions: 0 }]),
];
const code = {
  '/commit': [...NOT_TEXT, ...BAD_TEXTS],
  '/diff': [...NOT_TEXT, 'nul \u0000', 'lone \ud800', 'x'.repeat(128 * 1_024 + 1)],
  '/files': files,
};
const revision = [null, 0, -1, 1.5, '1', true, {}, 1e300];

export const APPROVAL_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/approvals' },
    query: {
      ...{ ...page, status: ['', 'open', 'Pending', 'pending,approved'], run_id: ['', 'run', 'x'.repeat(300)] },
      mine: ['', 'yes', '1', 'TRUE'],
    },
  },
  {
    ...{ method: 'POST', path: '/api/v1/approvals', body: { title: 'bad input' } },
    wrong: {
      '/title': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/description': [...NOT_TEXT, ...BAD_TEXTS],
      '/arguments': [...BAD_JSON, 'x'.repeat(128 * 1_024)],
      '/required': [null, '1', true, {}, 0, -1, 1.5, 21],
      '/roles': [...NOT_LIST, [7], [''], ['agent'], ['Admin'], ['viewer'], Array.from({ length: 6 }, () => 'admin')],
      '/users': [...NOT_LIST, ...BAD_IDS.map((id) => [id]), [UNKNOWN], Array.from({ length: 101 }, () => UNKNOWN)],
      '/allow_self': [null, 'yes', 1, {}, []],
      '/expires_seconds': ['60', true, {}, 0, -1, 31_536_001, 1e300],
    },
  },
  { method: 'GET', path: APPROVAL, query: { at_least } },
  { method: 'PUT', path: APPROVAL, body: { arguments: {} }, wrong: { '/arguments': BAD_JSON } },
  { method: 'POST', path: `${APPROVAL}/cancel` },
  ...['approve', 'reject'].map((verb): Route => ({
    ...{ method: 'POST', path: `${APPROVAL}/${verb}`, body: {} },
    wrong: {
      '/comment': [...NOT_TEXT, ...BAD_TEXTS],
      '/arguments_hash': [...NOT_TEXT, ...BAD_TEXTS, '', 'a'.repeat(63), 'A'.repeat(64), 'g'.repeat(64)],
    },
  })),
  {
    ...{ method: 'GET', path: '/api/v1/code-reviews' },
    query: { ...page, status: ['', 'open', 'Pending'], agent_id: ['', 'x'.repeat(300)] },
  },
  {
    ...{ method: 'POST', path: '/api/v1/code-reviews', body: { title: 'bad input', repository: 'none' } },
    wrong: {
      ...code,
      '/title': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/description': [...NOT_TEXT, ...BAD_TEXTS],
      '/repository': [...NOT_TEXT, ...BAD_TEXTS, ''],
      ...{ '/branch': [...NOT_TEXT, ...BAD_TEXTS], '/base': [...NOT_TEXT, ...BAD_TEXTS] },
      ...{ '/agent_id': [7, true, {}, [], ''], '/task_id': BAD_IDS, '/run_id': BAD_IDS },
    },
  },
  { method: 'GET', path: REVIEW, query: { at_least } },
  { method: 'PUT', path: REVIEW, body: { commit: '', diff: '', files: [] }, wrong: code },
  {
    ...{ method: 'POST', path: `${REVIEW}/comment`, body: { body: 'text' } },
    wrong: {
      '/body': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/file': [7, true, {}, [], '', ...BAD_TEXTS],
      '/line': [0, -1, 1.5, '1', true, {}, 1e300],
      '/side': [7, true, {}, [], '', 'left'],
      '/in_reply_to': BAD_IDS,
    },
  },
  {
    ...{ method: 'POST', path: `${REVIEW}/approve`, body: {} },
    wrong: { '/comment': [...NOT_TEXT, ...BAD_TEXTS], '/revision': revision },
  },
  {
    ...{ method: 'POST', path: `${REVIEW}/reject`, body: {} },
    wrong: { '/reason': [...NOT_TEXT, ...BAD_TEXTS], '/revision': revision },
  },
];

/** Method, the path before and after the id, body. */
export const APPROVAL_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/approvals/', ''],
  ['PUT', '/api/v1/approvals/', '', { arguments: {} }],
  ['POST', '/api/v1/approvals/', '/cancel'],
  ['POST', '/api/v1/approvals/', '/approve', {}],
  ['POST', '/api/v1/approvals/', '/reject', {}],
  ['GET', '/api/v1/code-reviews/', ''],
  ['PUT', '/api/v1/code-reviews/', '', { commit: '', diff: '', files: [] }],
  ['POST', '/api/v1/code-reviews/', '/comment', { body: 'text' }],
  ['POST', '/api/v1/code-reviews/', '/approve', {}],
  ['POST', '/api/v1/code-reviews/', '/reject', {}],
];
