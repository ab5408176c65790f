import { CLOSE_UNAUTHENTICATED } from '@ao/contracts';
import type { Position } from '@ao/event-log';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Principal } from '../http/principal';
import { problemOf } from '../http/failures';
import { parseJsonText } from '../http/json-body';
import { Problem } from '../http/problem';
import type { EventHub } from './event-hub';
import { isRequestId, type Asked, type RequestId, type SocketCodec, type Wanted } from './event-requests';
import { EventStream, type Sink } from './event-stream';
import { oneWritePerTurn } from './one-write-per-turn';
import { interestOf, requireMayHear, type AgentIds } from './wanted';

/** Of one connection. */
const MAX_SUBSCRIPTIONS = 500;
/** A peer that only sends what cannot be read is no listener. */
const MAX_BAD_FRAMES = 100;
/** Frames that wait their turn before the socket is read no further. */
const MAX_WAITING = 64;
const MAX_SILENT_PROBES = 4;
/** Whoever does not answer the close is cut off. */
const CLOSE_GRACE_MS = 5_000;
const MAX_REASON_BYTES = 120;
const CLOSE_POLICY = 1008;

export interface EventSocketOptions {
  readonly hub: EventHub;
  readonly agents: AgentIds;
  readonly codec: SocketCodec;
  /** Who listens now, as in `StreamOptions`. */
  readonly principal: () => Principal | undefined;
  /** Goes by another credential of the same caller from now on. @throws Problem for one that is not */
  readonly authenticate: (token: string) => Promise<void>;
  /** Of subscriptions that name none. */
  readonly from?: Position;
  /** Said in the URL already. */
  readonly wanted: readonly Wanted[];
}

/** One listener's socket. Its frames are handled one after another, so that answers come in their order. */
export class EventSocket {
  private readonly stream: EventStream;
  private last: Promise<void>;
  private waiting = 0;
  private badFrames = 0;
  /** Probes since it was last heard from. */
  private silent = 0;

  constructor(
    private readonly socket: WebSocket,
    duplex: Duplex,
    private readonly options: EventSocketOptions,
  ) {
    const { hub, codec, principal } = options;
    const sink = this.sink(oneWritePerTurn(duplex));
    this.stream = new EventStream({ hub, codec, sink, principal, closeUnauthenticated: CLOSE_UNAUTHENTICATED });
    socket.on('pong', () => (this.silent = 0));
    socket.on('close', () => this.stream.closed());
    socket.on('message', (data, isBinary) => this.received(data, isBinary));
    this.last = this.open().catch((error: unknown) => this.failed(error));
  }

  private async open(): Promise<void> {
    const { hub, wanted, from } = this.options;
    await hub.ready();
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.stream.open();
    this.sayAuthenticated();
    if (wanted.length > 0) await this.answering(undefined, () => this.subscribe({ kind: 'subscribe', wanted, from }));
  }

  private sayAuthenticated(id?: RequestId): void {
    this.stream.say('authenticated', { id, events: [...this.stream.mayHear], position: this.options.hub.position });
  }

  private received(data: RawData, isBinary: boolean): void {
    this.silent = 0;
    this.waiting += 1;
    if (this.waiting === MAX_WAITING) this.socket.pause();
    this.last = this.last
      .then(() => this.handle(data, isBinary))
      .catch((error: unknown) => this.failed(error))
      .then(() => {
        this.waiting -= 1;
        if (this.waiting === MAX_WAITING / 2) this.socket.resume();
      });
  }

  private async handle(data: RawData, isBinary: boolean): Promise<void> {
    if (!this.stream.isOpen) return;
    let value: unknown;
    await this.answering(
      () => idOf(value),
      async () => {
        if (isBinary) throw new Problem(400, 'not_text', 'Frames must be JSON text');
        value = parseJsonText((data as Buffer).toString('utf8'));
        const asked = this.options.codec.read(value);
        if (asked.kind === 'ping') this.stream.say('pong', {});
        else if (asked.kind === 'auth') await this.authenticate(asked);
        else if (asked.kind === 'subscribe') await this.subscribe(asked);
        else await this.unsubscribe(asked);
      },
    );
  }

