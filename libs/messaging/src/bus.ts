import { connect, ErrorCode, Events, NatsError, type Msg, type NatsConnection, type Status } from 'nats';
import type { CommitBus } from '@ao/event-log';
import {
  MAX_BODY_BYTES,
  MAX_MESSAGE_BYTES,
  type Bus,
  type BusMessage,
  type BusOptions,
  type BusStatus,
  type BusSubscription,
  type SubscribeOptions,
} from './bus.types';
import { commitBusOver } from './commit-bus';
import {
  BusClosedError,
  BusDisconnectedError,
  BusPermissionError,
  MalformedMessageError,
  MessageTooLargeError,
  NoResponderError,
  RequestTimeoutError,
} from './errors';
import { oneFlushPerTurn } from './one-flush-per-turn';
import { OwnSubscriptions } from './own-subscriptions';

/**
 * Connects, waiting for as long as it takes: a service starts before its NATS does. Afterwards the connection comes back
 * by itself, for ever, also when the server refuses the user for a while.
 * @throws BusClosedError when `signal` ends the wait
 */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const connection = await firstConnection(options);
  options.onStatus?.({ kind: 'connected' });
  return new NatsBus(connection, options);
}

async function firstConnection(options: BusOptions): Promise<NatsConnection> {
  for (;;) {
    if (options.signal?.aborted) throw new BusClosedError('the wait for NATS was ended');
    try {
      return await connect({
        servers: options.url.split(',').map((server) => server.trim()),
        user: options.user,
        pass: options.password,
        name: options.name,
        inboxPrefix: options.inboxPrefix,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 200,
        reconnectJitter: 100,
        // Without it two refusals in a row, as during a change of passwords, would close the connection for good.
        ignoreAuthErrorAbort: true,
        timeout: 5_000,
        // A half-open connection is noticed after 20 to 30 s instead of the default's 6 minutes.
        pingInterval: 10_000,
        maxPingOut: 2,
        // What it has said itself it hears at home: see OwnSubscriptions.
        noEcho: true,
        // A stack trace per request costs more than the request.
        noAsyncTraces: true,
      });
    } catch (error) {
      options.onStatus?.({ kind: 'waiting', reason: whyNoConnection(error, options.url) });
      await pause(300, options.signal);
    }
  }
}

function whyNoConnection(error: unknown, url: string): string {
  const code = error instanceof NatsError ? error.code : '';
  const where = url.replace(/\/\/[^@/]*@/, '//');
  if (code === ErrorCode.AuthorizationViolation) return `NATS at ${where} refuses the user or password`;
  if (code === ErrorCode.ConnectionRefused) return `NATS at ${where} refuses the connection`;
  if (code === ErrorCode.Timeout) return `NATS at ${where} does not answer`;
  return `NATS at ${where} cannot be reached (${error instanceof Error ? error.message : String(error)})`;
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}

const DRAIN_LIMIT_MS = 5_000;
const RECONNECT_PATIENCE_MS = 500;

