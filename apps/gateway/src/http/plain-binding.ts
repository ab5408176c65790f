import { AsyncResource } from 'node:async_hooks';

type Any = (this: unknown, ...args: unknown[]) => unknown;

/**
 * What Node binds to an async resource gets two accessors that nobody uses (DEP0172), made anew each time. What V8 makes for
 * them is old from the start and holds the function, so that all it reaches outlives its use: Fastify binds one for each body
 * it reads, and so every such request, a good 15 kB, was copied twice and then waited for a full collection. From here on a
 * bound function is a function.
 */
export function bindPlainly(): void {
  if (!('asyncResource' in AsyncResource.bind(() => undefined))) return;
  AsyncResource.prototype.bind = function <Func>(this: AsyncResource, fn: Func, thisArg?: unknown): Func {
    const run = (receiver: unknown, args: unknown[]) => this.runInAsyncScope(fn as Any, receiver, ...args);
    const bound: Any = function (...args) {
      return run(thisArg === undefined ? this : thisArg, args);
    };
    return bound as Func;
  };
}
