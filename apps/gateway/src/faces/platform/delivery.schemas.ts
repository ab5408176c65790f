import { Delivery, DELIVERY_EVENTS, DELIVERY_STATES, DeliveryAttempt, DeliveryTest } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { wholeNumber } from '../query.schemas';
import { Timestamp } from './user.schemas';

/** The target is in the path. */
const ShownDelivery = Delivery.omit({ target: true });

export class DeliveriesQueryDto extends createZodDto(
  z.object({
    state: z.enum(DELIVERY_STATES).optional(),
    /** Exactly this name. */
    event: z.enum(DELIVERY_EVENTS).optional(),
    limit: wholeNumber(200, 1).default(50),
    offset: wholeNumber(10_000).default(0),
  }),
) {}

export class DeliveryDto extends createZodDto(ShownDelivery) {}
export class DeliveryDetailsDto extends createZodDto(
  ShownDelivery.extend({ attempts_made: z.array(DeliveryAttempt) }),
) {}
export class RedeliveryDto extends createZodDto(z.object({ delivery_id: z.uuid(), next_attempt_at: Timestamp })) {}

/** `POST …/{id}/test`: a failure is an answer as well. */
export class DeliveryTestDto extends createZodDto(DeliveryTest) {}
