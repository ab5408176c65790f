import type { Route } from './bad-input.identity.fixture';

/** The routes of agents of the operations and the platform document as `bad-input.spec.ts` wants them. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;
const BAD_OBJECTS = [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { 'nul \u0000': 1 }, { a: 2 ** 60 }];
const BAD_WORDS = [...NOT_LIST, [7], [''], [null], ['nul \u0000'], [LONG], Array.from({ length: 1_001 }, () => 'x')];
const NAME = [...NOT_TEXT, ...BAD_TEXTS, ''];
const COUNT = [0, -1, 1.5, '1', null, 1e9];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const as_of = ['yesterday', '2026-02-30T00:00:00Z', '-1', '2999-01-01T00:00:00Z', '2026-01-01'];

const operations = {
  ...{ '/name': NAME, '/type': NAME, '/version': [...NOT_TEXT, 'nul \u0000', LONG] },
  '/environment': [...NOT_TEXT, ...BAD_TEXTS],
  '/capabilities': BAD_WORDS,
  '/configuration': [...BAD_OBJECTS, ...COUNT.map((max_concurrent_tasks) => ({ max_concurrent_tasks }))],
};

const platform = {
  ...{ '/name': NAME, '/agent_type': NAME, '/worker_id': [7, true, {}, [], '', 'worker', ...BAD_TEXTS] },
  ...{ '/description': [...NOT_TEXT, 'nul \u0000', LONG], '/role': [...NOT_TEXT, ...BAD_TEXTS] },
  ...{ '/llm_provider': [...NOT_TEXT, ...BAD_TEXTS], '/llm_model': [...NOT_TEXT, ...BAD_TEXTS] },
  '/system_prompt': [...NOT_TEXT, 'nul \u0000', 'lone \ud800', 'x'.repeat(70_000)],
  ...{ '/enabled_tools': BAD_WORDS, '/capabilities': BAD_WORDS, '/services': BAD_WORDS, '/tags': BAD_WORDS },
  ...{ '/assignedTargets': BAD_WORDS, '/assigned_targets': BAD_WORDS },
  '/labels': [...NOT_OBJECT, { a: 7 }, { a: LONG }, { '': 'x' }, { a: 'nul \u0000' }, { [LONG]: 'x' }],
  ...{ '/endpoints': [...NOT_OBJECT, { http: 7 }, { http: LONG }], '/metadata': BAD_OBJECTS },
  ...{ '/configuration': BAD_OBJECTS, '/environment': [...NOT_TEXT, ...BAD_TEXTS] },
  ...{ '/weight': [null, '1', -1, 1e6, {}], '/max_concurrent_tasks': COUNT },
  '/heartbeat_interval_seconds': [0, -1, '30', null, 1e9],
};

export const AGENT_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v1/agents' },
    query: { at_least, page: [...BAD_NUMBERS, '0'], limit: [...BAD_NUMBERS, '0', '101'], status: ['', 'busy'] },
  },
  { method: 'POST', path: '/v1/agents', body: { name: 'bad', type: 'worker' }, wrong: operations },
  { method: 'GET', path: `/v1/agents/${UNKNOWN}`, query: { at_least } },
  { method: 'PUT', path: `/v1/agents/${UNKNOWN}`, body: {}, wrong: operations },
  { method: 'DELETE', path: `/v1/agents/${UNKNOWN}` },
  { method: 'POST', path: '/api/v1/agents', body: { name: 'bad' }, wrong: platform },
  { method: 'GET', path: `/api/v1/agents/${UNKNOWN}`, query: { at_least, as_of } },
  { method: 'GET', path: `/api/v1/agents/${UNKNOWN}/.well-known/agent-card.json`, query: { at_least } },
  { method: 'PUT', path: `/api/v1/agents/${UNKNOWN}`, body: {}, wrong: platform },
  { method: 'PATCH', path: `/api/v1/agents/${UNKNOWN}`, body: {}, wrong: platform },
  { method: 'DELETE', path: `/api/v1/agents/${UNKNOWN}` },
];

export const AGENT_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/v1/agents/', ''],
  ['GET', '/api/v1/agents/', '/.well-known/agent-card.json'],
  ['PUT', '/v1/agents/', '', { name: 'x' }],
  ['DELETE', '/v1/agents/', ''],
  ['PUT', '/api/v1/agents/', '', { name: 'x' }],
  ['PATCH', '/api/v1/agents/', '', { name: 'x' }],
  ['DELETE', '/api/v1/agents/', ''],
  ['POST', '/api/v1/agents/', '/start'],
  ['POST', '/api/v1/agents/', '/stop'],
];
