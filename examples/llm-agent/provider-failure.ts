import { TaskFailedError } from '@agent-orchestration/sdk';

/** What a provider's status means for the task: its class, and whether another attempt may help. */
const CLASSES: Readonly<Record<number, { readonly class: string; readonly retryable: boolean }>> = {
  400: { class: 'InvalidRequest', retryable: false },
  401: { class: 'Unauthenticated', retryable: false },
  403: { class: 'Forbidden', retryable: false },
  404: { class: 'ModelNotFound', retryable: false },
  408: { class: 'ProviderTimeout', retryable: true },
  413: { class: 'InvalidRequest', retryable: false },
  422: { class: 'InvalidRequest', retryable: false },
  429: { class: 'RateLimited', retryable: true },
};

/** The failure of an answer that is none; `now` in milliseconds since the Unix epoch. */
export function refusalOf(status: number, headers: Headers, body: string, now: number): TaskFailedError {
  const known = CLASSES[status] ?? {
    class: status >= 500 ? 'ProviderUnavailable' : 'Refused',
    retryable: status >= 500,
  };
  const retryAfterMs = known.retryable ? retryAfterOf(headers, now) : undefined;
  return new TaskFailedError(`the provider answered ${status}: ${messageOf(body)}`, { ...known, retryAfterMs });
}

/** Milliseconds to wait, as `Retry-After` (seconds, or a date) or OpenAI's `retry-after-ms` says. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const milliseconds = Number(headers.get('retry-after-ms') ?? NaN);
  if (milliseconds >= 0) return milliseconds;
  const text = headers.get('retry-after');
  if (text === null || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (seconds >= 0) return seconds * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

export const unreachable = (cause: unknown) =>
  new TaskFailedError(`the provider could not be reached: ${reasonOf(cause)}`, { class: 'ProviderUnreachable', cause });

export const silent = (milliseconds: number) =>
  new TaskFailedError(`the provider said nothing for ${milliseconds} ms`, { class: 'ProviderTimeout' });

export const garbage = (why: string) =>
  new TaskFailedError(`the provider's answer cannot be read: ${why}`, { class: 'ProviderProtocol' });

export const tooLong = (most: number) =>
  new TaskFailedError(`the answer is longer than ${most} characters`, { class: 'AnswerTooLong', retryable: false });

/** The sentence in an error body of that protocol, or the beginning of whatever came. */
function messageOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } | string };
    const message = typeof error === 'string' ? error : error?.message;
    if (typeof message === 'string') return message.slice(0, 1_000);
  } catch {
    // Not JSON: a proxy's page, for example.
  }
  return body.slice(0, 200) || 'nothing';
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
