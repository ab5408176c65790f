import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** Headers of Standard Webhooks 1.0. */
export interface WebhookHeaders extends Record<string, string> {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs a message by Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, once for each secret (`whsec_…`), so that
 * a receiver may have any of them. `timestamp` in whole seconds since 1970: that of this attempt; `id` has no dot.
 */
export function signWebhook(
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
  secrets: readonly string[],
): WebhookHeaders {
  const timestamp = String(Math.floor(message.timestamp));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** `whsec_` and 32 random bytes. */
export const newSigningSecret = () => `${PREFIX}${randomBytes(32).toString('base64')}`;
