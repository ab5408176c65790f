import { Catch, UseFilters, applyDecorators, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { of, type Observable } from 'rxjs';
import type { DataOf, RequestContract, ResultOf } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import type { CommandMetadata, Rejection } from '@ao/kernel';

/** What the transport finds on a handler in Nest's `extras`. */
export interface HandlerExtras {
  readonly contract: RequestContract;
}

/** A handler's exception on its way to the transport, which alone knows how to answer it. */
export class HandlerFailure {
  constructor(readonly error: unknown) {}
}

/** Keeps Nest's own filter from turning every exception into the same text. */
@Catch()
export class HandlerFailureFilter implements RpcExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<unknown> {
    return of(new HandlerFailure(error));
  }
}

/** What the handler of a command gives. */
export type Answer<C extends RequestContract> = Promise<CommandResult<ResultOf<C>>>;

type Method<C extends RequestContract, Result> = <
  M extends (data: DataOf<C>, metadata: CommandMetadata) => Promise<Result>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Answers a command: the method gets the data as the contract's schema gives it and the sender's metadata, and returns
 * what the command shell returned (or `done(...)`, or a rejection).
 */
export function CommandHandler<C extends RequestContract>(contract: C): Method<C, CommandResult<ResultOf<C>>> {
  return handlerOf(contract);
}

/** Answers a query: the method returns the result itself, or `done(result, position)`, or a rejection. */
export function QueryHandler<C extends RequestContract>(
  contract: C,
): Method<C, ResultOf<C> | CommandResult<ResultOf<C>> | Rejection> {
  return handlerOf(contract);
}

function handlerOf(contract: RequestContract): MethodDecorator {
  return applyDecorators(
    MessagePattern(contract.name, { contract } satisfies HandlerExtras),
    UseFilters(HandlerFailureFilter),
    // Nest hands over the payload alone unless told where the rest goes.
    ((target: object, key: string | symbol) => {
      Payload()(target, key, 0);
      Ctx()(target, key, 1);
    }) as MethodDecorator,
  ) as MethodDecorator;
}

/** The success of a command that appended nothing itself; `position` is what the answer is as of. */
export function done<Result>(result: Result, position = 0): CommandResult<Result> {
  return { kind: 'done', result, position };
}
