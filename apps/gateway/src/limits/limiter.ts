import type { FastifyRequest } from 'fastify';
import type { Call } from '../http/call';

/** Asked once per request that is served, as soon as it is known who calls. */
export interface Limiter {
  /**
   * Counts the request and sets the headers that tell how much is left.
   * @throws Problem 429 with Retry-After when nothing is
   */
  judge(call: Call, request: FastifyRequest): void;
}

/** Injection token of the `Limiter`; without one nothing is limited. */
export const LIMITER = Symbol('LIMITER');
