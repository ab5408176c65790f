import type { PublicEvent } from '@ao/contracts';
import { compileCondition, compileTemplate } from './event-expressions';
import type { CelInput } from './event-values';

const event = (data: Record<string, unknown> = {}): PublicEvent => ({
  name: 'task.failed',
  position: 42,
  time: '2026-03-01T22:30:00.123456Z',
  subject: { kind: 'task', id: '00000000-0000-4000-8000-000000000001' },
  data: { event: 'TaskFailed', ...data },
});

function judge(text: string, data: Record<string, unknown> = {}): boolean | string {
  const condition = compileCondition(text);
  if (!condition.ok) return condition.error;
  let reason: string | undefined;
  const value = condition.evaluate(event(data), (why) => (reason = why));
  return reason ?? value;
}

function render(text: string, input: Partial<CelInput> = {}, max = 1_000): string {
  const template = compileTemplate(text);
  return template.ok ? template.render({ event: event(), ...input }, max, (why) => (why += '')) : template.error;
}

describe('a condition', () => {
  it.each<[string, Record<string, unknown>, boolean | string]>([
    ['event.name == "task.failed"', {}, true],
    ['event.position > 41 && event.subject.kind == "task"', {}, true],
    ['event.time.getHours("Europe/Berlin") == 23', {}, true],
    ['event.time - duration("1h") < timestamp("2026-03-01T22:00:00Z")', {}, true],
    // Numbers of JSON: whole ones are ints, and both kinds reckon together.
    ['event.data.attempt == 3 && event.data.attempt + 1 == 4', { attempt: 3 }, true],
    ['event.data.cost * 2.0 > 3', { cost: 2 }, true],
    ['event.data.cost > 1.5', { cost: 2 }, true],
    ['event.data.cost > 1', { cost: 1.5 }, true],
    ['event.data.tags.exists(tag, tag == "gpu")', { tags: ['cpu', 'gpu'] }, true],
    ['"gpu" in event.data.tags', { tags: ['cpu'] }, false],
    ['has(event.data.reason)', {}, false],
    ['has(event.data.error.class) && event.data.error.class == "Timeout"', { error: { class: 'Timeout' } }, true],
    ['event.data.?reason.orValue("none") == "none"', {}, true],
    ['event.data.host.matches("^web-\\\\d+$")', { host: 'web-12' }, true],
    ['event.data.tags.exists(tag, tag.matches("(?i)^GPU"))', { tags: ['cpu', 'gpu-2'] }, true],
    ['event.data.n.matches("1")', { n: 1 }, 'only texts can match a pattern'],
    ['event.data.constructor == "x"', { constructor: 'x' }, true],
    // What cannot be worked out.
    ['event.data.reason == "x"', {}, 'No such key: reason'],
    ['event.data.toString == "x"', {}, 'No such key: toString'],
    ['event.data.attempt', { attempt: 3 }, 'the condition is neither true nor false'],
    ['event.data.attempt < "a"', { attempt: 3 }, 'no such overload: dyn<int> < string'],
    ['event.data.reason == "x" || true', {}, true],
  ])('%s over %j is %p', (text, data, expected) => {
    expect(judge(text, data)).toBe(expected);
  });

  it.each([
    ['event.', 'Expected IDENTIFIER, got EOF (line 1, column 7)'],
    ['event.name ==\n  1', /no such overload: string == int \(line 1, column/],
    ['true &&\n  event.nme == "x"', 'No such key: nme (line 2, column 9)'],
    ['event.position', 'must be true or false, but is int'],
    ['foo(event) == 1', 'there is no function foo() (line 1, column 1)'],
    ['event.name.matches("(a")', 'a group is not closed at 3 of the pattern (line 1, column 1)'],
    ['event.name.matches(event.name)', /^matches\(\) takes its pattern as a text between quotes/],
    ['event.position.matches("a")', /no matching overload/],
    ['[1].exists(x, "a".matches("(?=b)"))', /^only groups/],
    ['cel.bind(x, 1, x == 1)', /^there is no function bind/],
    ['task.type == "a"', 'Unknown variable: task (line 1, column 1)'],
    ['process.exit()', /^there is no function exit/],
    [`${'('.repeat(100)}true${')'.repeat(100)}`, /maxDepth/],
    [Array.from({ length: 400 }, () => 'true').join(' && '), /maxAstNodes/],
    [`"${'x'.repeat(9_000)}" == ""`, 'must not be longer than 8000 characters'],
  ])('refuses what is no condition (%#)', (text, reason) => {
    if (typeof reason === 'string') expect(judge(text)).toBe(reason);
    else expect(judge(text)).toMatch(reason);
  });

  it('should know whether it needs the task', () => {
    expect(compileCondition('task.priority > 50', 'rule')).toMatchObject({ ok: true, task: true });
    expect(compileCondition('event.data.task_id != ""', 'rule')).toMatchObject({ ok: true, task: false });
  });

  const SPENT = 'it takes more than 50,000 steps';
  const list = Array.from({ length: 1_000 }, (_, index) => index);
  it.each<[string, string, Record<string, unknown>]>([
    ['loops in loops', 'event.data.l.all(a, event.data.l.all(b, event.data.l.all(c, a + b + c >= 0)))', { l: list }],
    [
      'a condition that hides it',
      'event.data.l.all(a, event.data.l.all(b, a + b < 0)) || false',
      { l: list.map(() => -1) },
    ],
    ['a long list', 'event.data.l.exists(x, x == -1)', { l: Array.from({ length: 200_000 }, () => 0) }],
    ['texts that double', `[event.data.t]${'.map(x, x + x)'.repeat(24)}[0] == ""`, { t: 'x'.repeat(1_000) }],
    ['lists that double', `[event.data.l]${'.map(x, x + x)'.repeat(24)}[0] == []`, { l: list }],
    [
      'comparisons',
      'event.data.l.all(x, event.data.a == event.data.b)',
      { l: list, a: { list }, b: { list: [...list] } },
    ],
    ['long texts that patterns look at', 'event.data.t.matches("(a+)+b")', { t: 'a'.repeat(500_000) }],
    ['long texts', 'event.data.l.exists(x, event.data.t.contains("yx"))', { l: list, t: 'x'.repeat(200_000) }],
  ])('gives up over %s', (_, text, data) => {
    const started = performance.now();
    expect(judge(text, data)).toBe(SPENT);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('should take a list of a thousand', () => {
    expect(judge('event.data.l.exists(x, x == 999)', { l: list })).toBe(true);
    expect(judge('size(event.data.l.filter(x, x % 2 == 0).map(x, x * 2)) == 500', { l: list })).toBe(true);
    // The budget is for each evaluation, not for all of them.
    const condition = compileCondition('event.data.l.exists(x, x == 999)');
    for (let turn = 0; turn < 20; turn += 1) expect(condition.ok && condition.evaluate(event({ l: list }))).toBe(true);
  });
});

describe('a template', () => {
  it('should print values as people read them', () => {
    const data = { n: 3, d: 2.5, text: 'a "b"', list: [1, 'x', { y: 1 }], none: null, big: 2 ** 60 };
    const all =
      '${{event.name}}|${{ event.position }}|${{ event.data.n }}|${{ event.data.d }}|${{ event.data.text }}|' +
      '${{ event.data.list }}|${{ event.data.none }}|${{ event.data.?absent }}|${{ event.time }}|${{ event.subject }}';
    expect(render(all, { event: event(data) })).toBe(
      'task.failed|42|3|2.5|a "b"|[1,"x",{"y":1}]|||2026-03-01T22:30:00.123Z|' +
        '{"kind":"task","id":"00000000-0000-4000-8000-000000000001"}',
    );
  });

  it('should find the end of an expression past braces and texts', () => {
    expect(render('a ${{ {"a": {"b": "}}"}}.a.b + "${{" + r"\\n" }} } }} z')).toBe('a }}${{\\n } }} z');
  });

  it('should know the task, and the events of a group', () => {
    const task = {
      ...{ type: 'build', title: 'Build it', priority: 60, pool: 'default', capabilities: ['gpu'] },
      submitted_at: '2026-03-01T22:00:00Z',
    };
    const text = '${{ task.title }} (${{ task.priority }}): ${{ count }}, ${{ events.map(e, e.name).join(", ") }}';
    expect(render(text, { task, count: 2, events: [event(), event()] })).toBe(
      'Build it (60): 2, task.failed, task.failed',
    );
  });

  it('should leave out what cannot be worked out, and say so', () => {
    const template = compileTemplate('a ${{ event.data.absent }} b ${{ task.title }}');
    const reasons: string[] = [];
    expect(template.ok && template.render({ event: event() }, 100, (why) => reasons.push(why))).toBe('a  b ');
    expect(reasons).toEqual(['No such key: absent', 'Unknown variable: task']);
  });

  it('should be cut to its length between characters', () => {
    expect(render('${{ event.data.t }}', { event: event({ t: 'ab😀cd' }) }, 4)).toBe('ab…');
    expect(render('${{ event.data.t }}', { event: event({ t: 'ab😀' }) }, 4)).toBe('ab😀');
  });

  it.each([
    ['a\nb ${{ event.nme }}', 'No such key: nme (line 2, column 13)'],
    ['a ${{ event.name', '${{ is not closed by }} (line 1, column 3)'],
    ['${{ }}', /Unexpected token: EOF/],
    ['${{ event.name.matches("x**") }}', /^a repetition is repeated .* \(line 1, column 5\)$/],
  ])('refuses %j', (text, reason) => {
    if (typeof reason === 'string') expect(render(text)).toBe(reason);
    else expect(render(text)).toMatch(reason);
  });
});
