import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits in 43 characters of base64url. */
export const newSecret = () => randomBytes(32).toString('base64url');

/** SHA-256 (hex) of the secret's text. Of 256 random bits nothing slower is needed: there is nothing to guess from. */
export const digestOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** In a time that tells nothing of either. @throws RangeError unless both are digests */
export function sameDigest(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left, 'hex'), Buffer.from(right, 'hex'));
}

/** The text of an API key: whose digest is kept is the part after the last underscore that the pattern names. */
export const apiKeyText = (apiKeyId: string, secret: string) => `ao_live_${apiKeyId.replaceAll('-', '')}_${secret}`;

const CLIENT_SECRET = /^ao_secret_([A-Za-z0-9_-]{43})$/;
export const clientSecretText = (secret: string) => `ao_secret_${secret}`;
/** The digest of what a client shows as its secret; of anything else one that belongs to nobody. */
export const shownDigest = (text: string) => digestOf(CLIENT_SECRET.exec(text)?.[1] ?? `not a secret: ${text}`);
