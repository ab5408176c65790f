import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { SystemHealth } from '../../health/system.health';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { forbidden } from '../../http/problem';
import { presentHealth, presentLiveness } from './health.presenter';
import { SystemHealthShownDto } from './health.schemas';

const PERMISSION = 'tasks:read';

/** Row 25: how the whole is, for anyone; how its parts are, for those who show who they are. */
@ApiTags('operations')
@Controller('v1/health')
export class OperationsHealthController {
  constructor(private readonly health: SystemHealth) {}

  @Get()
  @Access('public', 'credential_optional')
  @ApiOkResponse({ type: SystemHealthShownDto })
  @ApiServiceUnavailableResponse({ type: SystemHealthShownDto, description: 'The same with the status unhealthy' })
  async show(@CurrentCall() { principal, reply }: Call): Promise<SystemHealthShownDto> {
    const isNobody = principal.kind === 'anonymous';
    if (!isNobody && !principal.permissions.has(PERMISSION)) throw forbidden(PERMISSION);
    const report = await this.health.now();
    if (report.status === 'unhealthy') reply.code(503);
    return isNobody ? presentLiveness(report) : presentHealth(report);
  }
}
