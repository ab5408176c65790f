import type { Clock } from '@ao/kernel';
import { CLOCK } from '@ao/platform';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access';
import { METRICS_MODEL } from '../../projections/metrics/metric.projection';
import { MetricQueries, stretchOf } from '../../projections/metrics/metric.queries';
import { METRIC_NAMES, seriesOf } from '../../projections/metrics/metric.series';
import { Freshness } from '../../projections/moment';
import { MetricsDto, MetricsQueryDto } from './metric.schemas';

/** Row 26: how it went, step by step. What Prometheus scrapes is `/metrics`. */
@ApiTags('operations')
@Controller('v1/metrics')
export class OperationsMetricsController {
  constructor(
    private readonly metrics: MetricQueries,
    private readonly freshness: Freshness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('tasks:read')
  @ApiOkResponse({ type: MetricsDto })
  async show(@Query() { period, metric, at_least }: MetricsQueryDto): Promise<MetricsDto> {
    await this.freshness.seen(METRICS_MODEL, at_least);
    const stretch = stretchOf(period, this.clock.now());
    const series = seriesOf(metric ?? METRIC_NAMES, await this.metrics.sums(period, stretch), stretch);
    const { stepSeconds: interval_seconds } = stretch;
    return { data: { period, interval_seconds, metrics: Object.fromEntries(series) as MetricsDto['data']['metrics'] } };
  }
}
