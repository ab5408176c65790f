import type { DeliveryTarget } from '@ao/contracts';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { ChannelQueries } from '../../projections/channels/channel.queries';
import { DeliveryDesk } from './delivery.desk';
import { DeliveriesQueryDto, DeliveryDetailsDto, DeliveryDto, RedeliveryDto } from './delivery.schemas';
import { notFound, pathId } from './path-id';

const WHAT = 'Channel';

/** What a channel was sent, and what became of it. */
@ApiTags('notifications')
@Controller('api/v1/notifications/channels/:id/deliveries')
export class ChannelDeliveriesController {
  constructor(
    private readonly deliveries: DeliveryDesk,
    private readonly channels: ChannelQueries,
  ) {}

  /** Newest first. */
  @Get()
  @Access('notifications:manage')
  @ApiOkResponse({ type: [DeliveryDto] })
  async list(
    @CurrentCall() call: Call,
    @Param('id') id: string,
    @Query() query: DeliveriesQueryDto,
  ): Promise<DeliveryDto[]> {
    return this.deliveries.list(call, await this.targetOf(id), query);
  }

  /** With every attempt that was made. */
  @Get(':delivery_id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: DeliveryDetailsDto })
  async show(
    @CurrentCall() call: Call,
    @Param('id') id: string,
    @Param('delivery_id') delivery_id: string,
  ): Promise<DeliveryDetailsDto> {
    return this.deliveries.show(call, await this.targetOf(id), delivery_id);
  }

  /** Once more from the first attempt on, under the same id; one that is pending is tried at once. */
  @Post(':delivery_id/redeliver')
  @HttpCode(202)
  @Access('notifications:manage')
  @ApiAcceptedResponse({ type: RedeliveryDto })
  async redeliver(
    @CurrentCall() call: Call,
    @Param('id') id: string,
    @Param('delivery_id') delivery_id: string,
  ): Promise<RedeliveryDto> {
    return this.deliveries.redeliver(call, await this.targetOf(id), delivery_id);
  }

  /** @throws Problem 404 for one that there is not (any more) */
  private async targetOf(param: string): Promise<DeliveryTarget> {
    const id = pathId(param, WHAT);
    if (!(await this.channels.fresh(id))) throw notFound(WHAT);
    return { kind: 'channel', id };
  }
}
