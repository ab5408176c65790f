import { request, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { testStack, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';
import { CHANNEL_PATHS, CHANNEL_ROUTES } from './bad-input.channels.fixture';
import { COST_PATHS, COST_ROUTES } from './bad-input.costs.fixture';
import { DISCOVERY_PATHS, DISCOVERY_ROUTES } from './bad-input.discovery.fixture';
import { AGENT_PATHS, AGENT_ROUTES } from './bad-input.agents.fixture';
import { ALERT_PATHS, ALERT_ROUTES } from './bad-input.alerts.fixture';
import { APPROVAL_PATHS, APPROVAL_ROUTES } from './bad-input.approvals.fixture';
import { BREAKER_PATHS, BREAKER_ROUTES } from './bad-input.breakers.fixture';
import { EVENT_ROUTES } from './bad-input.events.fixture';
import { ENROLMENT_PATHS, ENROLMENT_ROUTES } from './bad-input.enrolment.fixture';
import { LIMIT_PATHS, LIMIT_ROUTES } from './bad-input.limits.fixture';
import { IDENTITY_PATHS, IDENTITY_ROUTES, type Route } from './bad-input.identity.fixture';
import { MARKETPLACE_PATHS, MARKETPLACE_ROUTES } from './bad-input.marketplace.fixture';
import { NOTIFICATION_ROUTES } from './bad-input.notifications.fixture';
import { OPERATIONS_ROUTES } from './bad-input.operations.fixture';
import { RULE_PATHS, RULE_ROUTES } from './bad-input.rules.fixture';
import { RUN_PATHS, RUN_ROUTES } from './bad-input.runs.fixture';
import { SCHEDULE_PATHS, SCHEDULE_ROUTES } from './bad-input.schedules.fixture';
import { TRIGGER_PATHS, TRIGGER_ROUTES } from './bad-input.triggers.fixture';
import { TASK_PATHS, TASK_ROUTES, orderFields } from './bad-input.tasks.fixture';
import { SSH_PATHS, SSH_ROUTES } from './bad-input.ssh.fixture';
import { WEBHOOK_PATHS, WEBHOOK_ROUTES } from './bad-input.webhooks.fixture';
import { WORKER_PATHS, WORKER_ROUTES } from './bad-input.workers.fixture';
import { WORKFLOW_PATHS, WORKFLOW_ROUTES } from './bad-input.workflows.fixture';

/**
 * What no client should send, on every route: always 4xx, always problem+json that names the place, never a trace of how
 * it is made inside, and nothing in the log.
 */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const LEAKS =
  /\bat .*\.(js|ts):|node_modules|\bpg_|SELECT |INSERT |ECONN|\/(work|home|root|usr)\/|fastify|zod|nestjs|postgres/i;

/** Text that no text field takes. */
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999', '1&at_least=2'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const as_of = ['yesterday', '2026-02-30T00:00:00Z', '-1', '9007199254740991', '2999-01-01T00:00:00Z', '2026-01-01'];

const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/agents/register',
    body: { agent_id: 'bad-input', agent_type: 'worker' },
    wrong: {
      '/agent_id': [
        ...NOT_TEXT,
        ...BAD_TEXTS,
        '',
        'with space',
        'register',
        UNKNOWN,
        '..',
        'task_1',
        'ä',
        'a/b',
        '*',
        '>',
      ],
      '/agent_type': [...NOT_TEXT, ...BAD_TEXTS, '', 'wizard'],
      '/capabilities': [
        ...NOT_LIST,
        [7],
        [''],
        [null],
        ['nul \u0000'],
        [LONG],
        Array.from({ length: 1_001 }, () => 'x'),
      ],
      '/services': [...NOT_LIST, [7], ['lone \ud800']],
      '/endpoints': [...NOT_OBJECT, { http: 7 }, { http: LONG }],
      '/metadata': [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { 'nul \u0000': 1 }, { a: 2 ** 60 }],
      '/max_concurrent_tasks': [0, -1, 1.5, '1', null, 1e9],
      '/heartbeat_interval_seconds': [0, -1, '30', null, 1e9],
      '/version': [...NOT_TEXT, 'nul \u0000', LONG],
      '/tags': [...NOT_LIST, [7]],
      '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
    },
  },
  {
    method: 'POST',
    path: '/agents/discover',
    body: {},
    query: { at_least },
    wrong: {
      '/status': [...NOT_TEXT, 'sleepy'],
      '/agent_type': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/capabilities': [...NOT_LIST, [7], [LONG], Array.from({ length: 101 }, () => 'x')],
      '/services': [...NOT_LIST, [null]],
    },
  },
  { method: 'GET', path: '/agents/present', query: { at_least, as_of } },
  {
    method: 'PUT',
    path: '/agents/present/status',
    body: { status: 'active' },
    wrong: {
      '/status': [...NOT_TEXT, '', 'Active', 'online'],
      '/load_metrics': [...NOT_OBJECT, { pending_tasks: '2' }, { pending_tasks: null }, { '': 1 }, { [LONG]: 1 }],
    },
  },
  {
    method: 'POST',
    path: '/agents/present/heartbeat',
    body: {},
    wrong: { '/load_metrics': [...NOT_OBJECT, { a: 'b' }], '/health': [...NOT_TEXT, 'fine'] },
  },
  {
    method: 'POST',
    path: '/tasks/submit',
    body: { task_data: {}, priority: 'low' },
    wrong: {
      '/task_data': [
        ...NOT_OBJECT,
        { a: 'nul \u0000' },
        { a: ['\ud800'] },
        { n: 2 ** 60 },
        { task_type: 7 },
        { task_type: LONG },
      ],
      '/priority': [...NOT_TEXT, '', 'urgentest', 'URGENT', 'nul \u0000', LONG, 'toString'],
      '/requirements': [
        ...NOT_OBJECT,
        { capabilities: 'ocr' },
        { capabilities: [7] },
        { agent_type: '' },
        { agent_type: 7 },
      ],
    },
  },
  { method: 'GET', path: '/tasks/status', query: { at_least } },
  { method: 'GET', path: '/tasks/queues', query: { at_least } },
  { method: 'GET', path: '/tasks/queues/stats', query: { at_least } },
  { method: 'POST', path: '/tasks/queues/urgentest/clear' },
  { method: 'DELETE', path: '/tasks/queues/urgentest/clear' },
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'GET', path: '/docs' },
  {
    method: 'GET',
    path: '/api/v1/agents',
    query: {
      at_least,
      limit: [...BAD_NUMBERS, '0', '201'],
      offset: BAD_NUMBERS,
      status: ['asleep', '', 'online&status=offline'],
      status_filter: ['asleep'],
      capability: ['', LONG.slice(0, 200), '%00'],
    },
  },
  {
    method: 'POST',
    path: '/api/v1/agents/present/heartbeat',
    body: {},
    wrong: {
      '/status': [...NOT_TEXT, 'fine'],
      '/resourceUsage': [...NOT_OBJECT, { cpu: -1 }, { cpu: '15' }, { memory: null }],
      '/runningTasks': [-1, 1.5, '2', null],
    },
  },
  {
    method: 'GET',
    path: '/api/v1/agents/present/tasks',
    query: { lease: ['yes', '1', ''], limit: [...BAD_NUMBERS, '0', '101'] },
  },
  {
    method: 'POST',
    path: `/api/v1/agents/present/tasks/${UNKNOWN}/complete`,
    body: { success: true },
    wrong: {
      '/success': [null, 'true', 1, {}, []],
      '/result': ['nul \u0000', { a: '\ud800' }, { a: { b: 2 ** 60 } }],
      '/error': [7, { message: 7 }, { retryable: true }, ''],
      '/logs': [
        ...NOT_LIST,
        [7],
        [{ level: 'info', message: 'x' }],
        [{ timestamp: 'now', level: 'info', message: 'x' }],
      ],
      '/leaseToken': [7, 'token', UNKNOWN.toUpperCase(), null],
    },
  },
  {
    method: 'GET',
    path: '/api/v1/tasks',
    query: {
      at_least,
      limit: [...BAD_NUMBERS, '0', '201'],
      offset: [...BAD_NUMBERS, '100001'],
      status: ['open', '', 'queued&status=failed'],
      status_filter: ['open'],
      priority: ['urgentest', '101', '-1', '1.5', '', 'toString'],
      agent_id: ['', LONG.slice(0, 200)],
      run_id: ['', 'run', LONG.slice(0, 200)],
    },
  },
  {
    method: 'POST',
    path: '/api/v1/tasks',
    body: { type: 'test' },
    wrong: { ...taskFields(''), ...orderFields('') },
  },
  {
    method: 'POST',
    path: '/api/v1/tasks/bulk',
    body: { tasks: [{ type: 'test' }] },
    wrong: {
      '/tasks': [...NOT_LIST, [], [7], [null], Array.from({ length: 501 }, () => ({ type: 'test' }))],
      ...taskFields('/tasks/0'),
      ...orderFields('/tasks/0'),
    },
  },
  { method: 'GET', path: `/api/v1/tasks/${UNKNOWN}`, query: { at_least, as_of } },
  {
    method: 'GET',
    path: `/api/v1/tasks/${UNKNOWN}/events`,
    query: { from_version: [...BAD_NUMBERS, '0'], limit: ['0', '1001', 'x'] },
  },
  { method: 'GET', path: `/api/v1/tasks/${UNKNOWN}/logs`, query: { after: BAD_NUMBERS, limit: ['0', '1001', 'x'] } },
  {
    method: 'POST',
    path: `/api/v1/tasks/${UNKNOWN}/cancel`,
    body: {},
    wrong: { '/reason': [...NOT_TEXT, ...BAD_TEXTS, ''] },
  },
  { method: 'GET', path: '/api/v1/health' },
  ...IDENTITY_ROUTES,
  ...AGENT_ROUTES,
  ...DISCOVERY_ROUTES,
  ...WORKER_ROUTES,
  ...BREAKER_ROUTES,
  ...LIMIT_ROUTES,
  ...ENROLMENT_ROUTES,
  ...TASK_ROUTES,
  ...SCHEDULE_ROUTES,
  ...RUN_ROUTES,
  ...RULE_ROUTES,
  ...TRIGGER_ROUTES,
  ...MARKETPLACE_ROUTES,
  ...WORKFLOW_ROUTES,
  ...COST_ROUTES,
  ...SSH_ROUTES,
  ...EVENT_ROUTES,
  ...CHANNEL_ROUTES,
  ...ALERT_ROUTES,
  ...APPROVAL_ROUTES,
  ...NOTIFICATION_ROUTES,
  ...OPERATIONS_ROUTES,
  ...WEBHOOK_ROUTES,
];

