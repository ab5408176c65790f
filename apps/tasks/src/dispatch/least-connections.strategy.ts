import type { RoutingStrategy } from './routing.strategy';

/** The agent with the least to do, by our count or by its own word, whichever is more. */
export const leastConnections: RoutingStrategy = {
  name: 'least_connections',
  score: ({ open_leases, reported }) => Math.max(open_leases, reported),
};
