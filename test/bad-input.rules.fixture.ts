import type { Route } from './bad-input.identity.fixture';

/** Notification rules as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;
const NOT_LIST = [null, 7, 'text', {}] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const page = { at_least, limit: [...BAD_NUMBERS, '0', '201'], offset: [...BAD_NUMBERS, '100001'] };

const PATTERNS = [
  '',
  'task',
  'task.*.*',
  'Task.failed',
  'nothing.here',
  '**',
  'notification',
  'message.new',
  '*.new',
  LONG,
];
const CEL = ['', ' ', 'event.', 'event.nme', 'nobody', '1 +', 'exit()', '"a".matches("(a")', '('.repeat(1_000), LONG];
const TEMPLATES = ['${{ event.name', '${{ }}', '${{ event.nme }}', '${{ "a".matches("a**") }}'];
const SECONDS = [null, '60', true, {}, 0, -1, 1.5, 86_401, 1e300];

const fields = {
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/enabled': [null, 'true', 1, {}],
  '/events': [
    ...NOT_LIST,
    [],
    [7],
    [null],
    Array.from({ length: 51 }, () => 'task.*'),
    ...PATTERNS.map((one) => [one]),
  ],
  '/condition': [...NOT_TEXT.slice(1), ...BAD_TEXTS],
  '/severity': [...NOT_TEXT, '', 'fatal'],
  '/recipients': NOT_OBJECT,
  '/recipients/users': [...NOT_LIST, [7], ['nobody'], [UNKNOWN.toUpperCase()]],
  '/recipients/roles': [...NOT_LIST, [7], ['root'], ['agent']],
  '/channels': [...NOT_LIST, [7], ['nobody'], Array.from({ length: 21 }, () => UNKNOWN)],
  '/subject': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/body': [...NOT_TEXT, ...BAD_TEXTS],
  '/throttle': [...NOT_OBJECT.slice(1), {}, { max: 1 }, { seconds: 1 }],
  '/throttle/max': [null, '1', true, {}, 0, -1, 1.5, 1_001],
  '/throttle/seconds': SECONDS,
  '/group': [...NOT_OBJECT.slice(1), {}],
  '/group/by': [...NOT_TEXT.slice(1), ...BAD_TEXTS, ''],
  '/group/seconds': SECONDS,
};
/** What only the rule as a whole tells. */
const expressions = {
  '/condition': [...fields['/condition'], ...CEL, 'event.position', 'count > 1'],
  '/subject': [...fields['/subject'], ...TEMPLATES],
  '/body': [...fields['/body'], ...TEMPLATES],
  '/group/by': [...fields['/group/by'], ...CEL],
};
const hours = [null, '24', true, {}, 0, -1, 721, 1e300];

const body = {
  ...{ name: 'bad-input', events: ['task.*'], recipients: { users: [], roles: ['admin'] } },
  ...{ throttle: { max: 1, seconds: 60 }, group: { by: null, seconds: 60 } },
};
const RULES = '/api/v1/notifications/rules';
const ABSENT = `${RULES}/${UNKNOWN}`;

export const RULE_ROUTES: readonly Route[] = [
  { ...{ method: 'GET', path: RULES }, query: { ...page, enabled: ['', 'yes', '1', 'true&enabled=false'] } },
  {
    ...{ method: 'POST', path: RULES, body },
    wrong: {
      ...{ ...fields, ...expressions, '/name': [...NOT_TEXT, ...BAD_TEXTS, '', 'x'.repeat(201)] },
      '/recipients/users': [...fields['/recipients/users'], [UNKNOWN]],
      '/channels': [...fields['/channels'], [UNKNOWN]],
    },
  },
  { ...{ method: 'POST', path: `${RULES}/dry-run`, body }, wrong: { ...fields, ...expressions, '/hours': hours } },
  { ...{ method: 'GET', path: ABSENT }, query: { at_least } },
  {
    ...{ method: 'PUT', path: ABSENT },
    body: { throttle: body.throttle, group: body.group, recipients: body.recipients },
    wrong: fields,
  },
  { method: 'DELETE', path: ABSENT },
  { ...{ method: 'POST', path: `${ABSENT}/dry-run`, body: {} }, wrong: { '/hours': hours } },
];

/** Method, the path before and after the id, body. */
export const RULE_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', `${RULES}/`, ''],
  ['PUT', `${RULES}/`, '', { enabled: false }],
  ['DELETE', `${RULES}/`, ''],
  ['POST', `${RULES}/`, '/dry-run', {}],
];
