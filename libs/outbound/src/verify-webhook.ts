import { createHmac, timingSafeEqual } from 'node:crypto';
import { signWebhook } from './sign-webhook';

export type SignatureFault = 'signature_refused' | 'timestamp_refused';

/** Seconds that a message may be old or ahead, as Standard Webhooks' own libraries have it. */
export const TOLERANCE_SECONDS = 300;
/** Of one header: a sender signs with a secret and the one before it. */
const MOST_SIGNATURES = 10;

/**
 * Judges a message by Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks): one of its signatures
 * is of one of the secrets, and its time, which is signed as well, is of now.
 * @param now Unix seconds
 * @returns why it is refused; undefined: it is not
 */
export function whyNotSigned(
  message: { readonly id: string; readonly timestamp: string; readonly signature: string; readonly body: string },
  secrets: readonly string[],
  now: number,
): SignatureFault | undefined {
  const { id, timestamp, signature, body } = message;
  // A dot within the id could move what is signed from one part of the message to another.
  if (!/^[^\s.]{1,256}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return 'signature_refused';
  const given = signature.split(' ').slice(0, MOST_SIGNATURES);
  const expected = secrets.map((secret) => signWebhook({ id, timestamp: Number(timestamp), body }, [secret]));
  const signed = expected.some(({ 'webhook-signature': own }) => given.some((one) => isSame(one, own)));
  if (!signed) return 'signature_refused';
  return Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS ? 'timestamp_refused' : undefined;
}

/**
 * Judges a message as GitHub signs them (https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries): the
 * body alone, by HMAC-SHA256 with the secret's text as it is. Nothing says when it was sent.
 */
export function whyNotSignedLikeGitHub(
  message: { readonly signature: string; readonly body: string },
  secrets: readonly string[],
): SignatureFault | undefined {
  const signed = secrets.some((secret) => {
    const own = `sha256=${createHmac('sha256', secret).update(message.body).digest('hex')}`;
    return isSame(message.signature.toLowerCase(), own);
  });
  return signed ? undefined : 'signature_refused';
}

function isSame(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(own)];
  return a.length === b.length && timingSafeEqual(a, b);
}
