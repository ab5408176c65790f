import type { Route } from './bad-input.identity.fixture';

/** Definitions of workflows as `bad-input.spec.ts` wants them: what each field must not be. */

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const WORKFLOWS = '/api/v1/workflows';
const ABSENT = `${WORKFLOWS}/${UNKNOWN}`;
const LONG = 'x'.repeat(10_000);
const BAD_TEXTS = ['nul \u0000', 'lone \ud800 surrogate', LONG] as const;
const NOT_TEXT = [null, 7, true, {}, []] as const;
const NOT_OBJECT = [null, 7, true, 'text', []] as const;

const BAD_NUMBERS = ['-1', '1.5', '1e3', '0x10', 'ten', '', '99999999999999999999'] as const;
const at_least = [...BAD_NUMBERS, '9007199254740991'];
const limit = [...BAD_NUMBERS, '0', '201'];
const offset = [...BAD_NUMBERS, '100001'];
const page = { at_least, limit, offset };
const status = ['', 'Active', 'deleted'];

const step = { key: 'a', name: 'a', type: 'task', task: { type: 'work', payload: {} } };
const body = { name: 'bad input', description: '', is_template: false, config: {}, steps: [step] };

const details = {
  '/name': [...NOT_TEXT, ...BAD_TEXTS, ''],
  '/description': [...NOT_TEXT, ...BAD_TEXTS],
  '/is_template': [null, 'true', 1, {}],
  '/config': [...NOT_OBJECT, { a: 'nul \u0000' }],
};
const SECONDS = [true, '60', {}, 0, -1, 1e12];
const definition = {
  '/parameters': [7, true, 'text', [], { type: 'nothing' }],
  '/steps': [7, 'text', {}, [7], Array.from({ length: 201 }, (_, index) => ({ ...step, key: `s${index}` }))],
  '/steps/0/key': [7, true, {}, [], '', 'A', '1a', 'a-b', LONG],
  '/steps/0/name': [7, true, {}, [], '', ...BAD_TEXTS],
  '/steps/0/type': [null, 7, '', 'work', 'toString'],
  '/steps/0/task': [7, true, 'text', []],
  '/steps/0/task/type': [7, true, {}, [], '', ...BAD_TEXTS],
  '/steps/0/task/payload': [7, 'text', [], { a: 'nul \u0000' }, '${{ x }}'],
  '/steps/0/task/agent_id': [7, {}, [], '', 'nobody at all', ...BAD_TEXTS],
  '/steps/0/task/priority': ['hasty', -1, 101, 1.5],
  '/steps/0/order': [true, 'one', -1, 1.5, 1e9],
  '/steps/0/depends_on': [7, 'a', {}, [7], ['A'], Array.from({ length: 201 }, () => 'a')],
  '/steps/0/timeout_seconds': SECONDS,
  '/steps/0/when': [7, true, {}, [], '', '1 +', 'nobody', 'exit()', '('.repeat(1_000), LONG],
  '/steps/0/on_failure': [7, '', 'ignore'],
  '/steps/0/compensation': [7, true, 'text', [], {}, { type: 'approval', approval: { title: 'x' } }],
  '/steps/0/retry': [7, true, 'text', []],
  '/on_failure': [7, '', 'ignore'],
  '/timeout_seconds': SECONDS,
  '/max_parallel': [true, '1', 0, -1, 1.5, 1_001],
};

export const WORKFLOW_ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: WORKFLOWS },
    query: { ...page, status, is_template: ['', '1', 'yes'], search: ['', 'x'.repeat(201)] },
  },
  { method: 'POST', path: WORKFLOWS, body, wrong: { ...details, ...definition } },
  {
    method: 'POST',
    path: `${WORKFLOWS}/validate`,
    // What is wrong with the definition is its answer.
    body: { steps: [step], config: {} },
    wrong: { '/config': NOT_OBJECT },
  },
  { ...{ method: 'GET', path: ABSENT }, query: { at_least } },
  { method: 'PUT', path: ABSENT, body, wrong: details },
  { method: 'PATCH', path: ABSENT, body, wrong: { '/on_failure': [7, '', 'ignore'] } },
  { method: 'DELETE', path: ABSENT },
  {
    ...{ method: 'POST', path: `${ABSENT}/steps`, body: { ...step, order: 1 } },
    wrong: { '/key': [7, true, {}, '', 'A'], '/type': [null, 7, 'x'], '/order': [true, 'one', -1] },
  },
  { ...{ method: 'GET', path: `${ABSENT}/versions` }, query: { limit, offset } },
  { method: 'GET', path: `${ABSENT}/versions/1` },
  {
    ...{ method: 'GET', path: '/v1/workflows' },
    query: { at_least, status, limit: [...BAD_NUMBERS, '0', '101'], page: [...BAD_NUMBERS, '0', '1000001'] },
  },
  { ...{ method: 'GET', path: `/v1/workflows/${UNKNOWN}` }, query: { at_least } },
];

/** Method, the path before and after the id, body. */
export const WORKFLOW_PATHS: readonly (readonly [method: string, before: string, after: string, body?: object])[] = [
  ['GET', `${WORKFLOWS}/`, ''],
  ['PUT', `${WORKFLOWS}/`, '', { name: 'x' }],
  ['PATCH', `${WORKFLOWS}/`, '', { name: 'x' }],
  ['DELETE', `${WORKFLOWS}/`, ''],
  ['POST', `${WORKFLOWS}/`, '/steps', step],
  ['GET', `${WORKFLOWS}/`, '/versions'],
  ['GET', `${WORKFLOWS}/`, '/versions/1'],
  ['GET', '/v1/workflows/', ''],
];
