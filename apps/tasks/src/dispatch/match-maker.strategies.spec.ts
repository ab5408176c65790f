import type { RoutingStrategyName } from '@ao/contracts';
import { STRATEGIES } from '@ao/routing';
import { chiSquared, chiSquaredLimit, seededRandom } from '@ao/routing/testing';
import type { AgentOffer } from './lane';
import { MatchMaker, type Match } from './match-maker';
import { next, readyTask } from './match-maker.testing';

type Changes = Partial<Omit<AgentOffer, 'routing'>> & { readonly routing?: Partial<AgentOffer['routing']> };

const offer = (number: number, { routing, ...changes }: Changes = {}): AgentOffer => ({
  agent_id: `agent-${String(number).padStart(5, '0')}`,
  agent_type: 'worker',
  // Two kinds of agents, so that a choice is among several lanes.
  capabilities: number % 2 === 0 ? ['read'] : ['read', 'write'],
  limit: 1_000_000,
  connected: true,
  reported: 0,
  routing: { load: 0, weight: 1, latency_ms: null, trust: null, health: 'healthy', order: number, ...routing },
  ...changes,
});

const fleet = (size: number, changes: (number: number) => Changes = () => ({})) =>
  Array.from({ length: size }, (_, number) => offer(number, changes(number)));

/** The assignments of that many tasks that any of the agents can do; their agents keep them, unless `ends`. */
function matches(name: RoutingStrategyName, offers: readonly AgentOffer[], tasks: number, ends = false): Match[] {
  const maker = new MatchMaker(STRATEGIES[name], seededRandom(7));
  for (const each of offers) maker.setAgent(each);
  return Array.from({ length: tasks }, (_, position) => {
    maker.add(readyTask(`${position}`, 40, position), { capabilities: ['read'] });
    const match = next(maker);
    if (!match) throw new Error('expected an agent for the task');
    if (ends) maker.release(match.agent_id);
    return match;
  });
}

function counts(made: readonly Match[], offers: readonly AgentOffer[]): number[] {
  const chosen = new Map<string, number>();
  for (const { agent_id } of made) chosen.set(agent_id, (chosen.get(agent_id) ?? 0) + 1);
  return offers.map(({ agent_id }) => chosen.get(agent_id) ?? 0);
}

const numbersOf = (made: readonly Match[]) => made.map(({ agent_id }) => Number(agent_id.slice(-5)));

