import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from '@ao/kernel';

/** Resolves a presented token to the one who presents it. The next identities slot in behind this one function. */
export type ResolveToken = (token: string) => Actor | undefined;

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/** The bootstrap key is the only credential for now. Compared over digests of equal length, in constant time. */
export function bootstrapKeyResolver(bootstrapApiKey: string): ResolveToken {
  const expected = digest(bootstrapApiKey);
  const actor: Actor = { type: 'api_key', id: 'bootstrap' };
  return (token) => (timingSafeEqual(digest(token), expected) ? actor : undefined);
}

/** The token of `Authorization: Bearer …`; undefined without the header, null when it is something else. */
export function bearerToken(authorization: string | undefined): string | null | undefined {
  if (authorization === undefined) return undefined;
  const match = /^Bearer +([\x21-\x7e]{1,4096}) *$/i.exec(authorization);
  return match?.[1] ?? null;
}

/** Hides tokens in a URL before it is logged. */
export function redactUrl(url: string): string {
  return url.replace(/([?&](?:token|access_token|api_key)=)[^&#]*/gi, '$1[redacted]');
}
