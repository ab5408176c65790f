import type { FactoryProvider, InjectionToken } from '@nestjs/common';

/** A provider made by a plain function of others: the classes of this app know nothing of Nest. */
export function made<Arguments extends unknown[]>(
  provide: InjectionToken,
  inject: InjectionToken[],
  useFactory: (...made: Arguments) => unknown,
): FactoryProvider {
  return { provide, inject, useFactory: useFactory as FactoryProvider['useFactory'] };
}