function taskFields(prefix: string): Record<string, readonly unknown[]> {
  const fields: Record<string, readonly unknown[]> = {
    '/type': [...NOT_TEXT, ...BAD_TEXTS, ''],
    '/payload': [...NOT_OBJECT, { a: 'nul \u0000' }, { a: ['\ud800'] }, { n: 2 ** 60 }],
    '/priority': [null, true, -1, 101, 1.5, 'urgentest', '40', '', {}],
    '/requirements': [
      ...NOT_OBJECT,
      { capabilities: 'ocr' },
      { capabilities: [''] },
      { agent_id: 7 },
      { agent_id: '' },
    ],
    '/retry': [
      ...NOT_OBJECT,
      { max_attempts: 0 },
      { max_attempts: '3' },
      { jitter: 2 },
      { factor: 0 },
      { non_retryable: 'oom' },
    ],
    '/lease_seconds': [null, '60', 0, -1, 1e9],
  };
  return Object.fromEntries(Object.entries(fields).map(([pointer, values]) => [prefix + pointer, values]));
}

/** With the path parameters, by the path before and after them. */
const PATHS_WITH_IDS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', '/agents/', ''],
  ['PUT', '/agents/', '/status', { status: 'active' }],
  ['POST', '/agents/', '/heartbeat', {}],
  ['POST', '/tasks/queues/', '/clear', {}],
  ['DELETE', '/tasks/queues/', '/clear'],
  ['GET', '/api/v1/agents/', ''],
  ['POST', '/api/v1/agents/', '/heartbeat', {}],
  ['GET', '/api/v1/agents/', '/tasks'],
  ['POST', `/api/v1/agents/`, `/tasks/${UNKNOWN}/complete`, { success: true }],
  ['POST', `/api/v1/agents/present/tasks/`, '/complete', { success: true }],
  ['GET', '/api/v1/tasks/', ''],
  ['GET', '/api/v1/tasks/', '/events'],
  ['GET', '/api/v1/tasks/', '/logs'],
  ['POST', '/api/v1/tasks/', '/cancel', {}],
  ...IDENTITY_PATHS,
  ...AGENT_PATHS,
  ...DISCOVERY_PATHS,
  ...WORKER_PATHS,
  ...BREAKER_PATHS,
  ...LIMIT_PATHS,
  ...ENROLMENT_PATHS,
  ...TASK_PATHS,
  ...SCHEDULE_PATHS,
  ...RUN_PATHS,
  ...RULE_PATHS,
  ...TRIGGER_PATHS,
  ...MARKETPLACE_PATHS,
  ...WORKFLOW_PATHS,
  ...COST_PATHS,
  ...SSH_PATHS,
  ...WEBHOOK_PATHS,
  ...CHANNEL_PATHS,
  ...ALERT_PATHS,
  ...APPROVAL_PATHS,
];

