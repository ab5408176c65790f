import type { Actor } from '@ao/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from './principal';

/** On whose behalf, and in whose course, something is asked: what commands and queries are marked with. */
export interface Caller {
  readonly actor: Actor;
  /** One id for everything that one request from outside set in motion. */
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent?: string;
  /** Present when the caller sent an Idempotency-Key: the command id derived from it. */
  readonly idempotentCommandId?: string;
}

/** What every HTTP request carries from its first hook on. Its correlation id is the request's id too. */
export interface Call extends Caller {
  readonly principal: Principal;
  /** Where it calls from: an IP address in clear, for what identity seals; never for a log or an event. */
  readonly address: string;
  /** `Prefer: respond-async`: do not wait until the read models show the write. */
  readonly respondAsync: boolean;
  readonly reply: FastifyReply;
}

declare module 'fastify' {
  interface FastifyRequest {
    call: Call;
  }
}

/** The call of the present request, as a parameter of a route. */
export const CurrentCall = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Call => context.switchToHttp().getRequest<FastifyRequest>().call,
);
