import { bootService } from '@ao/platform';
import { Controller, Get, Module } from '@nestjs/common';
import { Access } from '../apps/gateway/src/http/access';
import { gatewayConfig } from '../apps/gateway/src/gateway.config';
import { gatewayHttp } from '../apps/gateway/src/gateway.http';
import { GatewayModule } from '../apps/gateway/src/gateway.module';
import { capabilityMetadata, capabilityName } from './fleet.words';

/** As many agents as discovery names where no limit is asked for. */
const AGENTS = 20;

/** The gateway as it is, and one more route that answers a constant of the shape of the agents of a capability. */
const CONSTANT = {
  data: {
    agents: Array.from({ length: AGENTS }, (_, number) => ({
      agent_id: `fleet-${String(number).padStart(6, '0')}`,
      capability: capabilityName(number),
      metadata: capabilityMetadata(number),
      load: 0.5,
      health: 'healthy',
      last_heartbeat: new Date().toISOString(),
    })),
    strategy: 'round_robin',
  },
};

@Controller('api/v1/bench')
class ConstantController {
  @Get('constant')
  @Access('agents:read')
  constant(): object {
    return CONSTANT;
  }
}

@Module({ imports: [GatewayModule], controllers: [ConstantController] })
class GatewayWithConstantModule {}

void bootService({
  service: 'gateway',
  module: GatewayWithConstantModule,
  config: gatewayConfig,
  http: gatewayHttp(),
});
