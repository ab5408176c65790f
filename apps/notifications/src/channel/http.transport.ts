import { OutboundError, type Outbound, type PostResponse } from '@ao/outbound';
import type { AttemptResult } from '../delivery/delivery.types';
import { redacted } from './redact';

export interface JsonPost {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What must stand in no result. */
  readonly secrets: readonly string[];
}

/** What became of a post, with the receiver's own words. Bounded by the signal. */
export async function postJson(
  outbound: Pick<Outbound, 'post'>,
  { url, body, headers, secrets }: JsonPost,
  signal: AbortSignal,
): Promise<PostResponse | AttemptResult> {
  try {
    const answer = await outbound.post(url, {
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      ...{ body, signal },
    });
    return { ...answer, response: redacted(answer.response, secrets) };
  } catch (error) {
    if (error instanceof OutboundError) return { delivered: false, error: error.code, detail: error.message };
    if (signal.aborted) return { delivered: false, error: 'timeout', detail: 'No whole answer came in time' };
    throw error;
  }
}

export const isAnswer = (result: PostResponse | AttemptResult): result is PostResponse => !('delivered' in result);

/**
 * An answer that is no success. `final`: statuses after which no further attempt helps, as long as the configuration is what
 * it is.
 */
export function refusedBy(
  { status, retryAfterMs, response }: PostResponse,
  { detail, isFinal }: { readonly detail?: string; readonly isFinal: (status: number) => boolean },
): AttemptResult {
  return {
    delivered: false,
    error: status >= 300 && status < 400 ? 'redirect' : 'status',
    detail: detail ?? `The receiver answers ${status}`,
    ...{ status_code: status, response },
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(isFinal(status) && { final: 'this' as const }),
  };
}

/** The request itself is what they do not want; 408 and 429 are about the moment. */
export const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;
