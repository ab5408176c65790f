import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { REGISTRATION_TOKEN } from '@ao/contracts';

/** 256 random bits in 43 characters of base64url. */
export const newSecret = () => randomBytes(32).toString('base64url');

/** SHA-256 (hex) of the secret's text. Of 256 random bits nothing slower is needed: there is nothing to guess from. */
export const digestOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** In a time that tells nothing of either. @throws RangeError unless both are digests */
export const sameDigest = (left: string, right: string) =>
  timingSafeEqual(Buffer.from(left, 'hex'), Buffer.from(right, 'hex'));

export const registrationTokenText = (tokenId: string, secret: string) =>
  `ao_reg_${tokenId.replaceAll('-', '')}_${secret}`;

/** Which token a text says it is; undefined for what has not the form of one. */
export function readRegistrationToken(text: string): { token_id: string; secret_hash: string } | undefined {
  const [, hex, secret] = REGISTRATION_TOKEN.exec(text) ?? [];
  if (hex === undefined || secret === undefined) return undefined;
  const token_id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return { token_id, secret_hash: digestOf(secret) };
}
