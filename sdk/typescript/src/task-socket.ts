import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import WebSocket from 'ws';
import { backoffDelay, type Backoff } from './backoff';
import { ForbiddenError, SupersededError, UnauthenticatedError } from './errors';
import {
  CLOSE_SUPERSEDED,
  CLOSE_UNAUTHENTICATED,
  CLOSE_UNKNOWN_AGENT,
  type AgentFrame,
  type ServerFrame,
  type Welcome,
} from './frames';

interface SocketEvents {
  /** The socket is open and has been welcomed. */
  open: [Welcome];
  frame: [ServerFrame];
  /** The socket was open and no longer is; it will come back by itself. */
  closed: [why: string];
  /** An attempt to connect failed; the next follows in `delayMs`. */
  retry: [why: string, delayMs: number];
  /** Never again: refused credentials, or another connection took over. */
  fatal: [Error];
}

export interface SocketOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly backoff: Backoff;
  /** Silence after which a ping is sent; half of it again without an answer ends the socket. Milliseconds. */
  readonly quietMs: number;
  /** Makes the agent known (again); called before the first attempt and when the server does not know it. */
  readonly register: () => Promise<void>;
}

/**
 * One agent's connection, kept open: connect, be welcomed, notice silence, reconnect with exponential backoff and
 * jitter. Frames sent while it is closed are dropped; what must arrive is the outbox's business.
 */
export class TaskSocket extends EventEmitter<SocketEvents> {
  private socket: WebSocket | undefined;
  /** What the socket writes to. */
  private stream: Duplex | undefined;
  private gathering = false;
  private welcomed = false;
  private ended = false;
  private known = false;
  private attempts = 0;
  private reconnectTimer: NodeJS.Timeout | undefined;
  private quietTimer: NodeJS.Timeout | undefined;
  private heardAt = 0;

  constructor(private readonly options: SocketOptions) {
    super();
  }

  get isOpen(): boolean {
    return this.welcomed;
  }

  /** Starts connecting, and goes on for ever. */
  connect(): void {
    if (this.ended) return;
    this.attempt().catch((error: unknown) => this.failed(error));
  }

  /** False: not connected, nothing was sent. */
  send(frame: AgentFrame): boolean {
    if (!this.welcomed || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.gather();
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** What is sent within one turn of the event loop leaves in one piece: fewer system calls, the same frames. */
  private gather(): void {
    const { stream } = this;
    if (this.gathering || !stream) return;
    this.gathering = true;
    stream.cork();
    setImmediate(() => {
      this.gathering = false;
      stream.uncork();
    });
  }

  /** Closes for good. */
  end(): void {
    this.ended = true;
    clearTimeout(this.reconnectTimer);
    this.drop('ended', 1000);
  }

  private async attempt(): Promise<void> {
    if (!this.known) {
      await this.options.register();
      this.known = true;
    }
    if (this.ended) return;
    const socket = new WebSocket(this.options.url, {
      headers: this.options.headers,
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
    });
    this.socket = socket;
    socket.on('upgrade', ({ socket: stream }) => (this.stream = stream));
    socket.on('message', (data) => {
      if (this.socket === socket) this.heard((data as Buffer).toString('utf8'));
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      if (this.socket === socket) this.refused(response.statusCode ?? 0);
    });
    socket.on('error', (error) => {
      if (this.socket === socket) this.lost(error.message);
    });
    socket.on('close', (code, reason) => {
      if (this.socket === socket) this.closedBy(code, reason.toString());
    });
    this.watch(socket);
  }

  private heard(text: string): void {
    this.heardAt = performance.now();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      this.lost('a frame was not JSON');
      return;
    }
    if (frame.type === 'welcome') {
      this.welcomed = true;
      this.attempts = 0;
      this.emit('open', frame);
    } else {
      this.emit('frame', frame);
    }
  }

  private refused(status: number): void {
    const detail = `the task stream was refused with HTTP ${status}`;
    if (status === 401) return this.fatal(new UnauthenticatedError({ status, detail }));
    if (status === 403) return this.fatal(new ForbiddenError({ status, detail }));
    if (status === 404) this.known = false;
    this.lost(detail);
  }

  private closedBy(code: number, reason: string): void {
    const detail = reason || `closed with code ${code}`;
    if (code === CLOSE_SUPERSEDED) return this.fatal(new SupersededError(`another connection took over: ${detail}`));
    if (code === CLOSE_UNAUTHENTICATED) return this.fatal(new UnauthenticatedError({ status: 401, detail }));
    if (code === CLOSE_UNKNOWN_AGENT) this.known = false;
    this.lost(detail);
  }

  private failed(error: unknown): void {
    if (this.ended) return;
    if (isDecided(error)) return this.fatal(error);
    this.lost(error instanceof Error ? error.message : String(error));
  }

  /** The connection, or the attempt at one, is over: back in a while. */
  private lost(why: string): void {
    this.drop(why);
    if (this.ended || this.reconnectTimer) return;
    this.attempts += 1;
    const delayMs = backoffDelay(this.attempts, this.options.backoff);
    this.emit('retry', why, delayMs);
    this.reconnectTimer = setTimeout(() => {
      this.reconnectTimer = undefined;
      this.connect();
    }, delayMs);
  }

  private fatal(error: Error): void {
    this.ended = true;
    this.drop(error.message);
    this.emit('fatal', error);
  }

  private drop(why: string, code?: number): void {
    const { socket, welcomed } = this;
    this.socket = undefined;
    this.welcomed = false;
    clearInterval(this.quietTimer);
    // What an abandoned socket still says is nobody's business, but an unheard 'error' would end the process.
    if (socket) {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
    if (welcomed) this.emit('closed', why);
  }

  /** A peer that vanished without a word (pulled cable, frozen host) is only noticed by its silence. */
  private watch(socket: WebSocket): void {
    const { quietMs } = this.options;
    let turnAt = performance.now();
    this.heardAt = turnAt;
    clearInterval(this.quietTimer);
    this.quietTimer = setInterval(() => {
      const now = performance.now();
      // This process was itself held up (a handler that computes): nothing could be heard meanwhile.
      this.heardAt += Math.max(0, now - turnAt - quietMs / 2);
      turnAt = now;
      const quiet = now - this.heardAt;
      if (quiet > quietMs * 1.5) this.lost(`nothing heard for ${Math.round(quiet)} ms`);
      else if (quiet > quietMs && socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
    }, quietMs / 4);
  }
}

/** An answer that will not change by asking again. */
function isDecided(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const status = (error as { status?: unknown }).status;
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 429 && status !== 408;
}
