import type { Clock } from '@ao/kernel';
import { CLOCK, CONFIG, LOGGER, POOL, type Logger } from '@ao/platform';
import type { FactoryProvider } from '@nestjs/common';
import type { Pool } from 'pg';
import { Authentication } from '../access/authentication';
import type { GatewayConfig } from '../gateway.config';
import { Budgets } from './budgets';
import { perMinute } from './claims';
import { PostgresLeaseStore } from './lease-store';
import { LIMITER, createLimiter, type Limiter } from './limiter';

export const limiterProvider: FactoryProvider<Limiter> = {
  provide: LIMITER,
  inject: [Authentication, POOL, CLOCK, CONFIG, LOGGER],
  useFactory: (authentication: Authentication, pool: Pool, clock: Clock, config: GatewayConfig, logger: Logger) => {
    const budgets = new Budgets({
      ...{ store: new PostgresLeaseStore(pool), clock },
      onError: (error) => logger.warn({ err: error }, 'rate limits go on without the other replicas'),
    });
    return createLimiter(budgets, {
      usual: () => {
        const { settings } = authentication.view;
        return {
          requests_per_hour: settings['rate_limits.requests_per_hour'],
          requests_per_minute: settings['rate_limits.requests_per_minute'],
        };
      },
      bootstrap: perMinute(config.BOOTSTRAP_RATE_PER_MINUTE),
      address: perMinute(config.ADDRESS_RATE_PER_MINUTE),
      // All replicas have it, and nobody else.
      addressKey: config.BOOTSTRAP_API_KEY,
    });
  },
};
