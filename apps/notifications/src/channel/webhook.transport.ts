import { signWebhook, type Outbound } from '@ao/outbound';
import type { AttemptResult, DueDelivery, Message } from '../delivery/delivery.types';
import type { Configurations } from './channel.configuration';
import { isAnswer, postJson, refusedBy } from './http.transport';
import { secretsOf } from './redact';

/** What a generic webhook is sent; the id of the delivery is the same for every attempt. */
export function webhookMessage(message: Message, { event, position, created_at }: DueDelivery): string {
  const { severity, subject, body } = message;
  return JSON.stringify({ severity, subject, body, event, position, time: created_at });
}

/** Any 2xx is a success, as for webhooks; signed by Standard Webhooks where there is a secret. 410 says never again. */
export async function sendToWebhook(
  outbound: Pick<Outbound, 'post'>,
  { url, headers, secret }: Configurations['webhook'],
  { message, delivery, now }: { readonly message: Message; readonly delivery: DueDelivery; readonly now: number },
  signal: AbortSignal,
): Promise<AttemptResult> {
  const body = webhookMessage(message, delivery);
  const id = delivery.delivery_id;
  const timestamp = Math.floor(now / 1_000);
  const ids =
    secret === undefined
      ? { 'webhook-id': id, 'webhook-timestamp': String(timestamp) }
      : signWebhook({ id, timestamp, body }, [secret]);
  const secrets = secretsOf({ url, headers, secret });
  const answer = await postJson(outbound, { url, body, headers: { ...headers, ...ids }, secrets }, signal);
  if (!isAnswer(answer)) return answer;
  const { status, response } = answer;
  if (status >= 200 && status < 300) return { delivered: true, status_code: status, response };
  return refusedBy(answer, { isFinal: (code) => code === 410 });
}
