import type { Route } from './bad-input.identity.fixture';

/** The routes of worker nodes as `bad-input.spec.ts` wants them: what each field and each parameter must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const BAD_COUNTS = [null, '4', true, 0, -1, 1.5, 1e12, {}] as const;
const BAD_PERCENTS = [null, '50', true, -0.1, 100.1, 1e9, {}] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];

export const WORKER_ROUTES: readonly Route[] = [
  {
    ...{ method: 'POST', path: '/api/v1/workers/register' },
    body: {
      ...{ name: 'bad-input', hostname: 'rack-1', ip_address: '10.0.0.7', max_agents: 4, cpu_cores: 8 },
      memory_total_mb: 16_384,
    },
    wrong: {
      '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/hostname': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/ip_address': [...NOT_TEXT, ...BAD_TEXTS, '', 'localhost', '10.0.0.256', '10.0.0.0/8', '::g', '10.0.0.7\n'],
      '/max_agents': BAD_COUNTS,
      '/cpu_cores': BAD_COUNTS,
      '/memory_total_mb': BAD_COUNTS,
      '/os_info': [...NOT_TEXT, ...BAD_TEXTS],
      '/heartbeat_interval_seconds': [0, -1, '30', null, 1e9],
    },
  },
  {
    ...{ method: 'POST', path: `/api/v1/workers/${UNKNOWN}/heartbeat`, body: {} },
    wrong: {
      '/cpu_usage_percent': BAD_PERCENTS,
      '/memory_usage_percent': BAD_PERCENTS,
      '/disk_usage_percent': BAD_PERCENTS,
    },
  },
  { ...{ method: 'GET', path: `/api/v1/workers/${UNKNOWN}/tasks` }, query: { at_least, limit } },
  { ...{ method: 'GET', path: '/api/v1/workers/overview' }, query: { at_least } },
  {
    ...{ method: 'GET', path: '/api/v1/admin/workers' },
    query: { at_least, limit, offset: [...BAD_NUMBERS, '100001'] },
  },
  {
    ...{ method: 'PATCH', path: `/api/v1/admin/workers/${UNKNOWN}/approve`, body: { is_approved: true } },
    wrong: {
      '/is_approved': [null, 7, 'true', {}, []],
      '/group': [...NOT_TEXT, ...BAD_TEXTS, ''],
    },
  },
];

/** Method, the path before and after the id, body. */
export const WORKER_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['POST', '/api/v1/workers/', '/heartbeat', {}],
  ['GET', '/api/v1/workers/', '/tasks'],
  ['PATCH', '/api/v1/admin/workers/', '/approve', { is_approved: true }],
];
