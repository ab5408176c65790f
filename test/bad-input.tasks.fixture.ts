import type { Route } from './bad-input.identity.fixture';

/** The routes of tasks and dead letters as `bad-input.spec.ts` wants them. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;
const BAD_OBJECTS = [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { 'nul \u0000': 1 }, { a: 2 ** 60 }];
const BAD_WORDS = [...NOT_LIST, [7], [''], [null], ['nul \u0000'], [LONG], Array.from({ length: 101 }, () => 'x')];
const BAD_WORD = [...NOT_TEXT, ...BAD_TEXTS, ''];
const BAD_TIMES = [7, true, {}, [], '', 'now', '2026-01-01', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z', LONG];
const TOO_FAR = ['9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00Z'];
const REASONS = [...NOT_TEXT, ...BAD_TEXTS, ''];
const TOKENS = [7, 'token', null, {}, ''];

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const TIMES_IN_QUERY = ['yesterday', '', '2026-01-01', '2026-02-30T00:00:00Z', '%00'];

const texts = {
  ...{ '/title': [...NOT_TEXT, ...BAD_TEXTS], '/description': [...NOT_TEXT, ...BAD_TEXTS] },
  '/instructions': [...NOT_TEXT, 'nul \u0000', 'lone \ud800', 'x'.repeat(33_000)],
};

/** Of one task as it is submitted, beside those that it always had. */
export function orderFields(prefix: string): Record<string, readonly unknown[]> {
  const fields: Record<string, readonly unknown[]> = {
    ...texts,
    '/agent_id': [...NOT_TEXT, '', LONG],
    '/required_tools': BAD_WORDS,
    '/not_before': [null, ...BAD_TIMES, ...TOO_FAR],
    '/deadline': [null, ...BAD_TIMES, ...TOO_FAR],
    '/delay_seconds': [null, '5', true, -1, 1e12, {}],
    '/depends_on': [...NOT_LIST, [], [7], [null], [''], [LONG], Array.from({ length: 101 }, () => UNKNOWN)],
    '/on_dependency_failure': [...NOT_TEXT, '', 'wait'],
    '/on_agent_lost': [...NOT_TEXT, '', 'cancel'],
    '/fairness_key': BAD_WORD,
    '/concurrency_key': BAD_WORD,
    '/credentials': [
      ...[...NOT_LIST, [7], [{}], [{ name: 'a' }], [{ name: '', secret: 'x' }], [{ name: 'a', secret: '' }]],
      ...[[{ name: 'a', secret: 'nul \u0000' }], [{ name: 'a', secret: 'x', version: 0 }]],
      [
        { name: 'a', secret: 'x' },
        { name: 'a', secret: 'y' },
      ],
      Array.from({ length: 21 }, (_, n) => ({ name: `a${n}`, secret: 'x' })),
    ],
  };
  return Object.fromEntries(Object.entries(fields).map(([pointer, values]) => [prefix + pointer, values]));
}

const filter = {
  ...{ class: ['', '%00', LONG.slice(0, 200)], reason: ['', '%00'], type: ['', '%00'], agent_id: [''] },
  since: TIMES_IN_QUERY,
};
const filterFields = {
  ...{ '/class': BAD_WORD, '/reason': BAD_WORD, '/type': BAD_WORD, '/agent_id': [...NOT_TEXT, '', LONG] },
  '/since': [null, ...BAD_TIMES, ...TOO_FAR],
};

const task = `/api/v1/tasks/${UNKNOWN}`;
const held = `/api/v1/agents/present/tasks/${UNKNOWN}`;

