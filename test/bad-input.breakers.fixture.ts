import type { Route } from './bad-input.identity.fixture';

/** Circuit breakers and the defaults of task types as `bad-input.spec.ts` wants them: what each field must not be. */

const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const page = { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] };

/** Neither text, nor fraction, nor out of bounds. */
const counts = (most: number) => [null, '5', true, {}, 0, -1, 1.5, most + 1, 1e300] as const;
const seconds = [null, '5', true, {}, 0, -1, 86_401, 1e300] as const;

const ABSENT_BREAKER = '/api/v1/circuit-breakers/absent';
const ABSENT_TYPE = '/api/v1/task-types/absent';

export const BREAKER_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/circuit-breakers' },
    query: { ...page, state: ['ajar', '', 'open&state=closed'] },
  },
  {
    ...{ method: 'POST', path: '/api/v1/circuit-breakers' },
    body: { name: 'bad-input', scope: { kind: 'task_type', value: 'bad-input' } },
    wrong: {
      '/name': [...NOT_TEXT, ...BAD_TEXTS, '', '.', '..', 'with space', 'a:b', 'a/b', 'ä', 'x'.repeat(101)],
      '/scope': [
        ...NOT_OBJECT,
        ...[{}, { kind: 'task_type' }, { value: 'ocr' }, { kind: 'fleet', value: 'x' }],
        ...[...NOT_TEXT, ...BAD_TEXTS, ''].map((value) => ({ kind: 'task_type', value })),
      ],
      '/failure_threshold': counts(10_000),
      '/window_seconds': [...seconds, 1.5],
      '/minimum_calls': counts(100_000),
      '/failure_ratio': [null, '0.5', true, {}, -0.1, 1.1, 1e300],
      '/cooldown_seconds': seconds,
      '/half_open_max': counts(1_000),
    },
  },
  { ...{ method: 'GET', path: ABSENT_BREAKER }, query: { at_least } },
  { method: 'DELETE', path: ABSENT_BREAKER },
  ...['force-open', 'force-close', 'reset'].map((verb): Route => ({
    ...{ method: 'POST', path: `${ABSENT_BREAKER}/${verb}`, body: {} },
    wrong: { '/reason': [...NOT_TEXT, ...BAD_TEXTS] },
  })),
  { ...{ method: 'GET', path: '/api/v1/task-types' }, query: page },
  { ...{ method: 'GET', path: ABSENT_TYPE }, query: { at_least } },
  {
    ...{ method: 'PUT', path: ABSENT_TYPE, body: {} },
    wrong: {
      '/priority': [null, true, -1, 101, 1.5, 'urgentest', '40', '', {}],
      '/lease_seconds': [null, '60', true, {}, 0, -1, 86_401],
      '/on_agent_lost': [...NOT_TEXT, '', 'panic'],
      '/retry': [
        ...NOT_OBJECT,
        ...[{ max_attempts: 0 }, { max_attempts: '3' }, { jitter: 2 }, { factor: 0 }, { initial_delay_ms: -1 }],
        ...[{ non_retryable: 'bad_input' }, { non_retryable: [7] }, { non_retryable: [''] }, { max_delay_ms: null }],
      ],
    },
  },
  { method: 'DELETE', path: ABSENT_TYPE },
];

/** Method, the path before and after the name, body. `PUT` of a type takes any word. */
export const BREAKER_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/circuit-breakers/', ''],
  ['DELETE', '/api/v1/circuit-breakers/', ''],
  ['POST', '/api/v1/circuit-breakers/', '/force-open', {}],
  ['POST', '/api/v1/circuit-breakers/', '/force-close', {}],
  ['POST', '/api/v1/circuit-breakers/', '/reset', {}],
  ['GET', '/api/v1/task-types/', ''],
  ['DELETE', '/api/v1/task-types/', ''],
];
