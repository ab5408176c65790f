import { createHash } from 'node:crypto';
import type { Call } from '../../http/call';

/**
 * Lets clients keep an answer and ask whether it is still good: `ETag` of its content and who may keep it. Returns the
 * answer, or nothing (304) where the caller has it already (RFC 9110, 13.1.2).
 */
export function revalidated<Answer>(
  { reply }: Pick<Call, 'reply'>,
  answer: Answer,
  cacheControl: string,
): Answer | undefined {
  const tag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url')}"`;
  reply.header('etag', tag);
  reply.header('cache-control', cacheControl);
  if (!names(reply.request.headers['if-none-match'], tag)) return answer;
  reply.code(304);
  return undefined;
}

/** Weak comparison: what a proxy compressed on its way is the same answer. */
function names(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(tag);
}
