import type { Clock } from '@ao/kernel';
import { CLOCK, CONFIG } from '@ao/platform';
import type { FactoryProvider } from '@nestjs/common';
import type { GatewayConfig } from '../gateway.config';
import { LIMITER, type Limiter } from '../limits/limiter';
import { ApiKeyUsage } from '../projections/api-keys/api-key.usage';
import { AccessTokenSource } from './access-token.source';
import { apiKeySource } from './api-key.source';
import { Authentication } from './authentication';
import { bootstrapKeySource } from './bootstrap-key.source';
import { clientAddress } from './client-address';
import { ClientCertificates } from './client-certificates';
import type { Door } from './door';
import { Refusals } from './refusals';
import { PrincipalResolver } from './resolver';

/** Injection token of the `Door`. */
export const DOOR = Symbol('DOOR');

/** The kinds of credentials there are, in the order in which their forms are looked at: further kinds are further lines. */
export const doorProvider: FactoryProvider<Door> = {
  provide: DOOR,
  inject: [
    Authentication,
    ClientCertificates,
    Refusals,
    ApiKeyUsage,
    CLOCK,
    CONFIG,
    { token: LIMITER, optional: true },
  ],
  useFactory: (
    authentication: Authentication,
    certificates: ClientCertificates,
    refusals: Refusals,
    usage: ApiKeyUsage,
    clock: Clock,
    config: GatewayConfig,
    limiter?: Limiter,
  ) => ({
    addressOf: clientAddress(config.TRUSTED_PROXIES),
    authentication,
    certificates,
    resolver: new PrincipalResolver([
      bootstrapKeySource(config.BOOTSTRAP_API_KEY),
      apiKeySource(authentication, clock, (id) => usage.used(id)),
      new AccessTokenSource(authentication, clock),
    ]),
    refused: (refused) => refusals.record(refused),
    ...(limiter && { limiter }),
  }),
};
