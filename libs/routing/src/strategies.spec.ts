import type { RoutingStrategyName } from '@ao/contracts';
import { Router } from './router';
import type { Candidate, Random } from './routing.strategy';
import { STRATEGIES } from './strategies';
import { candidate, chiSquared, chiSquaredLimit, seededRandom } from './testing';

type Choose = (candidates: readonly Candidate[]) => Candidate;
/** Says what is wrong with a way of choosing, or nothing. */
type Examination = (choose: Choose, random: Random) => string | undefined;

const strategy =
  (name: RoutingStrategyName, seed: number): Choose =>
  (candidates) => {
    router ??= new Router(seededRandom(seed));
    return router.choose(name, 'key', candidates)!.candidate;
  };
let router: Router | undefined;
beforeEach(() => (router = undefined));

/** Any of them, each as likely: what no strategy but `random` may be mistaken for. */
const impostor =
  (random: Random): Choose =>
  (candidates) =>
    candidates[Math.floor(random() * candidates.length)]!;

const fleet = (size: number, changes: (index: number) => Partial<Candidate> = () => ({})) =>
  Array.from({ length: size }, (_, index) => candidate(index, changes(index)));

function counts(choose: Choose, candidates: readonly Candidate[], rounds: number): number[] {
  const chosen = new Map<Candidate, number>();
  for (let round = 0; round < rounds; round += 1) {
    const one = choose(candidates);
    chosen.set(one, (chosen.get(one) ?? 0) + 1);
  }
  return candidates.map((each) => chosen.get(each) ?? 0);
}

/** In every one of many random scenes the choice is as good as the best. */
const alwaysBest =
  (scene: (random: Random) => Partial<Candidate>, badness: (candidate: Candidate) => number): Examination =>
  (choose, random) => {
    for (let round = 0; round < 200; round += 1) {
      const candidates = fleet(8, () => scene(random));
      const chosen = choose(candidates);
      if (badness(chosen) > Math.min(...candidates.map(badness))) return `not the best in round ${round}`;
    }
    return undefined;
  };

const proportionalTo =
  (weights: readonly number[]): Examination =>
  (choose) => {
    const rounds = 20_000;
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const observed = counts(
      choose,
      fleet(weights.length, (index) => ({ weight: weights[index]! })),
      rounds,
    );
    const expected = weights.map((weight) => (rounds * weight) / sum);
    const distance = chiSquared(observed, expected);
    return distance > chiSquaredLimit(weights.length) ? `chi-squared ${distance}: ${observed.join(' ')}` : undefined;
  };

const examinations: Record<Exclude<RoutingStrategyName, 'random'>, Examination> = {
  round_robin: (choose) => {
    for (const rounds of [7, 1_000, 1_003]) {
      const observed = counts(choose, fleet(10), rounds);
      if (Math.max(...observed) - Math.min(...observed) > 1) return `uneven: ${observed.join(' ')}`;
    }
    return undefined;
  },
  least_loaded: alwaysBest(
    (random) => ({ load: random(), running: Math.floor(random() * 10) }),
    ({ load, running, capacity }) => Math.max(load, running / capacity),
  ),
  first_available: alwaysBest(
    (random) => ({
      health: (['healthy', 'degraded', 'error'] as const)[Math.floor(random() * 3)]!,
      running: random() < 0.3 ? 10 : 0,
    }),
    ({ health, running, order }) =>
      (health === 'error' ? 3000 : running === 10 ? 2000 : health === 'degraded' ? 1000 : 0) + order,
  ),
  weighted: proportionalTo([1, 2, 3, 4, 10]),
  latency: (choose) => {
    const candidates = fleet(10, (index) => ({ latency_ms: index < 8 ? 100 + ((index * 37) % 80) : null }));
    const observed = counts(choose, candidates, 5_000);
    const known = candidates.map(({ latency_ms }) => latency_ms ?? Infinity);
    const quickest = observed[known.indexOf(Math.min(...known))]!;
    const tried = Math.min(observed[8]!, observed[9]!);
    if (quickest < 4_400 || quickest > 4_600) return `the quickest got ${quickest} of 5,000`;
    return tried < 180 ? `one that is not known got ${tried} of 5,000` : undefined;
  },
  trust: alwaysBest(
    (random) => ({ trust: random() < 0.2 ? null : random() }),
    ({ trust }) => 1 - (trust ?? 0.5),
  ),
  least_connections: (choose) => {
    const candidates = fleet(10).map((each) => ({ ...each }));
    for (let round = 0; round < 1_000; round += 1) {
      (choose(candidates) as { running: number }).running += 1;
      const running = candidates.map((each) => each.running);
      if (Math.max(...running) - Math.min(...running) > 1) return `uneven after ${round}: ${running.join(' ')}`;
    }
    return undefined;
  },
};

