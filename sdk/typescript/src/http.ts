import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { backoffDelay, delay, type Backoff } from './backoff';
import { ConnectionError, OrchestrationError, TimeoutError, apiError, type Problem } from './errors';

export interface ConnectionOptions {
  /** Of the control plane's gateway, for example `http://localhost:3000`. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer …`; not needed where the control plane runs open. */
  readonly apiKey?: string;
  /** Milliseconds one attempt may take; default 10,000. */
  readonly timeoutMs?: number;
  /** How often an attempt that reached no decision is repeated; default 5. */
  readonly maxRetries?: number;
  /** Wait between repetitions; default 100 ms doubling to 5 s. */
  readonly backoff?: Backoff;
}

/** What every call takes besides its own arguments. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds one attempt may take. */
  readonly timeoutMs?: number;
}

/** What a call that changes something takes besides. */
export interface WriteOptions extends CallOptions {
  /**
   * Names this one intention: sent again with the same key, the control plane does it once and answers the same. Made
   * up per call when absent, so that the repetitions inside the call are safe in any case.
   */
  readonly idempotencyKey?: string;
}

export interface Request extends WriteOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** A POST that may be repeated as it is: a question, or a telemetry report that counts by its newest. */
  readonly repeatable?: boolean;
  /**
   * Answered as soon as the log has it, not when the read models show it. For what is done often: the reads of this client ask
   * for all that it has written (`at_least`).
   */
  readonly respondAsync?: boolean;
}

interface Response {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const MAX_RETRY_AFTER_MS = 30_000;

/**
 * JSON over HTTP with repetition. What is repeated: a connection that could not be made or broke, an attempt that timed
 * out, 429, 502, 503, 504, and a 409 that names a time to come back (the same key is still in work). A POST is safe to
 * repeat because it always carries an idempotency key; PUT and DELETE are by nature.
 */
export class HttpTransport {
  readonly baseUrl: URL;
  readonly apiKey: string | undefined;
  /** The highest log position that an answer or a live event named: reads that ask for it see all that this client knows of. */
  position = 0;
  private readonly agent: http.Agent;
  private readonly timeoutMs: number;
  private readonly maxRetries: number;
  private readonly backoff: Backoff;

  constructor(options: ConnectionOptions) {
    this.baseUrl = parseBaseUrl(options.baseUrl);
    this.apiKey = options.apiKey;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.maxRetries = options.maxRetries ?? 5;
    this.backoff = options.backoff ?? { baseMs: 100, capMs: 5_000 };
    const Agent = this.baseUrl.protocol === 'https:' ? https.Agent : http.Agent;
    this.agent = new Agent({ keepAlive: true, maxSockets: 128 });
  }

  /** The parsed body of the 2xx answer. @throws ApiError, ConnectionError, TimeoutError, or the signal's reason */
  async json<T>(request: Request): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.apiKey !== undefined) headers.authorization = `Bearer ${this.apiKey}`;
    if (request.method === 'POST' && !request.repeatable) {
      headers['idempotency-key'] = request.idempotencyKey ?? randomUUID();
    }
    if (request.respondAsync) headers.prefer = 'respond-async';
    let body: string | undefined;
    if (request.body !== undefined) {
      body = JSON.stringify(request.body);
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(Buffer.byteLength(body));
    } else if (request.method === 'POST' || request.method === 'PUT') {
      headers['content-length'] = '0';
    }
    const url = this.urlOf(request);
    for (let attempt = 1; ; attempt += 1) {
      request.signal?.throwIfAborted();
      let failure: OrchestrationError;
      let retryAfter: number | undefined;
      try {
        const response = await this.attempt(request, url, headers, body);
        const position = Number(response.headers['log-position']);
        if (position > this.position) this.position = position;
        if (response.status >= 200 && response.status < 300) return parse<T>(response);
        failure = apiError(problemOf(response));
        retryAfter = retryAfterMs(response.headers['retry-after']);
        if (!isTransient(response.status, retryAfter)) throw failure;
      } catch (error) {
        if (!(error instanceof ConnectionError) && !(error instanceof TimeoutError)) throw error;
        failure = error;
      }
      if (attempt > this.maxRetries) throw failure;
      await delay(Math.max(retryAfter ?? 0, backoffDelay(attempt, this.backoff)), request.signal);
    }
  }

  /** Ends idle connections; the transport can go on being used. */
  close(): void {
    this.agent.destroy();
  }

  private urlOf({ path, query }: Request): URL {
    const url = new URL(this.baseUrl.pathname.replace(/\/$/, '') + path, this.baseUrl);
    for (const [key, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    return url;
  }

  private attempt(
    { method, signal, timeoutMs = this.timeoutMs }: Request,
    url: URL,
    headers: Record<string, string>,
    body: string | undefined,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? https.request : http.request;
      const request = send(url, { method, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          finish();
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      let timeout: TimeoutError | undefined;
      const timer = setTimeout(() => {
        timeout = new TimeoutError(`${method} ${url.pathname} had no answer within ${timeoutMs} ms`);
        request.destroy(timeout);
      }, timeoutMs);
      const onAbort = () => request.destroy(signal?.reason as Error);
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error & { code?: string }) => {
        finish();
        if (signal?.aborted) return reject(signal.reason as Error);
        // In the middle of an answer the stream reports a broken connection, whatever broke it.
        if (timeout) return reject(timeout);
        const why = error.code ?? error.message;
        reject(new ConnectionError(`${method} ${url.origin}${url.pathname} failed: ${why}`, { cause: error }));
      };
      request.on('error', fail);
      signal?.addEventListener('abort', onAbort, { once: true });
      request.end(body);
    });
  }
}

function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new OrchestrationError(`baseUrl must be an http or https URL, not '${text}'`);
  }
  return url;
}

function isTransient(status: number, retryAfter: number | undefined): boolean {
  return [429, 502, 503, 504].includes(status) || (status === 409 && retryAfter !== undefined);
}

/** `Retry-After` in its form of seconds; anything else is ignored. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d+(\.\d+)?$/.test(header)) return undefined;
  return Math.min(Number(header) * 1000, MAX_RETRY_AFTER_MS);
}

function parse<T>(response: Response): T {
  if (response.text === '') return undefined as T;
  try {
    return JSON.parse(response.text) as T;
  } catch (cause) {
    throw new OrchestrationError('the answer is not JSON: is baseUrl the control plane?', { cause });
  }
}

function problemOf(response: Response): Problem {
  let body: Partial<Problem> = {};
  try {
    const parsed: unknown = JSON.parse(response.text);
    if (typeof parsed === 'object' && parsed !== null) body = parsed;
  } catch {
    // Not from the control plane itself (a proxy on the way): the status is all there is.
  }
  const detail = typeof body.detail === 'string' ? body.detail : `HTTP ${response.status}`;
  return { ...body, status: response.status, detail };
}
