import type { Route } from './bad-input.identity.fixture';

/** Schedules as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const BAD_OBJECTS = [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { 'nul \u0000': 1 }, { a: 2 ** 60 }];
const BAD_TIMES = [7, true, {}, [], '', 'now', '2026-01-01', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z', LONG];
const TOO_FAR = ['9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00Z', '+294277-01-01T00:00:00Z'];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const page = { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] };

const cron = (change: object) => ({ type: 'cron', expression: '0 0 * * *', time_zone: 'UTC', ...change });
const timing = [
  ...[...NOT_OBJECT, {}, { type: 'never' }, { type: 'cron' }, { type: 'interval' }, { type: 'at' }],
  ...[...NOT_TEXT, ...BAD_TEXTS, '', ' ', '* * * *', '* * * * * * *', '@daily', '*/0 * * * *', '60 * * * *'].map(
    (expression) => cron({ expression }),
  ),
  ...['0 0 30 2 *', '0 0 31 2,4 *', 'a b c d e', '99999999999 * * * *', '1-0 * * * *', '* * * * 9'].map((expression) =>
    cron({ expression }),
  ),
  ...[...NOT_TEXT, ...BAD_TEXTS, '', 'Mars/X', '+02:00', 'local'].map((time_zone) => cron({ time_zone })),
  ...[null, '60', true, {}, 0, -1, 1.5, 31_536_001, 1e300].map((seconds) => ({ type: 'interval', seconds })),
  ...[null, ...BAD_TIMES, ...TOO_FAR].map((at) => ({ type: 'at', at })),
];

const fields = {
  '/timing': timing,
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/catch_up': [...NOT_TEXT, '', 'some'],
  '/overlap': [...NOT_TEXT, '', 'cancel'],
  '/jitter_seconds': [null, '5', true, {}, -1, 1.5, 86_401, 1e300],
  '/starts_at': [...BAD_TIMES, ...TOO_FAR],
  '/ends_at': [...BAD_TIMES, ...TOO_FAR],
};
/** It depends on the time, so only where it is all there is. */
const PAST = '2020-01-01T00:00:00Z';
const past = {
  '/timing': [...timing, { type: 'at', at: PAST }],
  '/ends_at': [...fields['/ends_at'], PAST],
};
const task = {
  '/task': [...NOT_OBJECT, {}],
  '/task/type': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/task/payload': BAD_OBJECTS,
  '/task/priority': [null, true, -1, 101, 1.5, 'urgentest', ''],
  '/task/not_before': ['2030-01-01T00:00:00Z'],
  '/task/delay_seconds': [5],
  '/task/deadline': ['2030-01-01T00:00:00Z'],
  '/task/depends_on': [[UNKNOWN]],
  '/task/on_dependency_failure': ['run'],
};

const ABSENT = `/api/v1/schedules/${UNKNOWN}`;

export const SCHEDULE_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/api/v1/schedules' },
    query: { ...page, status: ['running', '', 'active&status=ended'] },
  },
  {
    ...{ method: 'POST', path: '/api/v1/schedules' },
    body: { name: 'bad-input', timing: cron({}), task: { type: 'test' } },
    wrong: {
      ...{ ...fields, ...task, ...past, '/name': [...NOT_TEXT, ...BAD_TEXTS, '', 'x'.repeat(201)] },
      '/paused': [null, 'true', 1, {}],
    },
  },
  { ...{ method: 'GET', path: ABSENT }, query: { at_least } },
  { ...{ method: 'PATCH', path: ABSENT, body: {} }, wrong: fields },
  { method: 'DELETE', path: ABSENT },
  { ...{ method: 'POST', path: `${ABSENT}/pause`, body: {} }, wrong: { '/reason': [...NOT_TEXT, ...BAD_TEXTS] } },
  { method: 'POST', path: `${ABSENT}/resume` },
  { ...{ method: 'POST', path: `${ABSENT}/trigger`, body: {} }, wrong: { '/payload': BAD_OBJECTS } },
  { ...{ method: 'GET', path: `${ABSENT}/runs` }, query: page },
  { ...{ method: 'GET', path: `${ABSENT}/next` }, query: { at_least, count: [...BAD_NUMBERS, '0', '101'] } },
];

/** Method, the path before and after the id, body. */
export const SCHEDULE_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/api/v1/schedules/', ''],
  ['PATCH', '/api/v1/schedules/', '', { overlap: 'allow' }],
  ['DELETE', '/api/v1/schedules/', ''],
  ['POST', '/api/v1/schedules/', '/pause', {}],
  ['POST', '/api/v1/schedules/', '/resume', {}],
  ['POST', '/api/v1/schedules/', '/trigger', {}],
  ['GET', '/api/v1/schedules/', '/runs'],
  ['GET', '/api/v1/schedules/', '/next'],
];