export const TASK_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v1/tasks' },
    query: {
      ...{ at_least, page: [...BAD_NUMBERS, '0', '1001'], limit: [...BAD_NUMBERS, '0', '101'] },
      ...{ status: ['', 'queued', 'Pending'], priority: ['', 'urgent', '40', 'toString'] },
      ...{ created_after: TIMES_IN_QUERY, created_before: TIMES_IN_QUERY, agent_id: ['', LONG.slice(0, 200)] },
    },
  },
  {
    ...{ method: 'POST', path: '/v1/tasks', body: { type: 'test', schedule: { type: 'immediate' } } },
    wrong: {
      ...{ '/type': BAD_WORD, '/payload': BAD_OBJECTS, '/agent_id': [...NOT_TEXT, '', LONG] },
      '/priority': [...NOT_TEXT, '', 'urgent', 'MEDIUM', 40, 'toString'],
      '/requirements': [...NOT_OBJECT, { capabilities: 'ocr' }, { capabilities: [''] }, { agent_type: '' }],
      '/schedule': [
        ...[...NOT_OBJECT, {}, { type: 7 }, { type: 'cron' }, { type: 'cron', expression: '*/0 * * * *' }],
        ...[{ type: 'cron', expression: '* * * * *', time_zone: 'Mars/X' }],
      ],
      '/schedule/type': [...NOT_TEXT, '', 'daily', 'toString'],
    },
  },
  { method: 'GET', path: `/v1/tasks/${UNKNOWN}`, query: { at_least } },
  { method: 'GET', path: '/api/v1/tasks/stats', query: { at_least } },
  {
    ...{ method: 'PATCH', path: task, body: {} },
    wrong: {
      ...texts,
      ...{ '/priority': [null, true, -1, 101, 1.5, 'urgentest', '40', '', {}], '/payload': BAD_OBJECTS },
      '/deadline': [...BAD_TIMES, ...TOO_FAR],
      '/requirements': [...NOT_OBJECT, { capabilities: 'ocr' }, { capabilities: [''] }, { agent_id: 7 }],
      ...{ '/required_tools': BAD_WORDS, '/agent_id': [7, true, {}, [], '', LONG] },
    },
  },
  { ...{ method: 'POST', path: `${task}/pause`, body: {} }, wrong: { '/reason': REASONS } },
  { method: 'POST', path: `${task}/resume` },
  {
    ...{ method: 'POST', path: `${task}/retry`, body: {} },
    wrong: { '/not_before': [null, ...BAD_TIMES, ...TOO_FAR] },
  },
  {
    ...{ method: 'POST', path: `${task}/input`, body: { input: 1 } },
    wrong: { '/input': ['nul \u0000', { a: '\ud800' }, { a: 2 ** 60 }, undefined] },
  },
  { ...{ method: 'POST', path: `${task}/results/accept`, body: {} }, wrong: { '/lease_token': TOKENS } },
  { ...{ method: 'POST', path: `${held}/start`, body: {} }, wrong: { '/leaseToken': TOKENS } },
  { ...{ method: 'POST', path: `${held}/renew`, body: {} }, wrong: { '/leaseToken': TOKENS } },
  {
    ...{ method: 'POST', path: `${held}/progress`, body: { progress: 1 } },
    wrong: {
      '/progress': [null, '65', true, -1, 101, {}],
      '/message': [...NOT_TEXT, ...BAD_TEXTS],
      '/leaseToken': TOKENS,
    },
  },
  {
    ...{ method: 'POST', path: `${held}/logs` },
    body: { logs: [{ timestamp: '2026-01-01T00:00:00Z', level: 'info', message: 'x' }] },
    wrong: {
      '/logs': [
        ...[...NOT_LIST, [], [7], [{ level: 'info', message: 'x' }]],
        ...[[{ timestamp: 'now', level: 'info', message: 'x' }]],
        [{ timestamp: '2026-01-01T00:00:00Z', level: 'fatal', message: 'x' }],
      ],
    },
  },
  {
    ...{ method: 'POST', path: `${held}/input-required`, body: { prompt: 'Which?' } },
    wrong: { '/prompt': BAD_WORD, '/leaseToken': TOKENS },
  },
  {
    ...{ method: 'POST', path: `${held}/return`, body: {} },
    wrong: { '/reason': REASONS, '/leaseToken': TOKENS },
  },
  { method: 'GET', path: `${held}/input` },
  {
    ...{ method: 'GET', path: '/api/v1/dead-letter' },
    query: { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'], ...filter },
  },
  {
    ...{ method: 'POST', path: '/api/v1/dead-letter', body: { task_id: UNKNOWN } },
    wrong: { '/task_id': [...NOT_TEXT, '', LONG], '/reason': REASONS },
  },
  {
    ...{ method: 'POST', path: '/api/v1/dead-letter/retry-all', body: { dry_run: true } },
    wrong: {
      ...filterFields,
      '/dry_run': [null, 7, 'true', {}, []],
      '/rate_per_second': [null, '10', true, 0, -1, 1e9, {}],
    },
  },
  {
    ...{ method: 'POST', path: `/api/v1/dead-letter/${UNKNOWN}/retry`, body: {} },
    wrong: { '/not_before': [null, ...BAD_TIMES, ...TOO_FAR] },
  },
  { method: 'DELETE', path: `/api/v1/dead-letter/${UNKNOWN}` },
  { method: 'GET', path: '/api/v1/dead-letter/stats', query: { at_least } },
  { method: 'GET', path: `/api/v1/dead-letter/retries/${UNKNOWN}` },
];

/** Method, the path before and after the id, body. */
export const TASK_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/v1/tasks/', ''],
  ['PATCH', '/api/v1/tasks/', '', { title: 'x' }],
  ['POST', '/api/v1/tasks/', '/pause', {}],
  ['POST', '/api/v1/tasks/', '/resume', {}],
  ['POST', '/api/v1/tasks/', '/retry', {}],
  ['POST', '/api/v1/tasks/', '/input', { input: 1 }],
  ['POST', '/api/v1/tasks/', '/results/accept', {}],
  ['POST', '/api/v1/agents/', `/tasks/${UNKNOWN}/start`, {}],
  ['POST', '/api/v1/agents/present/tasks/', '/start', {}],
  ['POST', '/api/v1/agents/present/tasks/', '/renew', {}],
  ['POST', '/api/v1/agents/', `/tasks/${UNKNOWN}/progress`, { progress: 1 }],
  ['POST', '/api/v1/agents/present/tasks/', '/progress', { progress: 1 }],
  ['POST', '/api/v1/agents/present/tasks/', '/input-required', { prompt: 'Which?' }],
  ['POST', '/api/v1/agents/present/tasks/', '/return', {}],
  ['GET', '/api/v1/agents/present/tasks/', '/input'],
  ['POST', '/api/v1/dead-letter/', '/retry', {}],
  ['DELETE', '/api/v1/dead-letter/', ''],
  ['GET', '/api/v1/dead-letter/retries/', ''],
];
