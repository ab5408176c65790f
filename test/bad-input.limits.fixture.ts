import type { Route } from './bad-input.identity.fixture';

/** Dispatch limits and explanations as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_A_COUNT = [null, '5', true, {}, -1, 1.5, 1_000_001, 1e300] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];

export const LIMIT_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/dispatch-limits' },
    query: { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] },
  },
  {
    ...{ method: 'PUT', path: '/api/v1/dispatch-limits/task_type/bad-input', body: { max_concurrent: 1 } },
    wrong: {
      '/max_concurrent': NOT_A_COUNT,
      '/rate': [
        ...NOT_OBJECT,
        ...[{}, { tasks: 1 }, { per_seconds: 1 }],
        ...[null, '5', true, {}, 0, -1, 1.5, 1_000_001].map((tasks) => ({ tasks, per_seconds: 1 })),
        ...[null, '5', true, {}, 0, -1, 0.5, 86_401, 1e300].map((per_seconds) => ({ tasks: 1, per_seconds })),
      ],
    },
  },
  {
    ...{ method: 'PUT', path: '/api/v1/dispatch-limits/queue/normal', body: {} },
    wrong: { '/max_concurrent': [null] },
  },
  { ...{ method: 'GET', path: `/api/v1/tasks/${UNKNOWN}/explain` }, query: { at_least } },
];

/** Method, the path before and after the parameter, body. */
export const LIMIT_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['PUT', '/api/v1/dispatch-limits/', '/normal', { max_concurrent: 1 }],
  ['DELETE', '/api/v1/dispatch-limits/', '/normal'],
  ['DELETE', '/api/v1/dispatch-limits/task_type/', ''],
  ['GET', '/api/v1/tasks/', '/explain'],
];
