import type { Route } from './bad-input.identity.fixture';
import { BAD_SECRETS } from './bad-input.webhooks.fixture';

/** Triggers as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];
const offset = [...BAD_NUMBERS, '100001'];

const PATTERNS = ['', 'task', 'task.*.*', 'nothing.here', '**', 'notification', 'message.new', LONG];
const CEL = ['', ' ', 'event.', 'event.nme', 'nobody', '1 +', 'exit()', 'now()', '"a".matches("(a")', LONG];
const TEMPLATES = ['${{ event.name', '${{ }}', '${{ payload.a }}', '${{ "a".matches("a**") }}', '${{ now() }}'];
const SECONDS = [null, '60', true, {}, 0, -1, 1.5, 86_401, 1e300];

const fields = {
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/enabled': [null, 'true', 1, {}],
  '/action': [...NOT_OBJECT, {}, { type: 'shell', command: 'ls' }],
  '/action/task': [...NOT_OBJECT, {}, { type: 'x', credentials: [] }],
  '/action/task/type': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/action/task/title': [...NOT_TEXT, ...BAD_TEXTS],
  '/action/task/payload': [...NOT_OBJECT, { a: 'nul \u0000' }, { a: { b: '\udc00' } }, { a: 2 ** 60 }],
  '/action/task/priority': [null, true, {}, [], -1, 101, 1.5],
  '/action/task/capabilities': [...NOT_LIST, [7], [''], Array.from({ length: 101 }, () => 'x')],
  '/throttle': [...NOT_OBJECT.slice(1), {}, { max: 1 }, { seconds: 1 }],
  '/throttle/max': [null, '1', true, {}, 0, -1, 1.5, 10_001],
  '/throttle/seconds': SECONDS,
};
const body = {
  ...{ name: 'bad-input', type: 'event', config: { events: ['task.*'] } },
  ...{ action: { type: 'create_task', task: { type: 'x' } }, throttle: { max: 1, seconds: 60 } },
};
const named = { '/name': [...NOT_TEXT, ...BAD_TEXTS, '', 'x'.repeat(201)] };
const TRIGGERS = '/api/v1/triggers';
const ABSENT = `${TRIGGERS}/${UNKNOWN}`;

export const TRIGGER_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: TRIGGERS },
    query: { at_least, limit, offset, enabled: ['', 'yes', '1'], type: ['', 'Cron', 'all'] },
  },
  {
    ...{ method: 'POST', path: TRIGGERS, body },
    wrong: {
      ...{ ...fields, ...named },
      '/type': [...NOT_TEXT, '', 'sometimes'],
      '/config': [...NOT_OBJECT, { events: ['task.*'], every_seconds: 10 }],
      '/config/events': [
        ...NOT_LIST,
        [],
        [7],
        Array.from({ length: 51 }, () => 'task.*'),
        ...PATTERNS.map((one) => [one]),
      ],
      '/config/condition': [...NOT_TEXT.slice(1), ...BAD_TEXTS, ...CEL],
      '/action/task/title': [...fields['/action/task/title'], ...TEMPLATES],
      '/secret': [...NOT_TEXT, '', 'whsec_', 'whsec_short', LONG, `whsec_${'A'.repeat(32)}`],
    },
  },
  {
    method: 'POST',
    path: TRIGGERS,
    body: { ...body, type: 'cron', config: { expression: '0 3 * * *', time_zone: 'UTC', catch_up: 'once' } },
    wrong: {
      '/config/expression': [...NOT_TEXT, ...BAD_TEXTS, '', 'daily', '* * * *', '61 * * * *', '0 0 31 2 *'],
      '/config/time_zone': [...NOT_TEXT, ...BAD_TEXTS, '', 'Mars/Here', '+01:00'],
      '/config/catch_up': [...NOT_TEXT, '', 'some'],
    },
  },
  {
    method: 'POST',
    path: TRIGGERS,
    body: { ...body, type: 'condition', config: { condition: 'queue.depth > 3', every_seconds: 60 } },
    wrong: {
      '/config/condition': [...NOT_TEXT, ...BAD_TEXTS, ...CEL, 'event.name == "x"'],
      '/config/every_seconds': [...SECONDS, 9],
    },
  },
  { ...{ method: 'GET', path: ABSENT }, query: { at_least } },
  { method: 'PUT', path: ABSENT, body: { throttle: body.throttle, action: body.action }, wrong: fields },
  { method: 'DELETE', path: ABSENT },
  { ...{ method: 'POST', path: `${ABSENT}/rotate-secret`, body: {} }, wrong: { '/secret': BAD_SECRETS } },
  { ...{ method: 'POST', path: `${ABSENT}/toggle`, body: {} }, wrong: { '/enabled': [null, 'true', 1, {}] } },
  {
    ...{ method: 'POST', path: `${ABSENT}/test`, body: { sample: { event: { name: 'task.failed' } } } },
    wrong: {
      '/dry_run': [null, 'true', 1, {}],
      '/sample': NOT_OBJECT,
      '/sample/event': NOT_OBJECT,
      '/sample/event/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
      '/sample/event/data': [...NOT_OBJECT, { a: 'nul \u0000' }],
      '/sample/headers': [...NOT_OBJECT, { a: 7 }, { 'A B': 'x' }],
    },
  },
  {
    ...{ method: 'GET', path: `${ABSENT}/history` },
    query: { limit, offset, outcome: ['', 'maybe'] },
  },
];

/** Method, the path before and after the id, body. */
export const TRIGGER_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', `${TRIGGERS}/`, ''],
  ['PUT', `${TRIGGERS}/`, '', { enabled: false }],
  ['DELETE', `${TRIGGERS}/`, ''],
  ['POST', `${TRIGGERS}/`, '/rotate-secret', {}],
  ['POST', `${TRIGGERS}/`, '/toggle', {}],
  ['POST', `${TRIGGERS}/`, '/test', {}],
  ['GET', `${TRIGGERS}/`, '/history'],
  ['POST', `${TRIGGERS}/`, '/hook', {}],
];
