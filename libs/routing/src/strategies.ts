import type { RoutingStrategyName } from '@ao/contracts';
import type { Candidate, Random, RoutingStrategy } from './routing.strategy';

/** What an agent counts as before anything is known of its reliability: what the formula gives for no outcomes. */
const UNPROVEN = 0.5;
const LATENCY_TRIALS = 0.1;

/** Agents that report an error come last, whatever the strategy. */
const unlessBroken = ({ health }: Candidate): number => (health === 'error' ? 3 : 0);

/**
 * The waiting time for the next arrival at a rate: the first of several to arrive is each of them with probability
 * proportional to its rate, and the order of arrival is a draw without replacement.
 */
const arrival = (rate: number, random: Random): number => -Math.log(1 - random()) / rate;

/** The cycle itself is the rule for equals: here all are. */
export const roundRobin: RoutingStrategy = {
  name: 'round_robin',
  best: 'lowest',
  score: () => 0,
  tier: unlessBroken,
};

/** By its own word or by our count, whichever says more. */
export const leastLoaded: RoutingStrategy = {
  name: 'least_loaded',
  best: 'lowest',
  score: ({ load, running, capacity }) => Math.max(load, capacity > 0 ? running / capacity : 1),
  tier: unlessBroken,
};

export const random: RoutingStrategy = {
  name: 'random',
  best: 'lowest',
  score: (_candidate, next) => arrival(1, next),
  tier: unlessBroken,
  lots: true,
};

/** The one registered first that is healthy and not full; if there is none, first a degraded one, then a full one. */
export const firstAvailable: RoutingStrategy = {
  name: 'first_available',
  best: 'lowest',
  score: ({ order }) => order,
  tier: ({ health, running, capacity }) =>
    health === 'error' ? 3 : running >= capacity ? 2 : health === 'degraded' ? 1 : 0,
};

export const weighted: RoutingStrategy = {
  name: 'weighted',
  best: 'lowest',
  score: ({ weight }, next) => (weight > 0 ? arrival(weight, next) : undefined),
  tier: unlessBroken,
  lots: true,
};

/** The quickest by what was learned; those not known yet after those known, but for the trials. */
export const latency: RoutingStrategy = {
  name: 'latency',
  best: 'lowest',
  score: ({ latency_ms }) => latency_ms ?? 0,
  tier: (candidate) => unlessBroken(candidate) || (candidate.latency_ms === null ? 1 : 0),
  trials: LATENCY_TRIALS,
};

export const trust: RoutingStrategy = {
  name: 'trust',
  best: 'highest',
  score: ({ trust: learned }) => learned ?? UNPROVEN,
  tier: unlessBroken,
};

/** The one with the least to do. */
export const leastConnections: RoutingStrategy = {
  name: 'least_connections',
  best: 'lowest',
  score: ({ running }) => running,
  tier: unlessBroken,
};

export const STRATEGIES: Readonly<Record<RoutingStrategyName, RoutingStrategy>> = {
  round_robin: roundRobin,
  least_loaded: leastLoaded,
  random,
  first_available: firstAvailable,
  weighted,
  latency,
  trust,
  least_connections: leastConnections,
};