describe.each(Object.entries(examinations) as [Exclude<RoutingStrategyName, 'random'>, Examination][])(
  '%s',
  (name, examination) => {
    it('should choose as it says', () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        router = undefined;
        expect(examination(strategy(name, seed), seededRandom(seed + 100))).toBeUndefined();
      }
    });

    it('should not be mistaken for any agent at random (control)', () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        expect(examination(impostor(seededRandom(seed)), seededRandom(seed + 100))).toBeDefined();
      }
    });
  },
);

describe('random', () => {
  const uniform = proportionalTo(Array<number>(20).fill(1));

  it('should give all the same chance, whatever else is true of them', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      router = undefined;
      expect(uniform(strategy('random', seed), seededRandom(seed))).toBeUndefined();
    }
  });

  it('should not remember its last choice', () => {
    const choose = strategy('random', 9);
    const candidates = fleet(4);
    const pairs = Array<number>(16).fill(0);
    let last = choose(candidates).order;
    for (let round = 0; round < 16_000; round += 1) {
      const next = choose(candidates).order;
      pairs[last * 4 + next]! += 1;
      last = next;
    }
    expect(chiSquared(pairs, Array<number>(16).fill(1_000))).toBeLessThan(chiSquaredLimit(16));
  });

  it('should not be mistaken for one that favours a few a little (control)', () => {
    const random = seededRandom(1);
    const biased: Choose = (candidates) => candidates[Math.floor(random() ** 1.1 * candidates.length)]!;
    expect(uniform(biased, random)).toBeDefined();
  });
});

describe('every strategy', () => {
  const names = Object.keys(STRATEGIES) as RoutingStrategyName[];

  it.each(names)('%s should take an agent in error only where there is no other', (name) => {
    const choose = strategy(name, 1);
    const broken = candidate(0, { health: 'error', latency_ms: 1, trust: 1 });
    const sound = candidate(1, { latency_ms: 50, trust: 0.1, load: 0.9, running: 9 });
    for (let round = 0; round < 100; round += 1) expect(choose([broken, sound])).toBe(sound);
    expect(choose([broken])).toBe(broken);
  });

  it.each(names.filter((name) => !['random', 'weighted', 'first_available'].includes(name)))(
    '%s should take equals in turn',
    (name) => {
      const observed = counts(strategy(name, 1), fleet(7), 700);
      // Where some are tried at random, nearly.
      const slack = STRATEGIES[name].trials === undefined ? 0 : 50;
      for (const count of observed) expect(Math.abs(count - 100)).toBeLessThanOrEqual(slack);
    },
  );

  it.each(names)('%s should give finite scores, best first, and no agent twice', (name) => {
    const random = seededRandom(5);
    const candidates = fleet(50, (index) => ({
      load: random(),
      running: index % 7,
      weight: index % 5,
      latency_ms: index % 3 === 0 ? null : 1000 * random(),
      trust: random(),
    }));
    for (let round = 0; round < 50; round += 1) {
      const ranking = new Router(random).rank(name, 'key', candidates, 20);
      expect(ranking).toHaveLength(20);
      expect(new Set(ranking.map((ranked) => ranked.candidate)).size).toBe(20);
      for (const { score } of ranking) expect(Number.isFinite(score)).toBe(true);
      if (STRATEGIES[name].trials !== undefined) continue;
      const scores = ranking.map(({ score }) => (STRATEGIES[name].best === 'lowest' ? score : -score));
      expect(scores).toEqual([...scores].sort((a, b) => a - b));
    }
  });

  it.each(names)('%s should find nobody among nobody', (name) => {
    expect(new Router().rank(name, 'key', [], 5)).toEqual([]);
  });
});

it('weighted should never choose one of no weight', () => {
  const choose = strategy('weighted', 1);
  const candidates = [candidate(0, { weight: 0 }), candidate(1, { weight: 0.001 })];
  for (let round = 0; round < 100; round += 1) expect(choose(candidates).order).toBe(1);
  expect(new Router().choose('weighted', 'key', [candidates[0]!])).toBeUndefined();
});
