import { ROLE_PERMISSIONS } from '@ao/contracts';
import { bootService } from '@ao/platform';
import { DOOR } from '../apps/gateway/src/access/door.provider';
import { gatewayConfig } from '../apps/gateway/src/gateway.config';
import { gatewayHttp } from '../apps/gateway/src/gateway.http';
import { GatewayHttpModule } from '../apps/gateway/src/gateway.module';
import type { Principal } from '../apps/gateway/src/http/principal';

/**
 * The gateway as it is, with authentication off: whoever shows whatever is the same one, and nobody is looked up. With
 * BENCH_LIMITS=off nothing is counted either. What both cost is measured against this.
 */
const EVERYBODY: Principal = {
  kind: 'bootstrap',
  actor: { type: 'operator', id: 'everybody' },
  permissions: ROLE_PERMISSIONS.admin,
};

const http = gatewayHttp();

void bootService({
  service: 'gateway',
  module: GatewayHttpModule,
  config: gatewayConfig,
  http: {
    ...http,
    configure(app, config) {
      const door = app.get<Record<string, unknown>>(DOOR);
      Object.assign(door, { resolver: { resolve: () => EVERYBODY, prove: () => () => EVERYBODY } });
      if (process.env.BENCH_LIMITS === 'off') Object.assign(door, { limiter: undefined });
      http.configure?.(app, config);
    },
  },
});
