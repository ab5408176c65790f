import WebSocket from 'ws';
import { backoffDelay, type Backoff } from './backoff';
import { UnauthenticatedError, apiError, type Problem } from './errors';
import { CLOSE_UNAUTHENTICATED } from './frames';
import type { HttpTransport } from './http';
import type { JsonObject } from './types';

/** Something that happened. */
export interface LiveEvent {
  /** `task.completed`, `agent.status` and so on. */
  readonly name: string;
  /** Its place in the log, ascending: where to go on from after it. */
  readonly position: number;
  /** ISO 8601. */
  readonly time: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** As the control plane keeps it: its names are not renamed. */
  readonly data: JsonObject;
}

export interface EventSubscriptionOptions {
  /** Names, or patterns such as `task.*`; default: all that the credential may hear of. */
  readonly events?: readonly string[];
  /** Only what concerns this task, agent (by any of its ids) or worker. */
  readonly taskId?: string;
  readonly agentId?: string;
  readonly workerId?: string;
  /** First what came after this position, then what comes; default: from now on. */
  readonly fromPosition?: number;
  /** Ends the subscription: iterating rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Wait between attempts to connect; default 100 ms doubling to 5 s. */
  readonly reconnect?: Backoff;
}

/** `client.events`: what happens, as it happens. */
export class EventsApi {
  constructor(private readonly http: HttpTransport) {}

  /**
   * Tells of every event once and in the order of the log, over connections that break and come back. Ended by leaving the
   * loop, `close` or the signal; iterating rejects when the control plane refuses (ApiError).
   *
   *     for await (const event of client.events.subscribe({ events: ['task.completed'] })) …
   */
  subscribe(options: EventSubscriptionOptions = {}): EventSubscription {
    return new EventSubscription(this.http, options);
  }
}

/** Events that wait to be taken before the socket is read no further. */
const MOST_WAITING = 1_000;
/** The server pings every 15 s. */
const QUIET_MS = 45_000;
const RECONNECT: Backoff = { baseMs: 100, capMs: 5_000 };

type Frame = Record<string, unknown> & { readonly type: string };

export class EventSubscription implements AsyncIterableIterator<LiveEvent> {
  private readonly waiting: LiveEvent[] = [];
  private readonly takers: {
    readonly resolve: (result: IteratorResult<LiveEvent>) => void;
    readonly reject: (reason: unknown) => void;
  }[] = [];
  private socket: WebSocket | undefined;
  private ended = false;
  private failure: { readonly reason: unknown } | undefined;
  private attempts = 0;
  private again: NodeJS.Timeout | undefined;
  private quiet: NodeJS.Timeout | undefined;
  private reached: number | undefined;
  private readonly aborted = () => this.fail(this.options.signal?.reason);

  constructor(
    private readonly http: HttpTransport,
    private readonly options: EventSubscriptionOptions,
  ) {
    this.reached = options.fromPosition;
    if (options.signal?.aborted) this.aborted();
    else options.signal?.addEventListener('abort', this.aborted, { once: true });
    this.connect();
  }

  /** Up to where everything has arrived; undefined before the first connection, where none was named. */
  get position(): number | undefined {
    return this.reached;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<LiveEvent>> {
    const event = this.waiting.shift();
    if (event) {
      if (this.waiting.length < MOST_WAITING / 2 && this.socket?.isPaused) this.socket.resume();
      return Promise.resolve({ value: event, done: false });
    }
    if (this.failure) return Promise.reject(this.failure.reason as Error);
    if (this.ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.takers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<LiveEvent>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Ends it; what has arrived can still be taken. */
  close(): void {
    this.end();
    for (const { resolve } of this.takers.splice(0)) resolve({ value: undefined, done: true });
  }

  private connect(): void {
    if (this.ended) return;
    const headers = this.http.apiKey === undefined ? {} : { authorization: `Bearer ${this.http.apiKey}` };
    const socket = new WebSocket(this.url(), { headers, handshakeTimeout: 10_000, perMessageDeflate: false });
    this.socket = socket;
    const own = (work: () => void) => {
      if (this.socket === socket) work();
    };
    socket.on('message', (data) => own(() => this.heard((data as Buffer).toString('utf8'))));
    socket.on('ping', () => own(() => this.listenOn()));
    socket.on('unexpected-response', (request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('close', () => {
        request.destroy();
        own(() => this.refused(response.statusCode ?? 0, body));
      });
    });
    socket.on('error', () => own(() => this.lost()));
    socket.on('close', (code, reason) => own(() => this.closedBy(code, reason.toString())));
    this.listenOn();
  }

  private url(): string {
    const url = new URL(this.http.baseUrl);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/ws`;
    const { events = ['*'], taskId, agentId, workerId } = this.options;
    const query = { events: events.join(), task_id: taskId, agent_id: agentId, worker_id: workerId };
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    if (this.reached !== undefined) url.searchParams.set('from_position', String(this.reached));
    return url.href;
  }

  private heard(text: string): void {
    this.listenOn();
    const frame = JSON.parse(text) as Frame;
    if (frame.type === 'event') return this.take(frame);
    if (frame.type === 'subscribed') {
      this.attempts = 0;
      this.reached ??= frame['position'] as number;
    } else if (frame.type === 'error' && !isPassing(Number(frame['status']))) {
      this.fail(apiError(frame as unknown as Problem));
    } else if (frame.type === 'error') this.lost();
  }

  private take({ event, position, time, subject, data }: Frame): void {
    const at = position as number;
    if (this.reached !== undefined && at <= this.reached) return;
    this.reached = at;
    // Whoever looks up what an event is about must not be told that it is not there yet.
    this.http.position = Math.max(this.http.position, at);
    const value = { name: event, position: at, time, subject, data } as LiveEvent;
    const taker = this.takers.shift();
    if (taker) taker.resolve({ value, done: false });
    else if (this.waiting.push(value) >= MOST_WAITING) this.socket?.pause();
  }

  private refused(status: number, body: string): void {
    if (isPassing(status)) return this.lost();
    let problem: Problem = { status, detail: `the stream of events was refused with HTTP ${status}` };
    try {
      problem = { ...problem, ...(JSON.parse(body) as Problem) };
    } catch {
      // No problem+json: something in between answered.
    }
    this.fail(apiError(problem));
  }

  private closedBy(code: number, reason: string): void {
    if (code !== CLOSE_UNAUTHENTICATED) return this.lost();
    this.fail(new UnauthenticatedError({ status: 401, detail: reason || 'the credential is not valid any more' }));
  }

  /** Back in a while, from where it was. */
  private lost(): void {
    this.drop();
    if (this.ended || this.again) return;
    this.attempts += 1;
    this.again = setTimeout(
      () => {
        this.again = undefined;
        this.connect();
      },
      backoffDelay(this.attempts, this.options.reconnect ?? RECONNECT),
    );
  }

  private fail(reason: unknown): void {
    if (this.ended) return;
    this.failure = { reason };
    this.end();
    for (const { reject } of this.takers.splice(0)) reject(reason);
  }

  private end(): void {
    this.ended = true;
    clearTimeout(this.again);
    this.options.signal?.removeEventListener('abort', this.aborted);
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.quiet);
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return;
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.terminate();
  }

  /** A peer that vanished without a word is only noticed by its silence; one that we do not read is not silent. */
  private listenOn(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => (this.socket?.isPaused ? this.listenOn() : this.lost()), QUIET_MS);
  }
}

/** An answer that may be another one the next time. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500 || status < 400;
}
