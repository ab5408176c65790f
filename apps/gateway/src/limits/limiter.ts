import type { FastifyRequest } from 'fastify';
import type { Call } from '../http/call';
import { Problem } from '../http/problem';
import type { Budgets } from './budgets';
import { claimsOf, type ClaimRules } from './claims';

/** Asked once per request that is served, as soon as it is known who calls. */
export interface Limiter {
  /**
   * Counts the request and puts `X-RateLimit-*` on its answer. Asks nobody: what it knows is in memory.
   * @throws Problem 429 `rate_limited`
   */
  judge(call: Pick<Call, 'principal' | 'address' | 'reply'>, request: FastifyRequest): void;
}

/** Injection token of the `Limiter`; without one nothing is limited. */
export const LIMITER = Symbol('LIMITER');

export function createLimiter(budgets: Budgets, rules: ClaimRules): Limiter {
  return {
    judge(call, request) {
      const { principal, address, reply } = call;
      const permission = request.routeOptions.config.access?.permission;
      const verdict = budgets.judge(claimsOf({ principal, address, permission, agentId: agentIdOf(request) }, rules));
      reply.header('x-ratelimit-limit', verdict.limit);
      reply.header('x-ratelimit-remaining', verdict.remaining);
      reply.header('x-ratelimit-reset', verdict.resetsAt);
      if (verdict.passes) return;
      const seconds = verdict.retryAfterSeconds;
      throw new Problem(429, 'rate_limited', `Too many requests: try again in ${seconds} s`, {
        headers: { 'retry-after': String(seconds) },
      });
    },
  };
}

/** The routes of agents name it `id` or, in the coordinator's document, `agent_id`. */
function agentIdOf({ params }: FastifyRequest): string | undefined {
  const { agent_id, id } = (params ?? {}) as Readonly<Record<string, string | undefined>>;
  return agent_id ?? id;
}
