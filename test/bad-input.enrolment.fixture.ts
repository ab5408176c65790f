import type { Route } from './bad-input.identity.fixture';

/** The routes of enrolment as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', 'x'.repeat(10_000)] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const BAD_LABELS = [null, 7, 'text', [], { key: 7 }, { '': 'x' }, { key: 'x'.repeat(257) }, { ['x'.repeat(129)]: 'x' }];
const CSR = [...NOT_TEXT, '', 'x'.repeat(20_000)];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];

export const ENROLMENT_ROUTES: readonly Route[] = [
  {
    ...{ method: 'POST', path: '/api/v1/agents/register', as: 'nobody', body: { name: 'bad-input' } },
    wrong: {
      '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/version': [...NOT_TEXT, ...BAD_TEXTS],
      '/type': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/capabilities': [null, 7, 'text', {}, [7], [''], ['x'.repeat(129)]],
      '/labels': BAD_LABELS,
      '/metadata': [null, 7, 'text', []],
      '/max_concurrent_tasks': [null, '1', 0, -1, 1.5, 1e9],
      '/csr': CSR,
    },
  },
  {
    ...{ method: 'POST', path: '/api/v1/agents/registration-tokens', body: {} },
    wrong: {
      '/name': [7, true, {}, [], ...BAD_TEXTS, ''],
      '/labels': BAD_LABELS,
      '/agent_id': [7, true, {}, [], '', 'x'.repeat(200)],
      '/expires_in_seconds': [null, '60', 0, -1, 1.5, 86_401, 1e12, {}],
    },
  },
  {
    ...{ method: 'GET', path: '/api/v1/agents/registration-tokens' },
    query: {
      ...{ at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] },
      include_spent: ['', '1', 'yes', 'TRUE'],
    },
  },
  { ...{ method: 'POST', path: `/api/v1/agents/${UNKNOWN}/certificate`, body: { csr: 'x' } }, wrong: { '/csr': CSR } },
];

/** Method, the path before and after the id, body. */
export const ENROLMENT_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['DELETE', '/api/v1/agents/registration-tokens/', ''],
];