class NatsBus implements Bus {
  readonly name: string;
  private readonly listeners = new Set<(status: BusStatus) => void>();
  private readonly commits: CommitBus;
  private readonly outgoing = oneFlushPerTurn((error) =>
    // The connection was closed meanwhile: lost like everything else that was on its way.
    this.dropped(error instanceof Error ? error : new Error(String(error))),
  );
  private readonly own = new OwnSubscriptions();
  private live = true;
  private closed = false;
  private ending: Promise<void> | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: BusOptions,
  ) {
    this.name = options.name;
    if (options.onStatus) this.listeners.add(options.onStatus);
    this.commits = commitBusOver(this, (error) => this.dropped(error));
    void this.followStatus();
    void connection.closed().then((error) => {
      this.live = false;
      const reason = error instanceof Error ? error.message : undefined;
      const expected = this.closed;
      this.closed = true;
      this.tell({ kind: 'closed', ...(expected ? {} : { reason: reason ?? 'the connection ended' }) });
    });
  }

  publish(subject: string, body: unknown): boolean {
    return this.publishText(subject, JSON.stringify(body));
  }

  publishText(subject: string, text: string): boolean {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_BODY_BYTES) throw new MessageTooLargeError(subject, bytes, MAX_BODY_BYTES);
    return this.send(subject, text);
  }

  async subscribe(
    subject: string,
    handler: (body: unknown, message: BusMessage) => void,
    options: SubscribeOptions = {},
  ): Promise<BusSubscription> {
    return this.subscribeRaw(subject, (message) => handler(parsed(message.subject, message.text()), message), options);
  }

  async subscribeRaw(
    subject: string,
    handler: (message: BusMessage) => void,
    options: SubscribeOptions = {},
  ): Promise<BusSubscription> {
    if (this.closed) throw new BusClosedError(`no subscription to '${subject}'`);
    let denied: Error | undefined;
    const subscription = this.connection.subscribe(subject, {
      queue: options.queue,
      callback: (error, message) => {
        if (error) {
          denied = error.permissionContext ? new BusPermissionError('subscribe', subject) : error;
          return;
        }
        // An exception that left this callback would end the reading of the whole connection.
        try {
          handler(this.wrap(message));
        } catch (thrown) {
          this.dropped(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      },
    });
    // A refusal comes before the answer to this flush; without a connection the subscription is sent on reconnect.
    await this.flush();
    if (denied) throw denied;
    const { queue, own = queue === undefined } = options;
    const endOwn = own ? this.own.add(subject, handler) : undefined;
    return {
      stop: async () => {
        endOwn?.();
        if (subscription.isClosed() || this.connection.isClosed()) return;
        await (this.live ? subscription.drain() : Promise.resolve(subscription.unsubscribe())).catch(() => undefined);
      },
    };
  }

  async request(subject: string, body: unknown, options: { readonly timeoutMs: number }): Promise<unknown> {
    return parsed(subject, await this.requestText(subject, JSON.stringify(body), options));
  }

  async requestText(subject: string, text: string, options: { readonly timeoutMs: number }): Promise<string> {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_MESSAGE_BYTES) throw new MessageTooLargeError(subject, bytes, MAX_MESSAGE_BYTES);
    if (this.closed) throw new BusClosedError(`nothing was sent to '${subject}'`);
    if (!this.live) throw new BusDisconnectedError(subject);
    try {
      // At once: commands were gathered before they came here, and somebody waits for the answer.
      const reply = await this.connection.request(subject, text, { timeout: Math.max(1, options.timeoutMs) });
      return textOf(reply.data);
    } catch (error) {
      throw this.requestError(error, subject, options.timeoutMs);
    }
  }

  isConnected(): boolean {
    return this.live;
  }

  connected(timeoutMs: number): Promise<boolean> {
    if (this.live || this.closed) return Promise.resolve(this.live);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        off();
        resolve(this.live);
      };
      const timer = setTimeout(end, timeoutMs);
      const off = this.onStatus((status) => {
        if (status.kind === 'reconnected' || status.kind === 'closed') end();
      });
    });
  }

  onStatus(listener: (status: BusStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async flush(): Promise<boolean> {
    try {
      this.outgoing.flush();
      await this.connection.flush();
      return true;
    } catch {
      return false;
    }
  }

  drain(): Promise<void> {
    this.ending ??= this.end();
    return this.ending;
  }

  commitBus(): CommitBus {
    return this.commits;
  }

  private async end(): Promise<void> {
    if (this.closed) return;
    // A close in the middle of a reconnect would leave a connection behind that nobody knows of.
    if (!this.live) await this.connected(RECONNECT_PATIENCE_MS);
    this.closed = true;
    this.outgoing.flush();
    // Draining waits for the server; without one there is nothing to wait for. The library's own drain neither ends on a
    // half-open connection nor closes one that breaks meanwhile.
    if (this.live) {
      const limit = new AbortController();
      const drained = this.connection.drain().catch(() => undefined);
      await Promise.race([drained, pause(DRAIN_LIMIT_MS, limit.signal)]);
      limit.abort();
    }
    await this.connection.close();
  }

  private send(subject: string, text: string): boolean {
    // The client library would take it and lose it at the next reconnect without a word.
    if (!this.live || this.closed) return false;
    this.outgoing.add(() => this.connection.publish(subject, text));
    for (const deliver of this.own.deliveries(subject, text)) this.outgoing.add(deliver);
    return true;
  }

  private wrap(message: Msg): BusMessage {
    return {
      subject: message.subject,
      bytes: message.data.length,
      reply: message.reply,
      text: () => textOf(message.data),
      respond: (text) => {
        const { reply } = message;
        if (!reply || !this.live || this.connection.isClosed()) return false;
        this.outgoing.add(() => this.connection.publish(reply, text));
        return true;
      },
    };
  }

  private requestError(error: unknown, subject: string, timeoutMs: number): Error {
    if (!(error instanceof NatsError)) return error instanceof Error ? error : new Error(String(error));
    switch (error.code) {
      case ErrorCode.NoResponders:
        return new NoResponderError(subject);
      case ErrorCode.Timeout:
        return new RequestTimeoutError(subject, timeoutMs);
      case ErrorCode.PermissionsViolation:
        return new BusPermissionError('publish', subject);
      case ErrorCode.ConnectionClosed:
      case ErrorCode.ConnectionDraining:
        return new BusClosedError(`nothing was sent to '${subject}'`);
      default:
        return error;
    }
  }

  private async followStatus(): Promise<void> {
    for await (const status of this.connection.status()) await this.onNatsStatus(status);
  }

  private async onNatsStatus(status: Status): Promise<void> {
    switch (status.type) {
      case Events.Disconnect:
        this.live = false;
        this.tell({ kind: 'disconnected' });
        return;
      case Events.Reconnect:
        this.live = true;
        // Only what is published after the server has our subscriptions is sure to be heard.
        if (await this.flush()) this.tell({ kind: 'reconnected' });
        return;
      case Events.Error: {
        const about = status.permissionContext;
        const subject = about ? ` (${about.operation} '${about.subject}')` : '';
        this.tell({ kind: 'error', reason: `${String(status.data)}${subject}` });
        return;
      }
      default:
        return;
    }
  }

  private tell(status: BusStatus): void {
    for (const listener of [...this.listeners]) listener(status);
  }

  private dropped(error: Error): void {
    this.options.onDropped?.(error);
  }
}

function textOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8');
}

function parsed(subject: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedMessageError(subject, 'it is not JSON');
  }
}
