import type { WebhookDocument } from '@ao/contracts';
import { isRejection, type Clock } from '@ao/kernel';
import {
  CLOUD_EVENT_TYPE,
  cloudEvent,
  OutboundError,
  signWebhook,
  type Outbound,
  type PostResponse,
} from '@ao/outbound';
import type { SigningSecrets } from '@ao/vault';
import type { Pool } from 'pg';
import type { AttemptResult, DueDelivery, Sender } from '../delivery/delivery.types';
import { createBatchCache } from './batch-cache';
import { createEventBodies, SOURCE } from './event-bodies';
import { readWebhooks } from './webhook-table';

export interface WebhookSenderOptions {
  readonly pool: Pool;
  readonly outbound: Pick<Outbound, 'post'>;
  readonly secrets: Pick<SigningSecrets, 'signingAt'>;
  readonly clock: Clock;
}

/** How late a change of a webhook's URL is noticed. */
const WEBHOOKS_KEPT_MS = 1_000;
const MOST_WEBHOOKS = 5_000;

/** Posts events as CloudEvents, signed by Standard Webhooks 1.0. The delivery's id is the message's. */
export function createWebhookSender({ pool, outbound, secrets, clock }: WebhookSenderOptions): Sender['send'] {
  const bodies = createEventBodies(pool);
  const webhooks = createBatchCache<string, WebhookDocument>({
    most: MOST_WEBHOOKS,
    ttlMs: WEBHOOKS_KEPT_MS,
    load: async (ids) => new Map((await readWebhooks(pool, ids)).map((webhook) => [webhook.webhook_id, webhook])),
  });

  function bodyOf({ delivery_id, event, position, created_at }: DueDelivery, { webhook_id }: WebhookDocument) {
    if (position !== null) return bodies.get(position);
    const test = {
      ...{ name: event, position, time: created_at, subject: { kind: 'webhook', id: webhook_id } },
      data: { message: 'This shows whether the webhook takes deliveries; nothing has happened.' },
    };
    return cloudEvent(test, { source: SOURCE, id: delivery_id });
  }

  return async (delivery, signal) => {
    const webhook = await webhooks.get(delivery.target.id);
    if (!webhook) return refused('There is no such webhook any more');
    const [body, signing] = await Promise.all([
      bodyOf(delivery, webhook),
      secrets.signingAt(webhook, clock.now()).catch(() => undefined),
    ]);
    if (body === undefined) return refused('Nobody outside hears of this event');
    if (signing === undefined || isRejection(signing)) {
      const gone = isRejection(signing) && signing.rejection === 'not_found';
      const detail = gone ? 'The vault has no such secret (any more)' : 'The vault cannot be asked now';
      return { delivered: false, error: 'secret_unavailable', detail };
    }
    // The time of this attempt: receivers refuse what was signed too long ago.
    const signed = signWebhook({ id: delivery.delivery_id, timestamp: clock.now() / 1_000, body }, signing);
    try {
      const headers = { 'content-type': CLOUD_EVENT_TYPE, ...signed };
      return resultOf(await outbound.post(webhook.url, { headers, body, signal }));
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return { delivered: false, error: error.code, detail: error.message };
    }
  };
}

/** What an answer means by Standard Webhooks 1.0. Pure. */
export function resultOf({ status, response, retryAfterMs }: PostResponse): AttemptResult {
  const said = { status_code: status, response };
  if (status >= 200 && status < 300) return { delivered: true, ...said };
  if (status >= 300 && status < 400) {
    return {
      delivered: false,
      error: 'redirect',
      detail: `It answered ${status}; redirects are not followed`,
      ...said,
    };
  }
  const failed = { delivered: false, error: 'status', detail: `It answered ${status}`, ...said } as const;
  if (status === 410) return { ...failed, detail: 'It answered 410: it is gone', final: 'gone' };
  return isThrottling(status) && retryAfterMs !== undefined ? { ...failed, retry_after_ms: retryAfterMs } : failed;
}

const isThrottling = (status: number) => status === 429 || (status >= 502 && status <= 504);

const refused = (detail: string): AttemptResult => ({ delivered: false, error: 'refused', detail, final: 'this' });
