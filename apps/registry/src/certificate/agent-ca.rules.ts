import { CERTIFICATE_SECONDS } from '@ao/contracts';
import { derivedId } from '@ao/kernel';

/** A successor is made when its predecessor has so much left. */
export const SUCCEED_WITHIN_MS = 365 * 24 * 3_600_000;
/** A new authority signs for agents once every gateway has had the time to hear of it. */
export const AGENTS_SETTLE_MS = 5_000;
/** And for gateways once every agent has had its certificate renewed, which brought it the bundle; an hour for those who were late. */
export const GATEWAYS_SETTLE_MS = (CERTIFICATE_SECONDS + 3_600) * 1000;

/** What the rules know an authority by. Unix milliseconds. */
export interface Lifespan {
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Numbered extends Lifespan {
  readonly number: number;
}

/** The id of the authority of a number, from 1: derived, so that replicas which want the same one make it once. */
export const agentCaId = (number: number) => derivedId('agent-ca', number);

/** Those that have not ended. Oldest first, as they come in. */
export const liveAuthorities = <A extends Lifespan>(all: readonly A[], now: number): A[] =>
  all.filter(({ expiresAt }) => expiresAt > now);

/** The newest that has been there for `settleMs`; while there is none, the oldest that lives. */
export function authorityThatSigns<A extends Lifespan>(
  all: readonly A[],
  now: number,
  settleMs: number,
): A | undefined {
  const live = liveAuthorities(all, now);
  return live.findLast(({ createdAt }) => now - createdAt >= settleMs) ?? live[0];
}

/** Whether the newest ends so soon that the next must be made. */
export const needsSuccessor = ({ expiresAt }: Pick<Lifespan, 'expiresAt'>, now: number) =>
  expiresAt - now < SUCCEED_WITHIN_MS;

/** Whether every agent knows it by now. The first is known to all: nobody enrolled before it was there. */
export const isSettled = ({ number, createdAt }: Numbered, now: number) =>
  number === 1 || now - createdAt >= GATEWAYS_SETTLE_MS;
