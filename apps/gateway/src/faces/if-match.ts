import { Problem } from '../http/problem';
import type { Call } from '../http/call';

/**
 * The revision that `If-Match` names, undefined where it names none (`*` is whatever there is).
 * @throws Problem 412 for a tag that no revision has
 */
export function expectedRevision({ reply }: Pick<Call, 'reply'>): number | undefined {
  const header = reply.request.headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  const tag = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header);
  if (tag) return Number(tag[1]);
  throw new Problem(412, 'precondition_failed', 'If-Match names no revision of this agent', {
    errors: [{ pointer: '/headers/if-match', message: 'must be an ETag that was answered before' }],
  });
}

/** `ETag` of what is answered. */
export function announceRevision({ reply }: Pick<Call, 'reply'>, revision: number): void {
  reply.header('etag', `"${revision}"`);
}
