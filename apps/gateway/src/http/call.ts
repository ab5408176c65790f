import type { Actor } from '@ao/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** What every request carries from its first hook on: who calls, and what its commands will be marked with. */
export interface Call {
  readonly actor: Actor;
  /** Also the request's id: one id for everything that this request sets in motion. */
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent?: string;
  /** Present when the caller sent an Idempotency-Key: the command id derived from it. */
  readonly idempotentCommandId?: string;
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