describe('the agents that tasks go to', () => {
  it('round_robin: all in turn, whatever they have to do', () => {
    const offers = fleet(7, (number) => ({ reported: number * 3 }));
    expect(numbersOf(matches('round_robin', offers, 16))).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1]);
  });

  it('least_loaded: by the share of what they can do, or by their own word', () => {
    const offers = [offer(0, { limit: 10 }), offer(1, { limit: 20 }), offer(2, { limit: 10, routing: { load: 0.66 } })];
    expect(counts(matches('least_loaded', offers, 21), offers)).toEqual([7, 14, 0]);
    expect(counts(matches('least_loaded', offers, 22), offers)[2]).toBe(1);
  });

  it('first_available: the first until it is full, then the next', () => {
    const offers = fleet(3, () => ({ limit: 2 }));
    expect(numbersOf(matches('first_available', offers, 6))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(numbersOf(matches('first_available', offers, 6, true))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it.each([['random', 10] as const, ['random', 500] as const, ['weighted', 10] as const])(
    '%s: by lots, among %i',
    (name, size) => {
      const weight = (number: number) => (name === 'weighted' ? 1 + (number % 5) : 1);
      const offers = fleet(size, (number) => ({ routing: { weight: weight(number) } }));
      const rounds = 10 * size + 5_000;
      const sum = offers.reduce((total, each) => total + each.routing.weight, 0);
      const expected = offers.map((each) => (rounds * each.routing.weight) / sum);
      const observed = counts(matches(name, offers, rounds), offers);
      expect(chiSquared(observed, expected)).toBeLessThan(chiSquaredLimit(size));
      // What weights do is more than chance (control).
      if (name === 'weighted')
        expect(chiSquared(counts(matches('random', offers, rounds), offers), expected)).toBeGreaterThan(
          chiSquaredLimit(size),
        );
    },
  );

  it('weighted: nothing to those of no weight', () => {
    const maker = new MatchMaker(STRATEGIES.weighted);
    maker.setAgent(offer(0, { routing: { weight: 0 } }));
    maker.add(readyTask('1', 40, 1), { capabilities: [] });
    expect(next(maker)).toBeUndefined();
    maker.setAgent(offer(0, { routing: { weight: 0.5 } }));
    expect(next(maker)).toMatchObject({ agent_id: 'agent-00000', candidate_count: 1 });
  });

  it('latency: the quickest, and now and then one of whom nothing is known', () => {
    const offers = fleet(10, (number) => ({ routing: { latency_ms: number < 8 ? 800 - 100 * number : null } }));
    const observed = counts(matches('latency', offers, 5_000), offers);
    expect(observed.slice(0, 7)).toEqual(Array(7).fill(0));
    expect(Math.abs(observed[7]! - 4_500)).toBeLessThan(100);
    expect(Math.abs(observed[8]! - 250)).toBeLessThan(70);
    expect(Math.abs(observed[9]! - 250)).toBeLessThan(70);
  });

  it('latency: where all are known, any is measured again now and then', () => {
    const offers = fleet(10, (number) => ({ routing: { latency_ms: 100 + number } }));
    const observed = counts(matches('latency', offers, 5_000), offers);
    for (const count of observed.slice(1)) expect(Math.abs(count - 50)).toBeLessThan(30);
  });

  it('trust: the highest, those not known in the middle', () => {
    const offers = [offer(0, { routing: { trust: 0.4 } }), offer(1), offer(2, { routing: { trust: 0.9 }, limit: 2 })];
    expect(numbersOf(matches('trust', offers, 4))).toEqual([2, 2, 1, 1]);
  });

  it('least_connections: evenly', () => {
    const offers = fleet(7);
    const observed = counts(matches('least_connections', offers, 24), offers);
    expect(Math.max(...observed) - Math.min(...observed)).toBe(1);
  });
});

describe.each(Object.keys(STRATEGIES) as RoutingStrategyName[])('under %s', (name) => {
  it.each([30, 1_000])(
    'an assignment should name its agent first, and others that could have had it (of %i)',
    (size) => {
      const offers = fleet(size, (number) => ({
        limit: 40,
        reported: number % 5,
        routing: {
          load: (number % 9) / 10,
          weight: (number % 4) + 1,
          latency_ms: number % 3 === 0 ? null : number,
          trust: number % 7 === 0 ? null : (number % 7) / 7,
        },
      }));
      for (const { agent_id, candidates, candidate_count } of matches(name, offers, 200)) {
        expect(candidates).toHaveLength(3);
        expect(candidates[0]!.agent_id).toBe(agent_id);
        expect(new Set(candidates.map((each) => each.agent_id)).size).toBe(3);
        for (const { score } of candidates) expect(Number.isFinite(score)).toBe(true);
        expect(candidate_count).toBeLessThanOrEqual(size);
        const sign = STRATEGIES[name].best === 'lowest' ? 1 : -1;
        if (STRATEGIES[name].trials !== undefined) continue;
        const scores = candidates.map(({ score }) => sign * score);
        expect(scores).toEqual([...scores].sort((a, b) => a - b));
      }
    },
  );

  it('agents with a socket and in health should come before the others', () => {
    const offers = fleet(300, (number) => ({
      connected: number === 150 || number === 151,
      routing: { health: number === 150 ? 'error' : 'healthy' },
    }));
    expect(new Set(numbersOf(matches(name, offers, 20)))).toEqual(new Set([151]));
  });
});
