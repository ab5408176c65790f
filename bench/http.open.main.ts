import { ROLE_PERMISSIONS } from '@ao/contracts';
import { bootService } from '@ao/platform';
import { DOOR } from '../apps/gateway/src/access/door.provider';
import { gatewayConfig } from '../apps/gateway/src/gateway.config';
import { gatewayHttp } from '../apps/gateway/src/gateway.http';
import { GatewayHttpModule } from '../apps/gateway/src/gateway.module';
import type { Principal } from '../apps/gateway/src/http/principal';

/**
 * The gateway as it is, with authentication off: whoever shows whatever is the same one, nobody is looked up, nothing is
 * counted. What authentication costs is measured against this.
 */
const EVERYBODY: Principal = {
  kind: 'anonymous',
  actor: { type: 'anonymous', id: 'anonymous' },
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
      Object.assign(door, { resolver: { resolve: () => EVERYBODY, prove: () => () => EVERYBODY }, limiter: undefined });
      http.configure?.(app, config);
    },
  },
});
