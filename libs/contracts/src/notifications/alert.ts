import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, Word, text } from '../text';
import { Severity } from './notification';

const CATEGORY = 'alert';

export const ALERT_KINDS = [
  'service_unhealthy',
  'subscription_lagging',
  'events_parked',
  'dead_letters_growing',
  'budget_threshold',
  'certificate_expiring',
  'secret_expiring',
  'webhook_failing',
  'webhook_disabled',
  'channel_failing',
] as const;
export const AlertKind = z.enum(ALERT_KINDS);
export type AlertKind = z.infer<typeof AlertKind>;

const Raised = z.object({
  alert_id: Id,
  kind: AlertKind,
  /** What it is about: a service, a subscription, the id of a secret. */
  source: text(300, 1),
  severity: Severity,
  message: text(1_000, 1),
  details: z.record(Word, z.union([z.string(), z.number(), z.boolean(), z.null()])),
  at: Time,
});

/** Stream `alert-<derivedId('alert', kind, source)>`: raised, cleared, and raised again when it comes back. */
export const alertEvents = {
  /** Of one that is raised already: its severity is another one now. */
  AlertRaised: event(CATEGORY, 'AlertRaised', 1, Raised),
  AlertCleared: event(
    CATEGORY,
    'AlertCleared',
    1,
    z.object({
      ...{ alert_id: Id, kind: AlertKind, source: text(300, 1) },
      /** What it was raised with last. */
      severity: Severity,
      message: text(1_000, 1),
      at: Time,
    }),
  ),
} as const;
export type AlertEvent = EventOf<typeof alertEvents>;

export const AlertDocument = Raised.extend({
  status: z.enum(['raised', 'cleared']),
  /** `at` is when it was last heard of; this, since when it stands. */
  raised_at: Time,
  cleared_at: Time.nullable(),
  /** How often it was raised. */
  times: z.int(),
});
export type AlertDocument = z.infer<typeof AlertDocument>;

export function evolveAlert(alert: AlertDocument | undefined, event: AlertEvent): AlertDocument | undefined {
  switch (event.type) {
    case 'AlertRaised': {
      const { at } = event.data;
      const stands = alert?.status === 'raised';
      const times = (alert?.times ?? 0) + (stands ? 0 : 1);
      return { ...event.data, status: 'raised', raised_at: stands ? alert.raised_at : at, cleared_at: null, times };
    }
    case 'AlertCleared': {
      const { message, at } = event.data;
      return alert && { ...alert, message, status: 'cleared', cleared_at: at, at };
    }
    default:
      return alert;
  }
}
