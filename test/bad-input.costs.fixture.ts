import type { Route } from './bad-input.identity.fixture';

/** The routes of usage, costs and budgets as `bad-input.spec.ts` wants them: what each field and parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;
const WORD = [...NOT_TEXT, ...BAD_TEXTS, ''];
const COUNTS = [null, '4', true, -1, 1.5, 1e12, {}] as const;
const CURRENCY = [...NOT_TEXT, ...BAD_TEXTS, '', 'usd', 'USDT', 'US$'];
const AMOUNT = [null, '5', true, -1, 0.0000001, 1e12, {}, []] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const days = [...BAD_NUMBERS, '0', '367'];

const report = {
  ...{ reportId: '01890a5d-ac96-774b-bcce-b302099a8058', provider: 'openai', model: 'gpt-4o' },
  ...{ inputTokens: 3, outputTokens: 2, durationMs: 5, cost: { amount: 0.5, currency: 'USD' } },
};
const BUDGET = {
  ...{ task_type: 'bad-input', monthly_limit: 5 },
  alert_thresholds: [{ percent: 80, action: 'throttle', tasks_per_minute: 5 }],
};
const price = {
  ...{ provider: 'openai', model: 'gpt-4o', input_per_million: 2.5, output_per_million: 10 },
  ...{ currency: 'USD', effective_from: '2026-01-01' },
};

export const COST_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/v1/cost/summary', query: { at_least } },
  { method: 'GET', path: '/api/v1/cost/daily', query: { at_least, days } },
  {
    ...{ method: 'GET', path: '/api/v1/cost/by-agent' },
    query: { at_least, days, limit: [...BAD_NUMBERS, '0', '1001'], offset: [...BAD_NUMBERS, '100001'] },
  },
  { method: 'GET', path: '/api/v1/cost/by-provider', query: { at_least, days } },
  { method: 'GET', path: '/api/v1/cost/prices' },
  { method: 'GET', path: `/api/v1/tasks/${UNKNOWN}/usage` },
  {
    ...{ method: 'PUT', path: '/api/v1/cost/prices', body: { prices: [price] } },
    wrong: {
      '/prices': [...NOT_LIST, [7], [null], [[]], Array.from({ length: 501 }, () => price), [price, price]],
      '/prices/0/provider': WORD,
      '/prices/0/model': [...WORD, '*x', 'a*b'],
      '/prices/0/input_per_million': AMOUNT,
      '/prices/0/output_per_million': AMOUNT,
      '/prices/0/cached_input_per_million': AMOUNT,
      '/prices/0/currency': CURRENCY,
      '/prices/0/effective_from': [...NOT_TEXT, '', 'today', '2026-02-30', '2026-13-01', '2026-01-01T00:00:00Z'],
    },
  },
  { method: 'GET', path: '/api/v1/cost/budget', query: { at_least } },
  {
    ...{ method: 'PUT', path: '/api/v1/cost/budget', body: BUDGET },
    wrong: {
      '/monthly_limit': [...AMOUNT, 0],
      '/currency': CURRENCY,
      '/task_type': WORD,
      '/alert_thresholds': [...NOT_LIST, [null], ['80'], [0], [1.5], [1_001], [50, 50], [{}], [{ percent: '80' }]],
      '/alert_thresholds/0/action': [null, 7, '', 'explode'],
      '/alert_thresholds/0/tasks_per_minute': [null, '5', 0, -1, 1.5, 1e9],
    },
  },
  {
    ...{ method: 'POST', path: '/api/v1/cost/budget/reset', body: { task_type: 'nobody' } },
    wrong: { '/task_type': WORD, '/agent_id': [...NOT_TEXT, '', LONG] },
  },
  { ...{ method: 'DELETE', path: '/api/v1/cost/budget' }, query: { task_type: ['', LONG.slice(0, 200), '%00'] } },
  {
    ...{ method: 'POST', path: `/api/v1/agents/${UNKNOWN}/tasks/${UNKNOWN}/usage`, body: { reports: [report] } },
    wrong: {
      '/leaseToken': [...NOT_TEXT, '', 'token', UNKNOWN.toUpperCase()],
      '/reports': [...NOT_LIST, [], [7], [null], Array.from({ length: 101 }, () => report)],
      '/reports/0/reportId': [...NOT_TEXT, '', 'id'],
      '/reports/0/provider': WORD,
      '/reports/0/model': WORD,
      '/reports/0/inputTokens': COUNTS,
      '/reports/0/outputTokens': COUNTS,
      '/reports/0/cachedInputTokens': [...COUNTS, 4],
      '/reports/0/durationMs': COUNTS,
      '/reports/0/cost': [null, 7, 'text', [], {}],
      '/reports/0/cost/amount': AMOUNT,
      '/reports/0/cost/currency': CURRENCY,
    },
  },
];

/** Method, the path before and after the id, body. */
export const COST_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['POST', '/api/v1/agents/', `/tasks/${UNKNOWN}/usage`, { reports: [report] }],
  ['POST', '/api/v1/agents/present/tasks/', '/usage', { reports: [report] }],
  ['GET', '/api/v1/tasks/', '/usage'],
];
