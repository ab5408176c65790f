import type { RoutingStrategyName } from '@ao/contracts';
import { rank, type Ranked, type Turn } from './rank';
import type { Candidate, Random } from './routing.strategy';
import { STRATEGIES } from './strategies';

/** Cycles that are remembered; the one used longest ago is forgotten first and starts again. */
const CYCLES_KEPT = 10_000;

/**
 * Chooses agents and remembers whose turn it is, by strategy and key: what the candidates have in common (a capability,
 * a group). Each process has one, and rotates for itself.
 */
export class Router {
  private readonly turns = new Map<string, Turn>();

  constructor(
    private readonly random: Random = Math.random,
    private readonly cyclesKept = CYCLES_KEPT,
  ) {}

  /** The one to go to. */
  choose<C extends Candidate>(
    strategy: RoutingStrategyName,
    key: string,
    candidates: Iterable<C>,
  ): Ranked<C> | undefined {
    return this.rank(strategy, key, candidates, 1)[0];
  }

  /** Best first, at most `limit`; the first of them counts as chosen. */
  rank<C extends Candidate>(
    strategy: RoutingStrategyName,
    key: string,
    candidates: Iterable<C>,
    limit: number,
  ): Ranked<C>[] {
    const cycle = `${strategy} ${key}`;
    const ranking = rank(STRATEGIES[strategy], candidates, { random: this.random, last: this.turns.get(cycle) }, limit);
    const chosen = ranking[0]?.candidate;
    if (chosen) this.remember(cycle, { order: chosen.order, agent_id: chosen.agent_id });
    return ranking;
  }

  private remember(cycle: string, turn: Turn): void {
    this.turns.delete(cycle);
    this.turns.set(cycle, turn);
    if (this.turns.size <= this.cyclesKept) return;
    for (const oldest of this.turns.keys()) {
      this.turns.delete(oldest);
      return;
    }
  }
}
