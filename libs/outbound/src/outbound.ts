import { lookup as lookupAddresses } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { isCallableAddress, whyNotCallable, type CallRules } from './callable';
import { explainFailure, OutboundError } from './outbound-error';
import { createNameResolver } from './resolve-name';

export interface OutboundOptions extends CallRules {
  /** All addresses of a name. Absent: DNS; with `allowPrivate` the operating system, which knows private names as well. */
  readonly lookup?: (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
  /** For the whole exchange, from the look-up of the name to the end of the answer: 15,000 if absent. */
  readonly timeoutMs?: number;
  /** So much of an answer is read at most, then the connection is closed: 64 KiB if absent. */
  readonly maxResponseBytes?: number;
}

export interface PostRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Ends the exchange: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface PostResponse {
  /** Whatever the receiver said: redirects are not followed. */
  readonly status: number;
  /** The receiver asks to be left alone so long; at most 24 h. */
  readonly retryAfterMs?: number;
  /** The first 2 KiB of the answer as text. Hostile: show it as text only. */
  readonly response: string;
}

export interface OutboundRequest extends Omit<PostRequest, 'body'> {
  readonly method: string;
  readonly body?: string | Buffer;
}

export interface OutboundResponse {
  /** Whatever the receiver said: redirects are not followed. */
  readonly status: number;
  /** As `content-type` says. */
  readonly contentType?: string;
  /** The answer as text, up to `maxResponseBytes`. Hostile. */
  readonly body: string;
  /** There was more of it. */
  readonly truncated: boolean;
}

export interface Outbound {
  /** @throws OutboundError when no answer came; the signal's reason when that was aborted */
  post(url: string, request: PostRequest): Promise<PostResponse>;
  /** With any method, and all of the answer. Throws as `post` does. */
  request(url: string, request: OutboundRequest): Promise<OutboundResponse>;
  /** Ends what is still under way. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024;
const KEPT_RESPONSE_BYTES = 2 * 1024;
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;
/** Per origin, one exchange at a time on each; who finds none free waits, and the wait counts as part of the exchange. */
const SOCKETS_PER_ORIGIN = 64;
/** Below the 5 s after which common receivers close an idle connection: a request would meet the closing. */
const KEEP_ALIVE_MS = 4_000;

/** Node's own 250 ms give up an address on the other side of the world. */
const NEXT_ADDRESS_MS = 1_000;

/**
 * Posts to URLs that strangers name, without being led to where they could not reach themselves (OWASP's SSRF): the URL is
 * judged, then every address its name leads to at the connection itself, so that a name that changes its mind between two
 * look-ups gains nothing; and no redirect is followed. Proxies of the environment are not used.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { allowPrivate, timeoutMs = DEFAULT_TIMEOUT_MS, maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES } = options;
  const rules: CallRules = { allowPrivate };
  const names = createNameResolver();
  const lookup =
    options.lookup ?? (allowPrivate ? (name: string) => lookupAddresses(name, { all: true }) : names.resolve);
  const agent = new Agent({
    connect: guardedConnector(rules, lookup, timeoutMs),
    connections: SOCKETS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The timer below governs.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
  });

  /** `keep`: so many bytes of the answer. */
  async function exchange(url: string, { method, headers, body, signal }: OutboundRequest, keep: number) {
    const refused = whyNotCallable(url, rules);
    if (refused) throw new OutboundError('address_refused', `The URL ${refused}`);
    signal?.throwIfAborted();
    const ended = new AbortController();
    const late = setTimeout(() => ended.abort(new OutboundError('timeout', 'No whole answer came in time')), timeoutMs);
    const abort = () => ended.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const { origin, pathname, search } = new URL(url);
      const answer = await agent.request({
        ...{ origin, path: pathname + search, method: method as Dispatcher.HttpMethod, signal: ended.signal },
        ...(body !== undefined && { body }),
        headers: { 'user-agent': 'agent-orchestration', ...headers },
      });
      const beginning = await beginningOf(answer.body, maxResponseBytes, keep);
      return { status: answer.statusCode, headers: answer.headers, ...beginning };
    } catch (error) {
      // Why it was ended says more than what undici makes of it.
      if (signal?.aborted) throw signal.reason;
      throw explainFailure((ended.signal.aborted ? ended.signal.reason : error) as object);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
    }
  }

  return {
    async post(url, request) {
      const answer = await exchange(url, { ...request, method: 'POST' }, KEPT_RESPONSE_BYTES);
      const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], Date.now());
      return { status: answer.status, response: answer.text, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    },
    async request(url, request) {
      const { status, headers, text, truncated } = await exchange(url, request, maxResponseBytes);
      const said = headers['content-type'];
      const contentType = Array.isArray(said) ? said[0] : said;
      return { status, body: text, truncated, ...(contentType !== undefined && { contentType }) };
    },
    async close() {
      names.cancel();
      await agent.destroy();
    },
  };
}

/** Judges addresses before anything is sent to them, and again the one that was connected to. */
function guardedConnector(
  rules: CallRules,
  look: NonNullable<OutboundOptions['lookup']>,
  timeoutMs: number,
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, { all }, callback) => {
    look(hostname).then(
      (addresses) => {
        // One that may not be called spoils the others: who answers so means no good.
        if (!addresses.every(({ address }) => isCallableAddress(address, rules))) callback(addressRefused(), []);
        else if (addresses.length === 0) callback(nothingFound(), []);
        else if (all)
          callback(
            null,
            addresses.map(({ address, family }) => ({ address, family })),
          );
        else callback(null, addresses[0]!.address, addresses[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
  const connect = buildConnector({ lookup, timeout: timeoutMs, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS });
  return (target, callback) => {
    // Node asks no `lookup` for what is an address already.
    const literal = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !isCallableAddress(literal, rules)) return callback(addressRefused(), null);
    connect(target, (...[error, socket]) => {
      if (error) return callback(error, null);
      const { remoteAddress } = socket;
      if (remoteAddress !== undefined && isCallableAddress(remoteAddress, rules)) return callback(null, socket);
      socket.destroy();
      callback(remoteAddress === undefined ? explainFailure({}) : addressRefused(), null);
    });
  };
}

const addressRefused = () =>
  new OutboundError('address_refused', 'The name leads to a private or reserved address, which is not called');
const nothingFound = () => new OutboundError('name_not_found', 'The name leads to no address');

/** Reads to the end, so that the connection can be used again, or to the limit, which closes it. */
async function beginningOf(body: Dispatcher.ResponseData['body'], maxBytes: number, keep: number) {
  const kept: Buffer[] = [];
  let read = 0;
  // Leaving the loop destroys the body.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (read < keep) kept.push(chunk.subarray(0, keep - read));
    read += chunk.length;
    if (read >= maxBytes) break;
  }
  // `stream` leaves out the character that the cut went through; Postgres keeps no NUL.
  const text = new TextDecoder().decode(Buffer.concat(kept), { stream: true }).replaceAll('\u0000', '\uFFFD');
  return { text, truncated: read > keep || read >= maxBytes };
}

/** `Thu, 01 Jan 2026 00:00:30 GMT`: what else `Date.parse` takes is no date here. */
const IMF_DATE = /^[A-Z][a-z]{2}, .* GMT$/;

/** RFC 9110 section 10.2.3: seconds or a date. Milliseconds; undefined for what is neither. */
export function parseRetryAfter(value: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  if (!text) return undefined;
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : IMF_DATE.test(text) ? Date.parse(text) - now : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
