import { z } from 'zod';
import { command, query } from '../contract';
import { Id, Time } from '../text';
import { PUBLIC_EVENT_NAMES } from './public-event';

/**
 * One message to one target, from its first attempt to its arrival or the end of all attempts. The delivery log is the
 * table of notifications behind these queries: attempts come by the hundred a second and are nobody's history but their
 * own, so they are no events (ADR 0036). What becomes of a target because of them is (`WebhookDisabled`).
 */
export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'dropped'] as const;
/** What a delivery may be called: by its event, `notification` where it stands for several, or what else it is. */
export const DELIVERY_EVENTS = [...PUBLIC_EVENT_NAMES, 'test', 'digest'] as const;
export const DELIVERY_TARGETS = ['webhook', 'channel', 'mail'] as const;

export const DeliveryTarget = z.object({ kind: z.enum(DELIVERY_TARGETS), id: Id });
export type DeliveryTarget = z.infer<typeof DeliveryTarget>;

/** Why an attempt failed, in words of this list; `detail` says more. */
export const ATTEMPT_ERRORS = [
  'status',
  'redirect',
  'timeout',
  'connection_refused',
  'connection_lost',
  'name_not_found',
  'address_refused',
  'tls',
  'response_too_large',
  'secret_unavailable',
  'not_configured',
  'refused',
] as const;

export const DeliveryAttempt = z.object({
  number: z.int().min(1),
  at: Time,
  duration_ms: z.int(),
  status_code: z.int().nullable(),
  error: z.enum(ATTEMPT_ERRORS).nullable(),
  detail: z.string().nullable(),
  /** The first 2 KiB of what the receiver said. */
  response: z.string().nullable(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

export const Delivery = z.object({
  /** Stays the same over attempts: the `webhook-id` that receivers recognise a repetition by. */
  delivery_id: Id,
  target: DeliveryTarget,
  event: z.string(),
  /** Of the log; null: it stands for no event (a test, a digest). */
  position: z.int().nullable(),
  replay_id: Id.nullable(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  last_error: z.enum(ATTEMPT_ERRORS).nullable(),
  last_status_code: z.int().nullable(),
  created_at: Time,
  next_attempt_at: Time.nullable(),
  ended_at: Time.nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

/** What became of one attempt at once: a failure is an answer as well. */
export const DeliveryTest = z.object({
  /** Where the delivery log has it. */
  delivery_id: Id,
  delivered: z.boolean(),
  /** Of HTTP or SMTP, if it came so far. */
  status_code: z.int().nullable(),
  error: z.enum(ATTEMPT_ERRORS).nullable(),
  /** A sentence that says more. */
  detail: z.string().nullable(),
  duration_ms: z.int(),
});
export type DeliveryTest = z.infer<typeof DeliveryTest>;

/** Newest first. `total` is counted up to 100,000. */
export const listDeliveries = query(
  'notifications.list_deliveries',
  z.object({
    target: DeliveryTarget,
    state: z.enum(DELIVERY_STATES).optional(),
    event: z.enum(DELIVERY_EVENTS).optional(),
    limit: z.int().min(1).max(200),
    offset: z.int().min(0).max(10_000),
  }),
  z.object({ deliveries: z.array(Delivery), total: z.int() }),
);
export const getDelivery = query(
  'notifications.get_delivery',
  z.object({ target: DeliveryTarget, delivery_id: Id }),
  z.object({ delivery: Delivery, attempts: z.array(DeliveryAttempt) }),
);
/** Once more from the first attempt on, under the same id; one that is pending is tried at once. */
export const redeliver = command(
  'notifications.redeliver',
  z.object({ target: DeliveryTarget, delivery_id: Id }),
  z.object({ delivery_id: Id, next_attempt_at: Time }),
);
