import type { Candidate, Random, RoutingStrategy } from './routing.strategy';

/** Who was chosen last: the cycle of equals goes on behind it. */
export type Turn = Pick<Candidate, 'order' | 'agent_id'>;

export interface ChoiceContext {
  readonly random: Random;
  /** Of the last choice among candidates like these; absent: there was none. */
  readonly last?: Turn | undefined;
}

export interface Ranked<C extends Candidate = Candidate> {
  readonly candidate: C;
  /** What the strategy went by. Lower is better, except under `trust`. */
  readonly score: number;
}

interface Placed<C extends Candidate> extends Ranked<C> {
  readonly tier: number;
  /** The score, such that the lowest is the best. */
  readonly value: number;
  /** Not behind the last one chosen: its turn comes in the next round. */
  readonly passed: boolean;
}

/** The best of the candidates under the strategy. One pass. */
export function choose<C extends Candidate>(
  strategy: RoutingStrategy,
  candidates: Iterable<C>,
  context: ChoiceContext,
): Ranked<C> | undefined {
  return rank(strategy, candidates, context, 1)[0];
}

/**
 * The best `limit` of the candidates, best first. One pass that keeps no more than `limit` of them; each newcomer among
 * them costs a binary search, so that n candidates cost O(n + limit * log(n)) in an order that has nothing to do with
 * the strategy.
 */
export function rank<C extends Candidate>(
  strategy: RoutingStrategy,
  candidates: Iterable<C>,
  { random, last }: ChoiceContext,
  limit: number,
): Ranked<C>[] {
  if (limit < 1) return [];
  const best: Placed<C>[] = [];
  let worst: Placed<C> | undefined;
  const onTrial = strategy.trials !== undefined && random() < strategy.trials ? new Trial<C>(random) : undefined;
  for (const candidate of candidates) {
    const score = strategy.score(candidate, random);
    if (score === undefined) continue;
    const value = strategy.best === 'lowest' ? score : -score;
    const passed = last !== undefined && !registeredBefore(last, candidate);
    const tier = strategy.tier(candidate);
    // Most of a thousand end here, and none of them costs an object.
    if (worst && !onTrial && !isBefore(tier, value, passed, candidate, worst)) continue;
    const placed: Placed<C> = { candidate, score, value, tier, passed };
    onTrial?.consider(placed);
    if (worst && !comesBefore(placed, worst)) continue;
    if (worst) best.pop();
    best.splice(placeOf(placed, best), 0, placed);
    if (best.length === limit) worst = best[limit - 1];
  }
  const tried = onTrial?.pick;
  const ranking = tried ? [tried, ...best.filter((placed) => placed !== tried)].slice(0, limit) : best;
  return ranking.map(({ candidate, score }) => ({ candidate, score }));
}

/** One of those of whom nothing is known, if there are any, or else of all, each as likely as the others. */
class Trial<C extends Candidate> {
  private unknown = 0;
  private known = 0;
  private chosen: Placed<C> | undefined;

  constructor(private readonly random: Random) {}

  get pick(): Placed<C> | undefined {
    return this.chosen;
  }

  consider(placed: Placed<C>): void {
    if (placed.candidate.health === 'error') return;
    if (placed.candidate.latency_ms === null) {
      this.unknown += 1;
      if (this.random() < 1 / this.unknown) this.chosen = placed;
    } else if (this.unknown === 0) {
      this.known += 1;
      if (this.random() < 1 / this.known) this.chosen = placed;
    }
  }
}

function placeOf<C extends Candidate>(placed: Placed<C>, sorted: readonly Placed<C>[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comesBefore(placed, sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function comesBefore<C extends Candidate>(a: Placed<C>, b: Placed<C>): boolean {
  return isBefore(a.tier, a.value, a.passed, a.candidate, b);
}

/** The one order of all strategies: tier, score, turn. No two candidates are equal in it. */
function isBefore(tier: number, value: number, passed: boolean, candidate: Turn, b: Placed<Candidate>): boolean {
  if (tier !== b.tier) return tier < b.tier;
  if (value !== b.value) return value < b.value;
  if (passed !== b.passed) return b.passed;
  return registeredBefore(candidate, b.candidate);
}

/** In the order of registration, ids where that is the same. */
export function registeredBefore(a: Turn, b: Turn): boolean {
  return a.order === b.order ? a.agent_id < b.agent_id : a.order < b.order;
}