  /** What is refused is answered by an error frame. */
  private async answering(id: (() => RequestId | undefined) | undefined, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      const { status, code, detail, options } = problem;
      const errors = options.errors ?? [];
      this.stream.say('error', { id: id?.(), status, code, detail, errors, ...options.extra });
      if (status < 500) this.badFrames += 1;
      if (this.badFrames >= MAX_BAD_FRAMES) {
        this.stream.end(CLOSE_POLICY, 'too_many_errors', 'too many frames that were refused');
      }
    }
  }

  private async authenticate({ id, token }: Extract<Asked, { kind: 'auth' }>): Promise<void> {
    await this.options.authenticate(token);
    this.stream.judgeAgain();
    this.sayAuthenticated(id);
  }

  private async subscribe({ id, wanted, from = this.options.from }: Extract<Asked, { kind: 'subscribe' }>) {
    const { hub, agents, principal } = this.options;
    if (from !== undefined) await hub.requirePosition(from, '/from_position');
    const caller = principal();
    if (!caller) return this.stream.judgeAgain();
    const interests = [];
    for (const one of wanted) {
      const interest = await interestOf(one, caller.actor, agents);
      requireMayHear(one, interest, caller, this.stream.mayHear);
      interests.push(interest);
    }
    if (this.stream.size + interests.length > MAX_SUBSCRIPTIONS) {
      throw new Problem(422, 'too_many_subscriptions', `A connection holds ${MAX_SUBSCRIPTIONS} subscriptions at most`);
    }
    if (!this.stream.isOpen) return;
    // Said before the first event of it.
    this.stream.say('subscribed', { id, ...shown(wanted), position: from ?? hub.position });
    this.stream.subscribe(interests, from);
  }

  private async unsubscribe({ id, wanted }: Extract<Asked, { kind: 'unsubscribe' }>): Promise<void> {
    const caller = this.options.principal();
    if (!caller) return this.stream.judgeAgain();
    for (const one of wanted) {
      const interest = await interestOf(one, caller.actor, this.options.agents);
      this.stream.unsubscribe(interest.id);
    }
    this.stream.say('unsubscribed', { id, ...shown(wanted) });
  }

  private failed(error: unknown): void {
    const problem = problemOf(error);
    if (!problem) this.options.hub.failed(error, 'a frame of a listener could not be handled');
    this.stream.end(1011, problem?.code ?? 'failed', problem?.detail ?? 'the frame could not be handled');
    this.socket.close(1011, 'the connection could not be served; connect again');
  }

  private sink(beforeWrite: () => void): Sink {
    const { socket } = this;
    return {
      write(frame, taken) {
        beforeWrite();
        socket.send(frame, { binary: false }, taken && (() => taken()));
      },
      buffered: () => socket.bufferedAmount,
      say(type, fields) {
        if (socket.readyState !== socket.OPEN) return;
        beforeWrite();
        socket.send(JSON.stringify({ type, ...fields }));
      },
      probe: () => {
        // Behind much that is on its way a probe arrives late.
        if (this.silent >= (socket.bufferedAmount === 0 ? 1 : MAX_SILENT_PROBES)) return socket.terminate();
        this.silent += 1;
        socket.ping();
      },
      close(code, reason) {
        socket.close(code, reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON_BYTES));
        setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
      },
    };
  }
}

function shown(wanted: readonly Wanted[]): object {
  return wanted.length === 1 ? wanted[0]!.shown : { subscriptions: wanted.map((one) => one.shown) };
}

function idOf(frame: unknown): RequestId | undefined {
  const id = typeof frame === 'object' && frame !== null ? (frame as { id?: unknown }).id : undefined;
  return isRequestId(id) ? id : undefined;
}
