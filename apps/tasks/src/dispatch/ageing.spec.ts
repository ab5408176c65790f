import { AgeingCalendar, type Ageing } from './ageing';
import { T0, scene } from './pool-model.testing';

const SECOND = 1_000;
const task = (priority: number, since: number): Ageing => ({ priority, since, due_with: undefined });

describe('the calendar of ageing', () => {
  it('should add a level for each step that was waited, up to 100', () => {
    const calendar = new AgeingCalendar<Ageing>(300 * SECOND);
    const levels = [0, 299, 300, 600, 899, 1_200, 9_999].map((seconds) =>
      calendar.levelOf(task(20, 0), seconds * SECOND),
    );
    expect(levels).toEqual([20, 20, 40, 60, 60, 100, 100]);
    expect(calendar.levelOf(task(95, 0), 300 * SECOND)).toBe(100);
    expect(new AgeingCalendar<Ageing>(0).levelOf(task(20, 0), 9_999 * SECOND)).toBe(20);
  });

  it('should name those whose step is over, once, and never those that left', () => {
    const calendar = new AgeingCalendar<Ageing>(300 * SECOND);
    const [first, second, gone] = [task(20, 0), task(20, 10 * SECOND), task(20, 0)];
    for (const each of [first, second, gone]) calendar.enter(each, 10 * SECOND);
    calendar.leave(gone);
    expect(calendar.next()).toBe(300 * SECOND);
    expect(calendar.due(299 * SECOND, 10)).toEqual([]);
    expect(calendar.due(300 * SECOND, 10)).toEqual([first]);
    expect(calendar.due(310 * SECOND, 10)).toEqual([second]);
    expect(calendar.next()).toBeUndefined();
  });

  it('should name no more at a stretch than asked for', () => {
    const calendar = new AgeingCalendar<Ageing>(300 * SECOND);
    const tasks = Array.from({ length: 5 }, () => task(0, 0));
    for (const each of tasks) calendar.enter(each, 0);
    expect(calendar.due(300 * SECOND, 2)).toHaveLength(2);
    expect(calendar.next()).toBe(300 * SECOND);
    expect(calendar.due(300 * SECOND, 9)).toHaveLength(3);
  });

  it('should forget those that cannot get more urgent', () => {
    const calendar = new AgeingCalendar<Ageing>(SECOND);
    calendar.enter(task(100, 0), 0);
    expect(calendar.next()).toBeUndefined();
  });
});

/** A stream of high tasks that never ends, one agent, and a low task that came first. When is it given out? */
function secondsUntilLow(ageingMs: number): number | undefined {
  const { agent, submitted, assigned, completed, next, clock } = scene({ ageingMs });
  agent('a');
  submitted('busy', { priority: 100 });
  next();
  assigned('busy', 'a');
  submitted('low', { priority: 20 });
  let running = 'busy';
  for (let second = 0; second < 2_000; second += 1) {
    submitted(`high-${second}`, { priority: 60 });
    clock.time += SECOND;
    completed(running, 'a');
    const given = next()!.split('>')[0]!;
    if (given === 'low') return second + 1;
    assigned(given, 'a');
    running = given;
  }
  return undefined;
}

describe('a low task under a stream of high ones', () => {
  it('should get its turn once it is worth as much', () => {
    expect(secondsUntilLow(300 * SECOND)).toBe(600);
  });

  it('should starve where priority is strict (control)', () => {
    expect(secondsUntilLow(0)).toBeUndefined();
  });

  it('should wake the pool when a step is over, and keep its queue', () => {
    const { agent, submitted, model, clock, next } = scene({ ageingMs: 300 * SECOND });
    submitted('low', { priority: 20 });
    clock.time += 150 * SECOND;
    submitted('normal', { priority: 40 });
    expect(model.due()).toBe(T0 + 300 * SECOND);
    clock.time = T0 + 300 * SECOND;
    model.wake();
    agent('a', { max_concurrent_tasks: 2 });
    expect(model.queueSizes()).toMatchObject({ low: 1, normal: 1 });
    expect([next(), next()]).toEqual(['low>a', 'normal>a']);
  });

  it('should be as old after a rebuild', () => {
    const { agent, submitted, model, clock, next } = scene({ ageingMs: 300 * SECOND });
    submitted('low', { priority: 20 });
    clock.time += 650 * SECOND;
    submitted('normal', { priority: 40 });
    const tasks = ['low', 'normal'].map((id) => model.taskOf(id)!);
    model.load([], tasks);
    agent('a', { max_concurrent_tasks: 2 });
    expect([next(), next()]).toEqual(['low>a', 'normal>a']);
  });
});
