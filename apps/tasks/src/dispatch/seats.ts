import { registeredBefore } from '@ao/routing';
import type { Agent, AgentOffer, Lane, Seat } from './lane';

export function newAgent(offer: AgentOffer): Agent {
  return {
    agent_id: offer.agent_id,
    offer,
    ...offer.routing,
    running: 0,
    capacity: 0,
    open_leases: 0,
    score: 0,
    tier: 0,
    value: 0,
    chosen: 0,
    seats: [],
  };
}

/** The one order of all strategies; equals by the longest not chosen, those never chosen as they registered. */
export function isBetter({ agent: a }: Seat, { agent: b }: Seat): boolean {
  if (a.offer.connected !== b.offer.connected) return a.offer.connected;
  if (a.tier !== b.tier) return a.tier < b.tier;
  if (a.value !== b.value) return a.value < b.value;
  return a.chosen === b.chosen ? registeredBefore(a, b) : a.chosen < b.chosen;
}

/** The best of all lanes: the first `count` are among the first `count` of the `count` lanes with the best heads. */
export function bestSeats(lanes: Iterable<Lane>, count: number): Seat[] {
  const heads: Seat[] = [];
  for (const lane of lanes) {
    const head = lane.free.peek();
    if (head) heads.push(head);
  }
  const order = (a: Seat, b: Seat) => (isBetter(a, b) ? -1 : 1);
  if (heads.length > 1) heads.sort(order);
  const seats = heads.slice(0, count).flatMap((head) => head.lane.free.first(count));
  return seats.sort(order).slice(0, count);
}
