import { getDelivery, listDeliveries, redeliver, type Delivery, type DeliveryTarget } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import type { CommandPath } from '../../commands/command-path';
import type { Call } from '../../http/call';
import type { Problem } from '../../http/problem';
import type { DeliveriesQueryDto, DeliveryDetailsDto, DeliveryDto, RedeliveryDto } from './delivery.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';

const DELIVERY = ['Delivery', '/path/delivery_id'] as const;
const OPTIONS = {
  refusal: ({ rejection }: Rejection): Problem | undefined =>
    rejection === 'not_found' ? notFound(...DELIVERY) : undefined,
};

/** What a webhook or a channel was sent, and what became of it. */
export class DeliveryDesk {
  constructor(private readonly commands: CommandPath) {}

  /** Newest first. */
  async list(call: Call, target: DeliveryTarget, query: DeliveriesQueryDto): Promise<DeliveryDto[]> {
    const { deliveries, total } = await this.commands.query(call, listDeliveries, { target, ...query });
    announcePage(call, { total, limit: query.limit, offset: query.offset });
    return deliveries.map(presentDelivery);
  }

  /** With every attempt that was made. */
  async show(call: Call, target: DeliveryTarget, param: string): Promise<DeliveryDetailsDto> {
    const data = { target, delivery_id: pathId(param, ...DELIVERY) };
    const { delivery, attempts } = await this.commands.query(call, getDelivery, data, OPTIONS);
    return { ...presentDelivery(delivery), attempts_made: attempts };
  }

  async redeliver(call: Call, target: DeliveryTarget, param: string): Promise<RedeliveryDto> {
    const data = { target, delivery_id: pathId(param, ...DELIVERY) };
    return this.commands.send(call, redeliver, data, OPTIONS);
  }
}

function presentDelivery({ target: _inThePath, ...delivery }: Delivery): DeliveryDto {
  return delivery;
}