const FORGED_IDS = [
  ...['nobody', UNKNOWN, UNKNOWN.toUpperCase(), '00000000-0000-0000-0000-000000000000', `{${UNKNOWN}}`],
  ...['%00', 'a%00b', '%2e%2e', '%2e%2e%2f', '..%2f..%2fetc%2fpasswd', '%', '%zz', '%ED%A0%80', '%C3%28', '%E2%80%AE'],
  ...['%27%20or%201=1--', '%24%7B7*7%7D', '*', '%3E', '.', 'a%20b', '%F0%9F%A4%96', 'x'.repeat(200), 'x'.repeat(7_000)],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', '-1', '1e9'],
];

const MALFORMED = [
  '{',
  '{"a":1,}',
  "{'a':1}",
  'NaN',
  '{"a":1}{}',
  '\ufeff{}',
  '{"a":/*x*/1}',
  ' '.repeat(100_000),
  '\u0000',
  '{"a":"\n"}',
];
const WRONG_ROOTS = ['[]', '7', '"text"', 'true', 'null', '[{}]'];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

describe('bad input', () => {
  let stack: TestStack;
  let pool: Pool;

  beforeAll(async () => {
    stack = await testStack({ env: { LOG_LEVEL: 'warn' } });
    pool = stack.database.pool();
    await logInPerson();
    const registered = await send('POST', '/agents/register', {
      body: JSON.stringify({ agent_id: 'present', agent_type: 'worker', heartbeat_interval_seconds: 3_600 }),
    });
    expect(registered.status).toBe(200);
    // The dispatcher has begun: from here on the log moves only when somebody is taken at his word.
    const ready = await send('GET', '/tasks/status');
    expect(ready.status).toBe(200);
  });
  afterAll(async () => {
    await stack?.stop();
  });

  interface Sending {
    readonly body?: string | Buffer;
    readonly headers?: OutgoingHttpHeaders;
    readonly token?: string | null;
  }

  /** By node:http and not fetch, which would repair what must arrive broken. */
  function asked(
    method: string,
    route: string,
    { body, headers = {}, token = stack.apiKey }: Sending = {},
  ): Promise<Answer> {
    const url = new URL(stack.url);
    return new Promise((resolve, reject) => {
      const sending = request(
        {
          ...{ host: url.hostname, port: url.port, method, path: route, agent: false },
          headers: {
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
            ...(token !== null && { authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
          response.on('error', reject);
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }

  const send = asked;
  let person: string | undefined;
  const tokenOf = ({ as }: Route) =>
    as === 'nobody' ? { token: null } : as === 'person' ? { token: person ?? null } : {};

  /** Somebody who is logged in, and may ask as often as this file does. */
  async function logInPerson(): Promise<void> {
    const settings = { 'rate_limits.requests_per_minute': 1_000_000, 'rate_limits.requests_per_hour': 1_000_000 };
    const put = await send('PUT', '/api/v1/settings/bulk', { body: JSON.stringify({ settings }) });
    expect(put.status).toBe(200);
    const login = await send('POST', '/api/v1/auth/login', { body: JSON.stringify(stack.admin), token: null });
    person = (JSON.parse(login.text) as { access_token: string }).access_token;
  }

  /** Of what was done; attempts that were refused are written down, and that is right. */
  const headOfLog = async () => {
    const { rows } = await pool.query<{ head: number }>(
      `select coalesce(max(position), 0) as head from event_log.events where category <> 'refusal'`,
    );
    return rows[0]!.head;
  };

  /** 4xx, problem+json with all its members, and nothing of our inside. Returns the pointers it names. */
  function expectRefused(answer: Answer, what: string, statuses?: readonly number[]): string[] {
    const seen = `${what}: ${answer.status} ${answer.text.slice(0, 400)}`;
    if (answer.status < 400 || answer.status > 499) throw new Error(`not refused: ${seen}`);
    if (statuses && !statuses.includes(answer.status))
      throw new Error(`refused, but not as ${statuses.join('/')}: ${seen}`);
    if (!String(answer.headers['content-type']).startsWith('application/problem+json'))
      throw new Error(`no problem: ${seen}`);
    if (LEAKS.test(answer.text)) throw new Error(`tells of the inside: ${seen}`);
    const problem = JSON.parse(answer.text) as Record<string, unknown> & {
      errors: { pointer: string; message: string }[];
    };
    const missing = ['type', 'title', 'status', 'detail', 'code', 'errors', 'request_id'].filter(
      (key) => !(key in problem),
    );
    if (missing.length > 0) throw new Error(`without ${missing.join(', ')}: ${seen}`);
    if (problem['status'] !== answer.status) throw new Error(`of another status: ${seen}`);
    if (answer.headers['x-request-id'] !== problem['request_id']) throw new Error(`of another request: ${seen}`);
    return problem.errors.map(({ pointer }) => pointer);
  }

  function names(pointers: readonly string[], wanted: string, what: string): void {
    if (pointers.some((pointer) => pointer === wanted || pointer.startsWith(`${wanted}/`))) return;
    throw new Error(`${what}: names ${JSON.stringify(pointers)}, not ${wanted}`);
  }

  /** Runs the cases a few at a time; the log must stand where it stood. */
  async function unmoved(cases: readonly (() => Promise<void>)[]): Promise<void> {
    const before = await headOfLog();
    const waiting = [...cases];
    const failures: string[] = [];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await next().catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)));
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(failures).toEqual([]);
    expect(await headOfLog()).toBe(before);
  }

  describe.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (name, route) => {
    const { method, path, body, wrong = {}, query = {} } = route;
    // The operations document knows no 422.
    const invalid = [path.startsWith('/v1/') ? 400 : 422];
    const send = (verb: string, at: string, sending: Sending = {}) =>
      asked(verb, at, { ...tokenOf(route), ...sending });

    if (body !== undefined) {
      it('rejects what is no JSON, or JSON of another kind', async () => {
        await unmoved([
          ...MALFORMED.map((text) => async () => {
            expectRefused(await send(method, path, { body: text }), `${name} ${text.slice(0, 20)}`, [400]);
          }),
          async () => {
            const broken = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
            expectRefused(await send(method, path, { body: broken }), `${name} bytes`, [400]);
          },
          ...WRONG_ROOTS.map((text) => async () => {
            expectRefused(await send(method, path, { body: text }), `${name} ${text}`, [400, 422]);
          }),
        ]);
      });

      it('rejects depth, double keys and keys of prototypes, and names them', async () => {
        const rest = JSON.stringify(body).slice(1, -1);
        const withKey = (text: string) => `{${rest}${rest === '' ? '' : ','}${text}}`;
        await unmoved([
          ...([33, 5_000, 100_000] as const).map((depth) => async () => {
            const text = withKey(`"deep":${'['.repeat(depth)}${']'.repeat(depth)}`);
            names(expectRefused(await send(method, path, { body: text }), `${name} deep`, invalid), '/deep', name);
          }),
          ...['__proto__', 'constructor', 'prototype', '\\u005f_proto__'].map((key) => async () => {
            const text = withKey(`"x":{"${key}":{"polluted":true}}`);
            names(expectRefused(await send(method, path, { body: text }), `${name} ${key}`, invalid), '/x', name);
          }),
          async () => {
            const text = withKey('"twice":1,"twice":2');
            names(expectRefused(await send(method, path, { body: text }), `${name} twice`, invalid), '/twice', name);
          },
        ]);
      });

      it('rejects other content types and bodies that are too large', async () => {
        const valid = JSON.stringify(body);
        const types = [
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/xml',
          'x',
        ];
        await unmoved([
          ...types.map((type) => async () => {
            const answer = await send(method, path, { body: valid, headers: { 'content-type': type } });
            expectRefused(answer, `${name} ${type}`, [415]);
          }),
          async () => {
            const headers = { 'content-type': 'application/json; charset=utf-16' };
            expectRefused(await send(method, path, { body: valid, headers }), `${name} charset`, [415]);
          },
          async () => {
            const large = JSON.stringify({ ...body, padding: 'x'.repeat(1024 * 1024) });
            expectRefused(await send(method, path, { body: large }), `${name} 1 MiB`, [413]);
          },
        ]);
      });
    }

    if (Object.keys(wrong).length > 0) {
      it('rejects wrong fields and names them', async () => {
        const cases = Object.entries(wrong).flatMap(([pointer, values]) =>
          values.map((value) => async () => {
            const what = `${name} ${pointer} = ${JSON.stringify(value)?.slice(0, 60)}`;
            const answer = await send(method, path, { body: JSON.stringify(withField(body ?? {}, pointer, value)) });
            names(expectRefused(answer, what, [400, 422]), pointer, what);
          }),
        );
        await unmoved(cases);
      });
    }

    if (Object.keys(query).length > 0) {
      it('rejects wrong query parameters and names them', async () => {
        const cases = Object.entries(query).flatMap(([parameter, values]) =>
          values.map((value) => async () => {
            // The last of BAD_NUMBERS gives a parameter twice; for others than at_least it names another one.
            if (value.includes('&') && !value.includes(`&${parameter}=`)) return;
            const what = `${name}?${parameter}=${value}`;
            const sent = body === undefined ? {} : { body: JSON.stringify(body) };
            const answer = await send(method, `${path}?${parameter}=${value}`, sent);
            names(expectRefused(answer, what, invalid), `/query/${parameter}`, what);
          }),
        );
        await unmoved(cases);
      });
    }

    it('rejects methods it does not have, and says which it has', async () => {
      await unmoved(
        ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'LOCK'].map((other) => async () => {
          // It has this one, and may take it without a body.
          if (ROUTES.some((r) => r.method === other && r.path === path)) return;
          const answer = await send(other, path);
          if (![404, 405].includes(answer.status)) {
            // Another route of the same path: it answers for itself elsewhere.
            if (ROUTES.some((r) => r.method === other && sameShape(r.path, path))) return;
          }
          expectRefused(answer, `${other} ${path}`, [404, 405]);
          if (answer.status === 405 && !String(answer.headers['allow']).includes(method)) {
            throw new Error(`${other} ${path}: Allow is ${String(answer.headers['allow'])}`);
          }
        }),
      );
    });

    it('should answer OPTIONS with its methods', async () => {
      const answer = await send('OPTIONS', path);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(answer.headers['allow']).toContain(method);
    });

    if (route.as === 'nobody') {
      // Public: a credential is not looked at.
    } else if (/^\/(api\/)?v1\//.test(path) && path !== '/api/v1/health') {
      it('rejects callers without a credential, or with a wrong one', async () => {
        await unmoved(
          [null, 'wrong', `${LONG}`, stack === undefined ? '' : 'Bearer'].map((token) => async () => {
            const answer = await send(method, path, { token, body: body && JSON.stringify(body) });
            expectRefused(answer, `${name} with ${String(token).slice(0, 20)}`, [401]);
            expect(answer.headers['www-authenticate']).toBe('Bearer');
          }),
        );
      });
    } else if (!['/health', '/docs', '/openapi.json', '/api/v1/health'].includes(path)) {
      it('rejects pages although it is open, and wrong credentials', async () => {
        const forms: OutgoingHttpHeaders[] = [
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
          { host: 'evil.example' },
          { host: `localhost.evil.example:1` },
        ];
        await unmoved([
          ...forms.map((headers) => async () => {
            const answer = await send(method, path, { token: null, headers, body: body && JSON.stringify(body) });
            expectRefused(answer, `${name} as ${JSON.stringify(headers)}`, [403]);
          }),
          async () => {
            expectRefused(
              await send(method, path, { token: 'wrong', body: body && JSON.stringify(body) }),
              name,
              [401],
            );
          },
        ]);
      });
    }
  });

  it('rejects forged ids in every path', async () => {
    const cases = PATHS_WITH_IDS.flatMap(([method, before, after, body]) =>
      FORGED_IDS.map((id) => async () => {
        const answer = await send(method, `${before}${id}${after}`, { body: body && JSON.stringify(body) });
        expectRefused(answer, `${method} ${before}${id.slice(0, 60)}${after}`, [400, 404, 405, 414]);
      }),
    );
    await unmoved(cases);
  });

  it('rejects forged paths', async () => {
    const paths = [
      '//',
      '/..',
      '/../etc/passwd',
      '/%2e%2e/%2e%2e',
      '/agents//heartbeat',
      '/api/v1/',
      '/api/v2/tasks',
      '/.env',
    ];
    const more = [
      '/AGENTS/register',
      '/agents/register/',
      '/docs/../../package.json',
      '/docs/%2e%2e%2fpackage.json',
      '/docs/constructor',
    ];
    await unmoved(
      [...paths, ...more, '/x'.repeat(5_000), `/?${'x'.repeat(9_000)}`, '/%', '/%ff'].map((path) => async () => {
        expectRefused(await send('GET', path), `GET ${path.slice(0, 60)}`, [400, 404, 405, 414]);
      }),
    );
  });

  it('rejects idempotency keys that are none, on every write', async () => {
    // Nobody in particular has no keys of their own: they are left aside.
    const writes = ROUTES.filter(({ method, as }) => method !== 'GET' && as !== 'nobody');
    await unmoved(
      writes.flatMap(({ method, path, body, ...route }) =>
        ['', 'with space', 'x'.repeat(256), 'ä'].map((key) => async () => {
          const headers = { 'idempotency-key': key };
          const answer = await send(method, path, {
            ...tokenOf({ method, path, ...route }),
            headers,
            body: body && JSON.stringify(body),
          });
          names(
            expectRefused(answer, `${method} ${path} with key '${key.slice(0, 20)}'`, [400]),
            '/headers/idempotency-key',
            path,
          );
        }),
      ),
    );
  });

  it('should ignore fields that it does not know, and keep none of them', async () => {
    const registered = await send('POST', '/agents/register', {
      body: JSON.stringify({
        agent_id: 'extra',
        agent_type: 'worker',
        role: 'admin',
        id: UNKNOWN,
        surprise: 'canary-7',
      }),
    });
    expect(registered.status).toBe(200);
    const submitted = await send('POST', '/tasks/submit', {
      body: JSON.stringify({ task_data: {}, priority: 'low', requirements: { epoch: 'canary-7' }, state: 'canary-7' }),
    });
    expect(submitted.status).toBe(200);
    const { rows } = await pool.query(`select 1 from event_log.events where data::text like '%canary-7%'`);
    expect(rows).toEqual([]);
  });

  it('should answer HEAD as GET without its body', async () => {
    for (const path of ['/agents/present', '/health', '/api/v1/tasks', '/api/v1/agents/present/tasks?lease=true']) {
      const head = await send('HEAD', path);
      expect([head.status, head.text]).toEqual([200, '']);
    }
  });

  describe('what is no HTTP', () => {
    /** Bytes on a bare socket; resolves with all that came back until it was closed. */
    const speak = (bytes: string): Promise<string> => {
      const { hostname, port } = new URL(stack.url);
      return new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.write(bytes));
        let heard = '';
        socket.setTimeout(20_000, () =>
          socket.destroy(new Error(`no answer to ${JSON.stringify(bytes.slice(0, 40))}`)),
        );
        socket.on('data', (data) => (heard += data.toString()));
        socket.on('end', () => resolve(heard));
        socket.on('error', reject);
      });
    };
    const host = 'Host: localhost\r\n';

    it.each([
      ['no request line', 'nonsense\r\n\r\n'],
      ['two lengths', `POST /tasks/submit HTTP/1.1\r\n${host}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
      [
        'a length and chunks',
        `POST /tasks/submit HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      ],
      ['a length that is none', `POST /tasks/submit HTTP/1.1\r\n${host}Content-Length: two\r\n\r\n{}`],
      ['chunks that are none', `POST /tasks/submit HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`],
      ['headers of 20 kB', `GET /health HTTP/1.1\r\n${host}X: ${'x'.repeat(20_000)}\r\n\r\n`],
      ['a header without end', `GET /health HTTP/1.1\r\n${host}X y\r\n\r\n`],
    ])('rejects %s', async (_name, bytes) => {
      const before = await headOfLog();
      const heard = await speak(bytes);
      expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(heard).toContain('application/problem+json');
      expect(heard).not.toMatch(LEAKS);
      expect(await headOfLog()).toBe(before);
    });
  });

  it('should have taken none of it for a failure of its own', async () => {
    for (const service of ['gateway', 'registry', 'discovery', 'tasks', 'identity'] as const) {
      const complaints = stack.service(service).output.filter((line) => /"level":"(error|fatal)"/.test(line));
      expect(complaints).toEqual([]);
    }
    expect((await send('GET', '/health')).status).toBe(200);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

/** A copy of the body with one field set, by JSON pointer. */
function withField(body: object, pointer: string, value: unknown): unknown {
  const copy = structuredClone(body) as Record<string, unknown>;
  const keys = pointer.split('/').slice(1);
  let at: Record<string, unknown> = copy;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys.at(-1)!] = value;
  return copy;
}

/** Whether two paths are the same but for ids. */
function sameShape(one: string, other: string): boolean {
  const shape = (path: string) =>
    path.replaceAll(UNKNOWN, '*').replace(/present|bulk|expiring|registration-tokens|(?<=v1\/agents\/)register/g, '*');
  return shape(one) === shape(other) || /^\/agents\/[a-z]+$/.test(other);
}
