import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * `ao_rt_<session id, 32 hex>_<generation>_<HMAC-SHA-256(seed, generation)>`: derived from the session's seed, so that none
 * is ever stored and the same successor can be given twice.
 */
const REFRESH_TOKEN = /^ao_rt_([0-9a-f]{32})_(0|[1-9]\d{0,8})_([A-Za-z0-9_-]{43})$/;

export interface PresentedToken {
  readonly session_id: string;
  readonly generation: number;
  readonly proof: string;
}

/** 256 random bits, base64url. */
export const newSeed = () => randomBytes(32).toString('base64url');

export function refreshToken(sessionId: string, generation: number, seed: string): string {
  return `ao_rt_${sessionId.replaceAll('-', '')}_${generation}_${proofOf(sessionId, generation, seed).toString('base64url')}`;
}

/** Its parts, or undefined for anything that does not look like one. Says nothing of whether it is genuine. */
export function parseRefreshToken(token: string): PresentedToken | undefined {
  const match = REFRESH_TOKEN.exec(token);
  if (!match) return undefined;
  const [, hex, generation, proof] = match as unknown as [string, string, string, string];
  const session_id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { session_id, generation: Number(generation), proof };
}

export function isGenuine({ session_id, generation, proof }: PresentedToken, seed: string): boolean {
  // 43 characters of base64url are always 32 bytes.
  return timingSafeEqual(Buffer.from(proof, 'base64url'), proofOf(session_id, generation, seed));
}

function proofOf(sessionId: string, generation: number, seed: string): Buffer {
  return createHmac('sha256', Buffer.from(seed, 'base64url')).update(`${sessionId}.${generation}`).digest();
}
