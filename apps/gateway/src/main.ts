import { bootService } from '@ao/platform';
import { gatewayConfig, whyConfigIsUnsafe } from './gateway.config';
import { gatewayHttp } from './gateway.http';
import { GatewayHttpModule, GatewayModule } from './gateway.module';
import { ProjectionsModule } from './projections/projections.module';

const modules = { http: GatewayHttpModule, projections: ProjectionsModule, all: GatewayModule } as const;

// Which modules there are must be known before the environment is checked; the check then refuses any other word.
const asked = process.env['GATEWAY_ROLE'];
const role = asked === 'http' || asked === 'projections' ? asked : 'all';

void bootService({
  service: 'gateway',
  module: modules[role],
  config: gatewayConfig,
  refuse: whyConfigIsUnsafe,
  ...(role !== 'projections' && { http: gatewayHttp() }),
});
