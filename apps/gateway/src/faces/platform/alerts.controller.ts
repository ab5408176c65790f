import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { ALERTS } from '../../projections/alerts/alert.projection';
import { AlertQueries } from '../../projections/alerts/alert.queries';
import { Freshness } from '../../projections/moment';
import { presentAlert } from './alert.presenter';
import { AlertListQueryDto, AlertQueryDto, ShownAlertDto } from './alert.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';

const WHAT = 'Alert';

/** What is the matter with the installation itself. */
@ApiTags('system')
@Controller('api/v1/system/alerts')
export class AlertsController {
  constructor(
    private readonly alerts: AlertQueries,
    private readonly freshness: Freshness,
  ) {}

  /** Those raised last first. */
  @Get()
  @Access('alerts:read')
  @ApiOkResponse({ type: [ShownAlertDto] })
  async list(@CurrentCall() call: Call, @Query() query: AlertListQueryDto): Promise<ShownAlertDto[]> {
    await this.freshness.seen(ALERTS, query.at_least);
    const { status, kind, severity, limit, offset } = query;
    const { alerts, total } = await this.alerts.list({ status, kind, severity, limit, offset });
    announcePage(call, { total, limit, offset });
    return alerts.map(presentAlert);
  }

  @Get(':id')
  @Access('alerts:read')
  @ApiOkResponse({ type: ShownAlertDto })
  async show(@Param('id') param: string, @Query() { at_least }: AlertQueryDto): Promise<ShownAlertDto> {
    const id = pathId(param, WHAT);
    await this.freshness.seen(ALERTS, at_least);
    const alert = await this.alerts.find(id);
    if (!alert) throw notFound(WHAT);
    return presentAlert(alert);
  }
}
