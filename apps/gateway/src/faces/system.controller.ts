import { isoTime, type Clock } from '@ao/kernel';
import { CLOCK, HEALTH, METRICS, type Health } from '@ao/platform';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { createZodDto } from '../http/zod-dto';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { Authentication } from '../access/authentication';
import { Access } from '../http/access';
import { VERSION } from '../version';

export const HealthShown = z.object({
  /** `degraded`: it answers, and something it needs is missing for the moment. */
  status: z.enum(['healthy', 'degraded']),
  service: z.literal('agent-orchestration'),
  /** What its operators call it: the setting `general.installation_name`. */
  name: z.string(),
  version: z.string(),
  timestamp: z.iso.datetime(),
});
class HealthShownDto extends createZodDto(HealthShown) {}

/** Rows 11, 192, 193: how the whole is, for anyone who asks. What is missing is told on the internal port alone. */
@ApiTags('system')
@Controller()
export class SystemController {
  constructor(
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
    private readonly authentication: Authentication,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(['health', 'api/v1/health'])
  @Access('public')
  @ApiOkResponse({ type: HealthShownDto })
  async showHealth(): Promise<HealthShownDto> {
    const missing = await this.health.missing();
    return {
      status: Object.keys(missing).length === 0 ? 'healthy' : 'degraded',
      service: 'agent-orchestration',
      name: this.authentication.settings['general.installation_name'],
      version: VERSION,
      timestamp: isoTime(this.clock.now()),
    };
  }

  @Get(['metrics', 'api/v1/metrics'])
  @Access('public')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  showMetrics(): Promise<string> {
    return this.metrics.metrics();
  }
}
