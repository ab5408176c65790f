import type { Route } from './bad-input.identity.fixture';

/** Runs of workflows as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const BAD_OBJECTS = [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { 'nul \u0000': 1 }, { a: 2 ** 60 }];
const BAD_VALUES = ['nul \u0000', { a: '\ud800' }, { a: { b: 2 ** 60 } }];
const BAD_KEYS = [...NOT_TEXT, ...BAD_TEXTS, '', 'Upper', 'with space', '1st', 'a/b', 'undo:a', '__proto__'];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const as_of = ['yesterday', '2026-02-30T00:00:00Z', '-1', '9007199254740991', '2999-01-01T00:00:00Z', '2026-01-01'];
const times = ['now', '', '2026-01-01', '2026-02-30T00:00:00Z', '0001-01-01T00:00:00Z'];
const page = { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] };
const filters = { ...page, status: ['open', '', 'running&status=failed'], started_after: times, started_before: times };
const ids = ['', 'x', '..', '%00', UNKNOWN.slice(1), `task_${UNKNOWN}`, LONG.slice(0, 200)];

const RUNS = '/api/v1/workflows/runs';
const ABSENT = `${RUNS}/${UNKNOWN}`;
const reason = { '/reason': [...NOT_TEXT, ...BAD_TEXTS] };
const signal = {
  '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/payload': BAD_VALUES,
};

export const RUN_ROUTES: readonly Route[] = [
  {
    ...{ method: 'POST', path: `/v1/workflows/${UNKNOWN}/execute`, body: {} },
    wrong: { '/parameters': BAD_OBJECTS, '/priority': [...NOT_TEXT, '', 'urgent', 'normal', LONG] },
  },
  { ...{ method: 'GET', path: `/v1/workflows/runs/${UNKNOWN}` }, query: { at_least } },
  {
    ...{ method: 'GET', path: `/v1/workflows/${UNKNOWN}/runs` },
    query: { at_least, page: [...BAD_NUMBERS, '0'], limit: [...BAD_NUMBERS, '0', '101'], status: ['cancelled', ''] },
  },
  {
    ...{ method: 'POST', path: `/api/v1/workflows/${UNKNOWN}/execute`, body: {} },
    wrong: {
      '/parameters': BAD_OBJECTS,
      '/priority': [null, true, -1, 101, 1.5, 'urgentest', '40', '', {}],
      '/version': [null, '1', true, 0, -1, 1.5, 2 ** 60],
    },
  },
  { ...{ method: 'GET', path: RUNS }, query: { ...filters, workflow_id: ids, parent: ids } },
  { ...{ method: 'GET', path: `/api/v1/workflows/${UNKNOWN}/runs` }, query: filters },
  { ...{ method: 'GET', path: ABSENT }, query: { at_least, as_of } },
  {
    ...{ method: 'GET', path: `${ABSENT}/events` },
    query: { from_version: [...BAD_NUMBERS, '0'], limit: [...BAD_NUMBERS, '0', '1001'] },
  },
  { ...{ method: 'GET', path: `${ABSENT}/graph` }, query: { at_least, as_of, format: ['svg', '', 'json&format=dot'] } },
  { ...{ method: 'POST', path: `${ABSENT}/pause`, body: {} }, wrong: reason },
  { method: 'POST', path: `${ABSENT}/resume` },
  { ...{ method: 'POST', path: `${ABSENT}/cancel`, body: {} }, wrong: reason },
  { ...{ method: 'POST', path: `${ABSENT}/retry`, body: {} }, wrong: { '/from': BAD_KEYS } },
  {
    ...{ method: 'POST', path: `${ABSENT}/fork`, body: { from: 'load' } },
    wrong: { '/from': BAD_KEYS, '/parameters': BAD_OBJECTS },
  },
  { ...{ method: 'POST', path: `${ABSENT}/signal`, body: { name: 'go' } }, wrong: signal },
  {
    ...{ method: 'POST', path: '/api/v1/workflows/signals', body: { name: 'go', correlation: 'bad-input' } },
    wrong: { ...signal, '/correlation': [...NOT_TEXT, ...BAD_TEXTS, ''] },
  },
];

/** Method, the path before and after the id, body. */
export const RUN_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['POST', '/v1/workflows/', '/execute', {}],
  ['GET', '/v1/workflows/runs/', ''],
  ['GET', '/v1/workflows/', '/runs'],
  ['POST', '/api/v1/workflows/', '/execute', {}],
  ['GET', '/api/v1/workflows/', '/runs'],
  ['GET', `${RUNS}/`, ''],
  ['GET', `${RUNS}/`, '/events'],
  ['GET', `${RUNS}/`, '/graph'],
  ['POST', `${RUNS}/`, '/pause', {}],
  ['POST', `${RUNS}/`, '/resume', {}],
  ['POST', `${RUNS}/`, '/cancel', {}],
  ['POST', `${RUNS}/`, '/retry', {}],
  ['POST', `${RUNS}/`, '/fork', { from: 'load' }],
  ['POST', `${RUNS}/`, '/signal', { name: 'go' }],
];
