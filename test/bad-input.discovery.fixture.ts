import type { Route } from './bad-input.identity.fixture';

/** The discovery routes as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;
const BAD_OBJECTS = [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { 'nul \u0000': 1 }, { a: 2 ** 60 }];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const AHEAD = '9007199254740991';
const paging = { limit: [...BAD_NUMBERS, '0', '1001'], offset: [...BAD_NUMBERS, '1000001'] };
const words = ['', LONG.slice(0, 200), '%00'];
const patterns = [...words, '*', 'a*', '*.a', 'a.*.b', 'a.**'];

export const DISCOVERY_ROUTES: readonly Route[] = [
  {
    ...{ method: 'POST', path: '/api/v1/discovery/capabilities' },
    body: { agent_id: 'present', capability: 'document.ocr' },
    wrong: {
      '/agent_id': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/capability': [...NOT_TEXT, ...BAD_TEXTS, '', '*', 'document.*'],
      '/metadata': BAD_OBJECTS,
      '/groups': [...NOT_LIST, [7], [''], [null], ['nul \u0000'], [LONG], Array.from({ length: 101 }, () => 'x')],
    },
  },
  {
    ...{ method: 'GET', path: '/api/v1/discovery/capabilities' },
    query: {
      ...{ ...paging, at_least: [...BAD_NUMBERS, AHEAD], capability: patterns, group: words },
      agent_id: words,
    },
  },
  {
    ...{ method: 'GET', path: '/api/v1/discovery/agents' },
    query: {
      ...{ at_least: BAD_NUMBERS, capability: patterns, group: words, limit: paging.limit },
      strategy: ['', 'best', 'Random', 'toString', 'random&strategy=trust'],
    },
  },
  {
    ...{ method: 'POST', path: '/api/v1/discovery/heartbeat', body: { agent_id: 'present', load: 0.3 } },
    wrong: {
      '/agent_id': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/load': [null, '0.3', true, -0.1, 1.1, {}],
      '/metadata': [
        ...BAD_OBJECTS,
        Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, index])),
      ],
    },
  },
  {
    ...{ method: 'GET', path: '/api/v1/discovery/agents/present/health' },
    query: { at_least: [...BAD_NUMBERS, AHEAD] },
  },
  {
    ...{ method: 'GET', path: '/api/v1/discovery/groups' },
    query: { ...paging, at_least: [...BAD_NUMBERS, AHEAD] },
  },
  {
    ...{ method: 'GET', path: '/api/v1/discovery/groups/nobody/agents' },
    query: { ...paging, at_least: [...BAD_NUMBERS, AHEAD] },
  },
];

/** Method, the path before and after the id, body. */
export const DISCOVERY_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/discovery/capabilities/', ''],
  ['DELETE', '/api/v1/discovery/capabilities/', ''],
  ['DELETE', '/api/v1/discovery/agents/', ''],
  ['GET', '/api/v1/discovery/agents/', '/health'],
  ['GET', '/api/v1/discovery/groups/', '/agents'],
];
