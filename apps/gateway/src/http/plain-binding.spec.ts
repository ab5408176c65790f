import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { bindPlainly } from './plain-binding';

describe('functions bound to an async resource', () => {
  const original = Object.getOwnPropertyDescriptor(AsyncResource.prototype, 'bind')!;
  beforeEach(() => bindPlainly());
  afterEach(() => void Object.defineProperty(AsyncResource.prototype, 'bind', original));

  it('have no properties of their own', () => {
    expect(AsyncResource.bind(() => 1)).not.toHaveProperty('asyncResource');
    expect(new AsyncResource('test').bind(() => 1)).not.toHaveProperty('asyncResource');
  });

  it('run in the context of the resource, with the receiver and the arguments of the call', () => {
    const context = new AsyncLocalStorage<string>();
    const bound = context.run('of the resource', () =>
      new AsyncResource('test').bind(function (this: unknown, ...args: unknown[]) {
        return [context.getStore(), this, args];
      }),
    );
    const receiver = {};
    expect(context.run('of the caller', () => bound.call(receiver, 1, 'two'))).toEqual([
      'of the resource',
      receiver,
      [1, 'two'],
    ]);
  });

  it('keep a receiver that they were bound with', () => {
    const receiver = {};
    const bound = AsyncResource.bind(
      function (this: unknown, ...args: unknown[]) {
        return [this, args];
      },
      'test',
      receiver,
    );
    expect(bound.call({}, 1)).toEqual([receiver, [1]]);
  });
});
