import { createHmac, timingSafeEqual } from 'node:crypto';
import { OrchestrationError } from './errors';

/** What arrived at a webhook is not what the control plane sent, or not now. Answer it with 400. */
export class WebhookVerificationError extends OrchestrationError {}

/** CloudEvents 1.0. Receivers know a repetition by the header `webhook-id`. */
export interface WebhookEvent<Data = Record<string, unknown>> {
  readonly specversion: '1.0';
  /** Its position in the log. */
  readonly id: string;
  readonly source: string;
  /** `task.completed` and so on; `test`: somebody tried the webhook out. */
  readonly type: string;
  /** `task/<id>` */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Snake case. `truncated: true`: the largest fields were left out. */
  readonly data: Data & { readonly truncated?: true };
}

export interface WebhookRequest {
  /** As Node has them, or a `Headers`. */
  readonly headers:
    Readonly<Record<string, string | readonly string[] | undefined>> | { get(name: string): string | null };
  /** As it came, before anything parsed it. */
  readonly body: string | Uint8Array;
}

export interface VerifyOptions {
  /** How old a delivery may be, or how far ahead of this clock: 300 seconds if absent. */
  readonly toleranceSeconds?: number;
  /** Unix milliseconds; absent: now. */
  readonly now?: number;
}

/**
 * The event of a webhook's request, once its signature is found to be right (Standard Webhooks 1.0).
 * `secrets`: `whsec_…`; during a rotation it may be several, of which one must fit. @throws WebhookVerificationError
 */
export function verifyWebhook<Data = Record<string, unknown>>(
  { headers, body }: WebhookRequest,
  secrets: string | readonly string[],
  { toleranceSeconds = 300, now = Date.now() }: VerifyOptions = {},
): WebhookEvent<Data> {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    headerOf(headers, `webhook-${name}`),
  );
  if (!id || !timestamp || !signatures) throw new WebhookVerificationError('A header of the signature is missing');
  const age = now / 1_000 - Number(timestamp);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(age) > toleranceSeconds)
    throw new WebhookVerificationError('The timestamp is too old, or too far ahead');
  const text = typeof body === 'string' ? body : Buffer.from(body).toString();
  const given = signatures.split(' ').flatMap((signature) => {
    const [version, value] = signature.split(',');
    return version === 'v1' && value ? [Buffer.from(value, 'base64')] : [];
  });
  const fits = [secrets].flat().some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest();
    return given.some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
  });
  if (!fits) throw new WebhookVerificationError('No signature fits');
  try {
    return JSON.parse(text) as WebhookEvent<Data>;
  } catch (cause) {
    throw new WebhookVerificationError('The body is no JSON', { cause });
  }
}

function headerOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  if (typeof headers.get === 'function')
    return (headers as { get(name: string): string | null }).get(name) ?? undefined;
  const value = (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name];
  return typeof value === 'string' ? value : value?.[0];
}
