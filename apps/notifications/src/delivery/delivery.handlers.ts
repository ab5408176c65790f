import { Controller, Inject } from '@nestjs/common';
import { getDelivery, listDeliveries, redeliver, type DataOf, type ResultOf } from '@ao/contracts';
import { reject, type Rejection } from '@ao/kernel';
import { CommandHandler, QueryHandler, done, type Answer } from '@ao/messaging';
import { NotificationsService } from '../notifications.service';

/** The doors of the delivery log. Any replica answers. */
@Controller()
export class DeliveryHandlers {
  constructor(@Inject(NotificationsService) private readonly service: NotificationsService) {}

  @QueryHandler(listDeliveries)
  list(data: DataOf<typeof listDeliveries>): Promise<ResultOf<typeof listDeliveries>> {
    return this.service.deliveries.log.list(data);
  }

  @QueryHandler(getDelivery)
  async get(data: DataOf<typeof getDelivery>): Promise<ResultOf<typeof getDelivery> | Rejection> {
    const { log } = this.service.deliveries;
    const delivery = await log.find(data.target, data.delivery_id);
    if (!delivery) return noSuchDelivery('show', data.delivery_id);
    return { delivery, attempts: await log.attempts(data.delivery_id) };
  }

  @CommandHandler(redeliver)
  async redeliver(data: DataOf<typeof redeliver>): Answer<typeof redeliver> {
    const { deliveries } = this.service;
    const { target, delivery_id } = data;
    const figures = await deliveries.targets.figures(target);
    if (figures?.held) {
      const message = `Expected to redeliver delivery '${delivery_id}', but the ${target.kind} is disabled`;
      return reject('conflict', `${target.kind}_disabled`, message);
    }
    const next_attempt_at = await deliveries.log.redeliver(target, delivery_id);
    if (next_attempt_at === undefined) return noSuchDelivery('redeliver', delivery_id);
    deliveries.nudge();
    return done({ delivery_id, next_attempt_at });
  }
}

function noSuchDelivery(verb: string, id: string): Rejection {
  return reject(
    'not_found',
    'delivery_not_found',
    `Expected to ${verb} delivery '${id}', but this target has none of this id (any more)`,
  );
}
