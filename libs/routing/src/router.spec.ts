import { Router } from './router';
import { candidate } from './testing';

const abc = [candidate(0), candidate(1), candidate(2)];

function turns(router: Router, key: string, rounds: number, candidates = abc): string {
  return Array.from({ length: rounds }, () => router.choose('round_robin', key, candidates)!.candidate.order).join('');
}

describe('a cycle', () => {
  it('should go on by itself for each key and each strategy', () => {
    const router = new Router();
    expect(turns(router, 'x', 2)).toBe('01');
    expect(turns(router, 'y', 4)).toBe('0120');
    router.choose('least_connections', 'x', abc);
    expect(turns(router, 'x', 2)).toBe('20');
  });

  it('should be the same in whatever order the candidates come', () => {
    const router = new Router();
    expect(turns(router, 'x', 1, [...abc].reverse())).toBe('0');
    expect(turns(router, 'x', 3)).toBe('120');
  });

  it('should go on where it was when agents come and go', () => {
    const router = new Router();
    expect(turns(router, 'x', 2)).toBe('01');
    expect(turns(router, 'x', 2, [candidate(0), candidate(3)])).toBe('30');
    expect(turns(router, 'x', 3)).toBe('120');
  });

  it('should list those whose turn comes next behind the one chosen', () => {
    const router = new Router();
    const orders = () => router.rank('round_robin', 'x', abc, 3).map(({ candidate: { order } }) => order);
    expect([orders(), orders(), orders()]).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]);
  });

  it('should be forgotten when too many others were used since', () => {
    const router = new Router(Math.random, 2);
    turns(router, 'x', 1);
    turns(router, 'y', 1);
    turns(router, 'x', 1);
    turns(router, 'z', 1);
    expect(turns(router, 'x', 1)).toBe('2');
    expect(turns(router, 'y', 1)).toBe('0');
  });
});
