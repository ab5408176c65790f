import { WorkflowDefinition } from '@ao/contracts';
import { whyInvalid } from './why-invalid';

const ID = '01900000-0000-7000-8000-000000000001';

const task = (key: string, more: object = {}, of: object = {}) => ({
  ...{ key, name: key, type: 'task', task: { type: 'work', ...of } },
  ...more,
});
const define = (steps: object[], more: object = {}) => WorkflowDefinition.parse({ steps, ...more });
const problems = (steps: object[], more: object = {}) => whyInvalid(define(steps, more));
const codes = (steps: object[], more: object = {}) =>
  problems(steps, more).map(({ code, pointer, step }) => [code, pointer, step]);

describe('what is wrong with a definition', () => {
  it('should be nothing where every step can be run', () => {
    const steps = [
      task('extract', {
        compensation: { type: 'task', task: { type: 'undo', payload: { of: '${{ steps.extract.output.id }}' } } },
      }),
      {
        key: 'check',
        name: 'check',
        type: 'condition',
        condition: { expression: 'steps.extract.output.score > 0.5', then: ['ask'], else: ['wait'] },
      },
      {
        key: 'ask',
        name: 'ask',
        type: 'approval',
        approval: { title: 'Ship ${{ parameters.what }}?', arguments: '${{ steps.extract.output }}', users: [ID] },
      },
      { key: 'wait', name: 'wait', type: 'timer', timer: { seconds: '${{ parameters.pause }}' } },
      {
        key: 'pages',
        name: 'pages',
        type: 'map',
        map: {
          items: '${{ steps.extract.output.pages }}',
          step: task('page', {}, { payload: { n: '${{ index }}', page: '${{ item }}' } }),
        },
      },
      {
        ...{ key: 'fan', name: 'fan', type: 'parallel' },
        parallel: {
          steps: [
            task('left', {
              // Takes back what its own step did.
              compensation: { type: 'task', task: { type: 'undo', payload: { id: '${{ steps.left.output.id }}' } } },
            }),
            task('right'),
          ],
        },
      },
      {
        key: 'hook',
        name: 'hook',
        type: 'webhook',
        webhook: { url: 'https://example.com/${{ run.id }}', body: '${{ steps.fan.output.left }}' },
      },
      { key: 'child', name: 'child', type: 'workflow', workflow: { workflow_id: ID } },
      { key: 'back', name: 'back', type: 'compensate', compensate: { steps: ['extract'] } },
    ];
    const parameters = {
      type: 'object',
      properties: { what: { type: 'string' }, pause: { type: 'number' } },
      additionalProperties: false,
    };
    expect(problems(steps, { parameters, output: { all: '${{ steps.pages.output }}' } })).toEqual([]);
    expect(problems([])).toEqual([]);
  });

  it('should be each key that is there twice, within a parallel too, and keys that every object has', () => {
    const fan = { key: 'fan', name: 'fan', type: 'parallel', parallel: { steps: [task('x'), task('x')] } };
    expect(codes([task('a'), task('a'), fan, task('constructor')])).toEqual([
      ['duplicate_key', '/steps/1/key', 'a'],
      ['duplicate_key', '/steps/2/parallel/steps/1/key', 'x'],
      ['reserved_key', '/steps/3/key', 'constructor'],
    ]);
  });

  it('should be dependencies on steps that are not there', () => {
    expect(codes([task('a'), task('b', { depends_on: ['a', 'nobody'] })])).toEqual([
      ['unknown_dependency', '/steps/1/depends_on/1', 'b'],
    ]);
  });

  it('should name every knot by its whole cycle, and the step', () => {
    const steps = [
      task('a', { depends_on: ['c'] }),
      task('b', { depends_on: ['a'] }),
      task('c', { depends_on: ['b'] }),
      task('self', { depends_on: ['self'] }),
      task('after', { depends_on: ['a'] }),
    ];
    expect(problems(steps)).toEqual([
      {
        pointer: '/steps/0/depends_on/0',
        code: 'dependency_cycle',
        message: "Step 'a' depends on itself: a -> c -> b -> a",
        step: 'a',
      },
      {
        pointer: '/steps/3/depends_on/0',
        code: 'dependency_cycle',
        message: "Step 'self' depends on itself: self -> self",
        step: 'self',
      },
    ]);
  });

  it('should be a cycle through a branch as well', () => {
    const check = {
      key: 'check',
      name: 'check',
      type: 'condition',
      depends_on: ['b'],
      condition: { expression: 'true', then: ['b'] },
    };
    expect(problems([check, task('b')]).map(({ message }) => message)).toEqual([
      "Step 'b' depends on itself: b -> check -> b",
    ]);
  });

  it('should be members of branches that are not there, and those of two', () => {
    const first = {
      key: 'one',
      name: 'one',
      type: 'condition',
      condition: { expression: 'true', then: ['a', 'nobody'], else: ['a'] },
    };
    const second = { key: 'two', name: 'two', type: 'condition', condition: { expression: 'true', then: ['a'] } };
    expect(codes([first, second, task('a')])).toEqual([
      ['unknown_step', '/steps/0/condition/then/1', 'one'],
      ['in_two_branches', '/steps/0/condition/else/0', 'a'],
      ['in_two_branches', '/steps/1/condition/then/0', 'a'],
    ]);
  });

  it('should be expressions that name steps which are not there, or not before', () => {
    const fan = { key: 'fan', name: 'fan', type: 'parallel', parallel: { steps: [task('left')] } };
    const steps = [
      fan,
      task('a', {}, { payload: { x: '${{ steps.nobody.output }}' } }),
      task('b', { when: 'steps.c.status == "completed"' }),
      task('c', {}, { payload: { own: '${{ steps.c.output }}', inner: '${{ steps.left.output }}' } }),
    ];
    const found = problems(steps, { output: '${{ steps.gone.output }}' });
    expect(found.map(({ code, pointer, step }) => [code, pointer, step])).toEqual([
      ['unknown_step', '/steps/1/task/payload', 'a'],
      ['step_not_before', '/steps/2/when', 'b'],
      ['step_not_before', '/steps/3/task/payload', 'c'],
      ['unknown_step', '/steps/3/task/payload', 'c'],
      ['unknown_step', '/output', undefined],
    ]);
    expect(found[3]!.message).toBe(
      "Step 'c' uses steps.left, but there is no such step: what it gives is in steps.fan.output",
    );
  });

  it('should let expressions look at any step that comes before, by order too', () => {
    const steps = [
      task('a', { order: 1 }),
      task('b', { order: 2 }),
      task('c', { order: 3, when: 'has(steps.a.output.x)' }),
    ];
    expect(problems(steps)).toEqual([]);
  });

  it('should be expressions that do not compile, with line and column', () => {
    const steps = [
      task('a', { when: '1 +' }, { title: '${{ nobody }}', payload: { deep: [{ x: 'a\nb ${{ size( }}' }] } }),
      task('b', {}, { payload: { x: '${{ item }}' } }),
    ];
    const found = problems(steps);
    expect(found.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/steps/0/when', 'expression_not_understood'],
      ['/steps/0/task/title', 'expression_not_understood'],
      ['/steps/0/task/payload/deep/0/x', 'expression_not_understood'],
      ['/steps/1/task/payload/x', 'expression_not_understood'],
    ]);
    for (const { message } of found) expect(message).toMatch(/\(line \d+, column \d+\)$/);
    expect(found[2]!.message).toContain('line 2');
  });

  it('should be parameters that the schema does not allow', () => {
    const parameters = { type: 'object', properties: { who: {} }, additionalProperties: false };
    const steps = [task('a', {}, { payload: { x: '${{ parameters.who }}', y: '${{ parameters.whom }}' } })];
    expect(codes(steps, { parameters })).toEqual([['unknown_parameter', '/steps/0/task/payload', 'a']]);
    expect(codes(steps, { parameters: { properties: { who: {} } } })).toEqual([]);
  });

  it.each([
    [{ type: 'strin' }, '/type'],
    [{ properties: { a: { $ref: 'https://example.com/a' } } }, '/properties/a/$ref'],
    [{ properties: { a: { $ref: '#/$defs/none' } } }, '/properties/a/$ref'],
    [{ properties: { a: { pattern: '(a+)\\1' } } }, '/properties/a/pattern'],
    [{ patternProperties: { '(?=a)': {} } }, '/patternProperties/(?=a)'],
    [{ requried: ['a'] }, '/requried'],
    [{ format: 'emial' }, '/format'],
    [{ $schema: 'http://json-schema.org/draft-04/schema#' }, '/$schema'],
    [{ $id: 'https://example.com/mine' }, '/$id'],
  ])('should be a schema that cannot be used: %j', (parameters, pointer) => {
    expect(codes([], { parameters })).toContainEqual(['invalid_schema', `/parameters${pointer}`, undefined]);
  });

  it.each([
    [task('a', {}, { agent_id: 'agent-one' }), 'not_an_id', '/steps/0/task/agent_id'],
    [
      { key: 'a', name: 'a', type: 'workflow', workflow: { workflow_id: 'mine' } },
      'not_an_id',
      '/steps/0/workflow/workflow_id',
    ],
    [{ key: 'a', name: 'a', type: 'timer', timer: { until: 'tomorrow' } }, 'not_a_time', '/steps/0/timer/until'],
    [{ key: 'a', name: 'a', type: 'timer', timer: { seconds: 'ten' } }, 'not_a_period', '/steps/0/timer/seconds'],
    [
      { key: 'a', name: 'a', type: 'webhook', webhook: { url: 'http://localhost/x' } },
      'url_not_callable',
      '/steps/0/webhook/url',
    ],
    [
      { key: 'a', name: 'a', type: 'webhook', webhook: { url: 'https://10.0.0.1/${{ run.id }}' } },
      'url_not_callable',
      '/steps/0/webhook/url',
    ],
    [
      { key: 'a', name: 'a', type: 'webhook', webhook: { url: 'ftp://${{ parameters.x }}' } },
      'url_not_callable',
      '/steps/0/webhook/url',
    ],
    [
      { key: 'a', name: 'a', type: 'webhook', webhook: { url: 'https://example.com', headers: { Host: 'x' } } },
      'header_not_allowed',
      '/steps/0/webhook/headers/Host',
    ],
    [
      { key: 'a', name: 'a', type: 'webhook', webhook: { url: 'https://example.com', method: 'GET', body: 1 } },
      'body_not_sent',
      '/steps/0/webhook/body',
    ],
    [
      { key: 'a', name: 'a', type: 'approval', approval: { title: 'x', required: 2, users: [ID] } },
      'never_granted',
      '/steps/0/approval/required',
    ],
    [
      { key: 'a', name: 'a', type: 'approval', approval: { title: 'x', roles: ['approver', 'viewer'] } },
      'never_granted',
      '/steps/0/approval/roles/1',
    ],
    [
      { key: 'a', name: 'a', type: 'map', map: { items: 'one, two', step: task('x') } },
      'not_a_list',
      '/steps/0/map/items',
    ],
    [
      { key: 'a', name: 'a', type: 'compensate', compensate: { steps: ['nobody'] } },
      'unknown_step',
      '/steps/0/compensate/steps/0',
    ],
    [
      task('a', { compensation: { type: 'webhook', webhook: { url: 'nowhere' } } }),
      'url_not_callable',
      '/steps/0/compensation/webhook/url',
    ],
  ])('should be what its literals say already: %j', (step, code, pointer) => {
    expect(codes([step])).toEqual([[code, pointer, 'a']]);
  });

  it('should be a compensation of what has none', () => {
    const back = { key: 'back', name: 'back', type: 'compensate', compensate: { steps: ['a'] } };
    expect(codes([task('a'), back])).toEqual([['no_compensation', '/steps/1/compensate/steps/0', 'back']]);
  });

  it('should let URLs of private hosts be where they may be called', () => {
    const step = { key: 'a', name: 'a', type: 'webhook', webhook: { url: 'http://127.0.0.1:9/x' } };
    expect(whyInvalid(define([step]), { allowPrivate: true })).toEqual([]);
  });

  it('should be its size', () => {
    expect(codes([task('a', {}, { payload: { x: 'x'.repeat(65_536) } })])).toEqual([
      ['definition_too_large', '', undefined],
    ]);
  });

  it('should name a hundred at most', () => {
    expect(
      problems(Array.from({ length: 150 }, (_, index) => task(`s${index}`, { depends_on: ['nobody'] }))),
    ).toHaveLength(100);
  });
});
