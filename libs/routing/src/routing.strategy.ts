import type { RoutingStrategyName } from '@ao/contracts';

/** An agent that could be chosen: all that strategies may go by. */
export interface Candidate {
  readonly agent_id: string;
  /** How busy it is by its own word, 0 to 1. */
  readonly load: number;
  /** What it has to do now: tasks, connections. */
  readonly running: number;
  /** How many of those it takes at once. */
  readonly capacity: number;
  /** Its share under `weighted`; with 0 it gets nothing there. */
  readonly weight: number;
  /** Learned; null: nothing is known yet. */
  readonly latency_ms: number | null;
  /** Learned, 0 to 1; null: nothing is known yet. */
  readonly trust: number | null;
  readonly health: 'healthy' | 'degraded' | 'error';
  /** Its place in the order of registration: any number that grows with it. */
  readonly order: number;
}

/** The next number of a source of randomness: 0 inclusive to 1 exclusive. */
export type Random = () => number;

/**
 * Which of several agents is chosen: of those in the lowest tier the one with the best score; equals in turn. A score
 * depends on nothing but the candidate (and the lot it draws), so that it may be kept until the candidate changes.
 */
export interface RoutingStrategy {
  readonly name: RoutingStrategyName;
  readonly best: 'lowest' | 'highest';
  /** What it goes by, a finite number; undefined: the candidate must not be chosen. */
  score(candidate: Candidate, random: Random): number | undefined;
  /** Candidates of a higher tier are chosen only where there is none of a lower one. */
  tier(candidate: Candidate): number;
  /**
   * The score is a lot: how long from now on, in no particular unit, until it is the candidate's turn. It has no memory,
   * so that the lots of those who were not drawn may be kept, counted from when they were made.
   */
  readonly lots?: true;
  /** The share of choices that go to a candidate of which nothing is known, or to any if all are known. */
  readonly trials?: number;
}
