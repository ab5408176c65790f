import { rank, type Candidate, type Random, type RoutingStrategy } from '@ao/routing';

type Drawable = Candidate & { readonly offer: { readonly connected: boolean } };

/** Free agents, as far as drawing among them goes. The first of them is of the best kind that there is. */
interface Urn<A> {
  readonly size: number;
  at(place: number): { readonly agent: A } | undefined;
}

export interface Drawn {
  readonly agent_id: string;
  readonly score: number;
}

/**
 * Where a choice needs more than the best, it looks at no more than this many free agents: at all of them, or else at as
 * many at random, so that a choice among 100,000 costs what one among 200 does.
 */
const MOST_CONSIDERED = 200;

/** Lots for the agents of the best kind, the best first. */
export function drawLots<A extends Drawable>(
  strategy: RoutingStrategy,
  urns: Iterable<Urn<A>>,
  random: Random,
  limit: number,
): Drawn[] {
  const drawn = new Map<string, Drawn>();
  // An agent that a sample has twice has two lots, and counts once.
  for (const { candidate, score } of rank(strategy, considered(urns, random), { random }, 2 * limit)) {
    const { agent_id } = candidate;
    if (!drawn.has(agent_id)) drawn.set(agent_id, { agent_id, score });
    if (drawn.size === limit) break;
  }
  return [...drawn.values()];
}

/** One of those of whom nothing is known, if there are any, or else of all, each as likely as the others. */
export function onTrial<A extends Drawable>(urns: Iterable<Urn<A>>, random: Random): A {
  const agents = considered(urns, random);
  const unknown = agents.filter(({ latency_ms }) => latency_ms === null);
  const among = unknown.length > 0 ? unknown : agents;
  return among[Math.floor(random() * among.length)]!;
}

/** With a socket before those that poll, sound before those in error. */
function kindOf({ offer, health }: Drawable): number {
  return (offer.connected ? 0 : 2) + (health === 'error' ? 1 : 0);
}

function considered<A extends Drawable>(from: Iterable<Urn<A>>, random: Random): A[] {
  const urns = [...from];
  const firsts = urns.map((urn) => urn.at(0)!.agent);
  const best = Math.min(...firsts.map(kindOf));
  const total = urns.reduce((sum, { size }) => sum + size, 0);
  const agents = total <= MOST_CONSIDERED ? everyone(urns) : sample(urns, total, random);
  const ofBest = agents.filter((agent) => kindOf(agent) === best);
  return ofBest.length > 0 ? ofBest : firsts.filter((agent) => kindOf(agent) === best);
}

function everyone<A>(urns: readonly Urn<A>[]): A[] {
  return urns.flatMap((urn) => Array.from({ length: urn.size }, (_, place) => urn.at(place)!.agent));
}

/** All places, one urn after another, cut into stretches of equal length, and one out of each: all are as likely. */
function sample<A>(urns: readonly Urn<A>[], total: number, random: Random): A[] {
  const agents: A[] = [];
  let urn = 0;
  let before = 0;
  for (let index = 0; index < MOST_CONSIDERED; index += 1) {
    const place = Math.min(total - 1, Math.floor(((index + random()) * total) / MOST_CONSIDERED));
    for (; place >= before + urns[urn]!.size; urn += 1) before += urns[urn]!.size;
    agents.push(urns[urn]!.at(place - before)!.agent);
  }
  return agents;
}
