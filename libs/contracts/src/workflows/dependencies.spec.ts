import { ancestorsOf, dependenciesOf } from './dependencies';

type Placed = Parameters<typeof dependenciesOf>[0][number];

const task = (key: string, rest: Partial<Placed> = {}): Placed => ({ key, type: 'task', ...rest });
const condition = (key: string, then: string[], otherwise: string[] = [], rest: Partial<Placed> = {}): Placed => ({
  ...{ key, type: 'condition', condition: { then, else: otherwise } },
  ...rest,
});
const of = (...steps: Placed[]) => Object.fromEntries(dependenciesOf(steps));

describe('what a step waits for', () => {
  it('should be the step before it in the list', () => {
    expect(of(task('a'), task('b'), task('c'))).toEqual({ a: [], b: ['a'], c: ['b'] });
  });

  it('should be those of the next lower order, equal orders side by side, whatever the list says', () => {
    expect(
      of(task('d', { order: 9 }), task('a', { order: 1 }), task('b', { order: 2 }), task('c', { order: 2 })),
    ).toEqual({
      ...{ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] },
    });
  });

  it('should be what it says, which wins over the order; an empty list is nothing', () => {
    expect(of(task('a'), task('b'), task('c', { depends_on: ['a'], order: 7 }), task('d', { depends_on: [] }))).toEqual(
      {
        ...{ a: [], b: ['a'], c: ['a'], d: [] },
      },
    );
  });

  it('should be the condition for its branches, each in its own order, and their ends for what comes after them', () => {
    const steps = [condition('check', ['a', 'b'], ['c']), task('a'), task('b'), task('c'), task('join')];
    expect(of(...steps)).toEqual({
      ...{ check: [], a: ['check'], b: ['check', 'a'], c: ['check'], join: ['check', 'b', 'c'] },
    });
  });

  it('should be the ends of branches within branches too', () => {
    const steps = [condition('outer', ['inner']), condition('inner', ['x'], ['y']), task('x'), task('y'), task('last')];
    expect(of(...steps)).toEqual({
      ...{ outer: [], inner: ['outer'], x: ['inner'], y: ['inner'], last: ['outer', 'inner', 'x', 'y'] },
    });
  });

  it('should be the condition also for a member that says something else', () => {
    const steps = [task('a'), condition('check', ['b']), task('b', { depends_on: ['a'] })];
    expect(of(...steps)).toEqual({ a: [], check: ['a'], b: ['a', 'check'] });
  });

  it('should come to an end for branches that hold themselves and steps that are not there', () => {
    expect(of(condition('a', ['b', 'a', 'nobody']), condition('b', ['a']), task('c'))).toEqual({
      ...{ a: ['a'], b: ['a', 'b'], c: [] },
    });
  });

  it('should be found through any number of steps between', () => {
    const dependencies = dependenciesOf([task('a'), task('b'), task('c'), task('d', { depends_on: [] })]);
    expect([...ancestorsOf('c', dependencies)].sort()).toEqual(['a', 'b']);
    expect([...ancestorsOf('d', dependencies)]).toEqual([]);
  });
});
