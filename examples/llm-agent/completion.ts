import { TaskFailedError, type Usage } from '@agent-orchestration/sdk';
import type { LlmTask } from './llm-task';
import { garbage, refusalOf, silent, tooLong, unreachable } from './provider-failure';
import { serverSentEvents } from './sse';

export interface Provider {
  /** Up to and with the version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Silence after which an attempt is given up, in milliseconds. */
  readonly quietMs: number;
}

export interface Completion {
  readonly text: string;
  readonly finishReason: string | null;
  /** Undefined where the provider told none. */
  readonly usage: Pick<Usage, 'inputTokens' | 'outputTokens' | 'cachedInputTokens'> | undefined;
}

export interface CompletionOptions {
  /** Aborts the request when nobody wants its answer any more. */
  readonly signal: AbortSignal;
  /** With each piece of the answer: how many there were, and how long it is by now. */
  readonly onPiece?: (pieces: number, characters: number) => void;
}

/** A result has to fit a frame of 250 KiB, whatever its characters are. */
const MOST_CHARACTERS = 60_000;
const MOST_ERROR_BYTES = 64 * 1_024;
const MOST_ANSWER_BYTES = 1_024 * 1_024;

interface Piece {
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: { readonly content?: string | null };
    readonly message?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
  readonly error?: { readonly message?: string } | string;
}

/**
 * Asks for a chat completion and reads it as it is written (`POST {baseUrl}/chat/completions` with `stream`). An answer in
 * one piece, from a provider that cannot stream, will do as well.
 * @throws TaskFailedError that says whether another attempt may help; the reason of `signal` when that aborts
 */
export async function complete(task: LlmTask, provider: Provider, options: CompletionOptions): Promise<Completion> {
  const quiet = new AbortController();
  const timer = setTimeout(() => quiet.abort(silent(provider.quietMs)), provider.quietMs);
  const heard = () => timer.refresh();
  try {
    const response = await request(task, provider, AbortSignal.any([options.signal, quiet.signal]));
    heard();
    if (response.status !== 200) {
      throw refusalOf(response.status, response.headers, await textOf(response, MOST_ERROR_BYTES), Date.now());
    }
    const streams = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    return streams ? await readStream(response, heard, options) : await readWhole(response);
  } catch (error) {
    options.signal.throwIfAborted();
    if (quiet.signal.aborted) throw quiet.signal.reason;
    throw withoutKey(error instanceof TaskFailedError ? error : unreachable(error), provider.apiKey);
  } finally {
    clearTimeout(timer);
    // Whatever is still to come of the answer is not wanted.
    quiet.abort();
  }
}

function request(task: LlmTask, { baseUrl, apiKey }: Provider, signal: AbortSignal): Promise<Response> {
  const { model, messages, parameters } = task;
  return fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({ ...parameters, model, messages, stream: true, stream_options: { include_usage: true } }),
    redirect: 'error',
    signal,
  });
}

async function readStream(response: Response, heard: () => void, options: CompletionOptions): Promise<Completion> {
  const text: string[] = [];
  let characters = 0;
  let finishReason: string | null = null;
  let usage: Piece['usage'];
  let done = false;
  for await (const data of serverSentEvents(body(response))) {
    heard();
    done = data === '[DONE]';
    if (done) break;
    const piece = pieceOf(data);
    usage = piece.usage ?? usage;
    // The last piece has usage and no choice; of several choices, which nobody asked for, the first counts.
    const choice = piece.choices?.find(({ index = 0 }) => index === 0);
    finishReason = choice?.finish_reason ?? finishReason;
    const content = choice?.delta?.content;
    if (!content) continue;
    text.push(content);
    characters += content.length;
    if (characters > MOST_CHARACTERS) throw tooLong(MOST_CHARACTERS);
    options.onPiece?.(text.length, characters);
  }
  if (!done && finishReason === null) throw garbage('the stream ended in the middle');
  return { text: text.join(''), finishReason, usage: usageOf(usage) };
}

async function readWhole(response: Response): Promise<Completion> {
  const piece = pieceOf(await textOf(response, MOST_ANSWER_BYTES));
  const choice = piece.choices?.[0];
  const text = choice?.message?.content;
  if (typeof text !== 'string') throw garbage('it holds no message');
  if (text.length > MOST_CHARACTERS) throw tooLong(MOST_CHARACTERS);
  return { text, finishReason: choice?.finish_reason ?? null, usage: usageOf(piece.usage) };
}

function pieceOf(data: string): Piece {
  let piece: unknown;
  try {
    piece = JSON.parse(data);
  } catch {
    throw garbage(`'${data.slice(0, 100)}' is not JSON`);
  }
  if (typeof piece !== 'object' || piece === null) throw garbage(`'${data.slice(0, 100)}' is no object`);
  const { error, choices } = piece as Piece;
  if (error) {
    const message = typeof error === 'string' ? error : error.message;
    throw new TaskFailedError(`the provider gave up: ${message ?? 'it does not say why'}`, { class: 'ProviderError' });
  }
  if (choices !== undefined && !Array.isArray(choices)) throw garbage('its choices are no list');
  return piece as Piece;
}

/** What the provider told, where that can be. */
function usageOf(usage: Piece['usage']): Completion['usage'] {
  const inputTokens = usage?.prompt_tokens;
  const outputTokens = usage?.completion_tokens;
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  return { inputTokens, outputTokens, cachedInputTokens: isCount(cached) ? Math.min(cached, inputTokens) : 0 };
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function body(response: Response): AsyncIterable<Uint8Array> {
  if (!response.body) throw garbage('it is empty');
  return response.body as unknown as AsyncIterable<Uint8Array>;
}

/** The body as far as it is worth reading. */
async function textOf(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body(response)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A provider may repeat the key that it refuses; what an agent reports is kept for ever. */
function withoutKey(error: TaskFailedError, apiKey: string | undefined): TaskFailedError {
  if (apiKey) error.message = error.message.replaceAll(apiKey, '***');
  return error;
}
