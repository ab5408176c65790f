import type { Route } from './bad-input.identity.fixture';

/** Templates and installations as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const BAD_JSON = [{ a: 'nul \u0000' }, { a: ['\udc00'] }, { 'nul \u0000': 1 }, { a: 2 ** 60 }];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];
const offset = [...BAD_NUMBERS, '100001'];

const MARKETPLACE = '/api/v1/marketplace';
const TEMPLATE = `${MARKETPLACE}/templates/document-pipeline`;
const INSTALLATION = `${MARKETPLACE}/installations/${UNKNOWN}`;

export const MARKETPLACE_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: `${MARKETPLACE}/templates` },
    query: { category: ['', 'x'.repeat(300)], search: ['', 'x'.repeat(300)] },
  },
  { ...{ method: 'GET', path: TEMPLATE }, query: { version: [...BAD_NUMBERS, '0'] } },
  {
    ...{ method: 'POST', path: `${TEMPLATE}/install`, body: { parameters: { words_per_part: 100, parts_at_once: 2 } } },
    wrong: {
      '/version': [null, '1', true, {}, 0, -1, 1.5, 1e300],
      '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/parameters': [...NOT_OBJECT, ...BAD_JSON, { [LONG]: 1 }, { unknown: 1 }],
      '/parameters/words_per_part': [null, '100', true, {}, [], 19, 2_001, 1.5],
      '/parameters/parts_at_once': [null, '8', {}, 0, 101, 1.5],
    },
  },
  {
    ...{ method: 'GET', path: `${MARKETPLACE}/installations` },
    query: { at_least, limit, offset, status: ['', 'gone', 'Installed'], template_id: ['', 'x'.repeat(300)] },
  },
  { ...{ method: 'GET', path: INSTALLATION }, query: { at_least } },
  { ...{ method: 'DELETE', path: INSTALLATION }, query: { force: ['', 'yes', '1', 'TRUE'] } },
];

/** Method, the path before and after the id, body. */
export const MARKETPLACE_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', `${MARKETPLACE}/templates/`, ''],
  ['POST', `${MARKETPLACE}/templates/`, '/install', {}],
  ['GET', `${MARKETPLACE}/installations/`, ''],
  ['DELETE', `${MARKETPLACE}/installations/`, ''],
];
