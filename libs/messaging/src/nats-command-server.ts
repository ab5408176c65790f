import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { RequestContract } from '@ao/contracts';
import { isRejection, reject, type Clock, type CommandMetadata, type Rejection } from '@ao/kernel';
import { MAX_BODY_BYTES, MAX_MESSAGE_BYTES, type Bus, type BusMessage, type BusSubscription } from './bus.types';
import { HandlerFailure, type HandlerExtras } from './command-handler.decorator';
import { MalformedMessageError } from './errors';
import { internalError, outcomeUnknown, rejectionOf, tooLarge } from './rejections';
import { noTracing, type Tracing } from './tracing';
import { MAX_REQUEST_BYTES, decodeRequest, encodeReplies, pointerOf, type Reply, type RequestEnvelope } from './wire';

export interface NatsCommandServerOptions {
  /** The queue group: one replica of the service gets each request. */
  readonly service: string;
  /** Asked when the server starts to listen, so that the strategy can exist before the application's providers do. */
  readonly bus: Bus | (() => Bus);
  /** Beyond this many requests under way further ones are refused as `overloaded`; default 4,096. */
  readonly maxInFlight?: number;
  /** The clock of `metadata.deadline`: a command whose sender has given up is not begun. Default: never looked at. */
  readonly clock?: Clock | (() => Clock);
  readonly tracing?: Tracing;
  readonly onHandled?: (handled: { name: string; outcome: string; seconds: number }) => void;
  /** A handler failed in a way nobody foresaw. */
  readonly onDefect?: (error: unknown, name: string, metadata: CommandMetadata) => void;
  /** A message could not be read. */
  readonly onMalformed?: (error: MalformedMessageError) => void;
}

/** The share of the sender's wait after which a batch is answered with what is ready. */
const ANSWER_AT = 0.8;

/**
 * Nest's handlers on our NATS connection (why not Nest's own server: docs/adr, "own NATS strategy"). Every message is
 * answered by a value; nothing that comes in, and nothing a handler does, ends the process or the connection.
 */
export class NatsCommandServer extends Server implements CustomTransportStrategy {
  private readonly subscriptions: BusSubscription[] = [];
  private readonly idleWaiters = new Set<() => void>();
  private requests = 0;
  private clock: Clock | undefined;
  private intakeStopped: Promise<void> | undefined;

  constructor(private readonly options: NatsCommandServerOptions) {
    super();
  }

  /** How many messages are being worked on. */
  inFlight(): number {
    return this.requests;
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  /** Takes no new requests; resolves when no further one can arrive. Those under way go on. */
  stopIntake(): Promise<void> {
    this.intakeStopped ??= Promise.all(this.subscriptions.map((subscription) => subscription.stop())).then(
      () => undefined,
    );
    return this.intakeStopped;
  }

  /** Resolves once every request that was taken is answered. */
  idle(): Promise<void> {
    if (this.requests === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.add(resolve));
  }

  async close(): Promise<void> {
    await this.stopIntake();
    await this.idle();
  }

  /** Nest's interface for listening to a transport's own events; the bus has `onStatus` for that. */
  on(): never {
    throw new Error('listen to Bus.onStatus instead');
  }

  unwrap<T>(): T {
    return this.bus() as T;
  }

  private bus(): Bus {
    return typeof this.options.bus === 'function' ? this.options.bus() : this.options.bus;
  }

  private async start(): Promise<void> {
    const bus = this.bus();
    this.clock = typeof this.options.clock === 'function' ? this.options.clock() : this.options.clock;
    for (const [name, handler] of this.messageHandlers) {
      const contract = (handler.extras as HandlerExtras | undefined)?.contract;
      if (!contract) throw new Error(`the handler of '${name}' must be declared by @CommandHandler or @QueryHandler`);
      const receive = (message: BusMessage) => void this.receive(contract, handler, message);
      this.subscriptions.push(await bus.subscribeRaw(name, receive, { queue: this.options.service }));
    }
  }

  /** Never rejects. */
  private async receive(contract: RequestContract, handler: MessageHandler, message: BusMessage): Promise<void> {
    // Another subject as "answer address" would make this service publish there in the sender's stead.
    if (!message.reply?.startsWith('_INBOX_')) {
      this.options.onMalformed?.(new MalformedMessageError(message.subject, 'it does not name an inbox to answer to'));
      return;
    }
    this.requests += 1;
    try {
      message.respond(await this.answer(contract, handler, message));
    } catch (error) {
      this.options.onMalformed?.(new MalformedMessageError(message.subject, String(error)));
    } finally {
      this.requests -= 1;
      if (this.requests === 0) {
        for (const wake of this.idleWaiters) wake();
        this.idleWaiters.clear();
      }
    }
  }

  private async answer(contract: RequestContract, handler: MessageHandler, message: BusMessage): Promise<string> {
    const { name } = contract;
    if (message.bytes > MAX_REQUEST_BYTES)
      return encodeReplies([encodeReply(refused(tooLarge(name, message.bytes, MAX_BODY_BYTES)), name)]);
    let request: RequestEnvelope;
    try {
      request = decodeRequest(name, message.text());
    } catch (error) {
      const malformed = error instanceof MalformedMessageError ? error : new MalformedMessageError(name, String(error));
      this.options.onMalformed?.(malformed);
      return encodeReplies([encodeReply(refused(reject('invalid', 'malformed_request', malformed.message)), name)]);
    }
    const { commands, wait_ms } = request;
    const replies = new Array<string | undefined>(commands.length).fill(undefined);
    const work = Promise.all(
      commands.map(async ({ data, metadata }, index) => {
        replies[index] = encodeReply(await this.handle(contract, handler, data, metadata), name);
      }),
    );
    if (commands.length === 1 || wait_ms === undefined) await work;
    else await upTo(work, wait_ms * ANSWER_AT);
    let bytes = 0;
    return encodeReplies(
      commands.map(({ metadata }, index) => {
        const reply = replies[index];
        const fits = reply !== undefined && bytes + Buffer.byteLength(reply) < MAX_MESSAGE_BYTES - MAX_BODY_BYTES / 2;
        const why = reply === undefined ? 'it is still being carried out' : 'its answer did not fit with the others';
        const text = fits ? reply : encodeReply(refused(outcomeUnknown(name, metadata.command_id, why)), name);
        bytes += Buffer.byteLength(text);
        return text;
      }),
    );
  }

  /** One command or query, whatever happens, to its reply. Never rejects. */
  private async handle(
    contract: RequestContract,
    handler: MessageHandler,
    data: unknown,
    metadata: CommandMetadata,
  ): Promise<Reply> {
    const started = performance.now();
    const { tracing = noTracing } = this.options;
    const attributes = { 'ao.command_id': metadata.command_id };
    const reply = await tracing
      .around({ kind: 'server', name: `handle ${contract.name}`, attributes }, metadata.traceparent, (traceparent) =>
        this.run(contract, handler, data, traceparent === undefined ? metadata : { ...metadata, traceparent }),
      )
      .catch((error: unknown) => refused(this.failure(error, contract.name, metadata)));
    const outcome = reply.ok ? 'done' : reply.rejection.rejection;
    this.options.onHandled?.({ name: contract.name, outcome, seconds: (performance.now() - started) / 1000 });
    return reply;
  }

  private async run(
    contract: RequestContract,
    handler: MessageHandler,
    data: unknown,
    metadata: CommandMetadata,
  ): Promise<Reply> {
    const { name } = contract;
    if (this.requests > (this.options.maxInFlight ?? 4_096))
      return refused(reject('unavailable', 'overloaded', `Expected to ${name}, but the service has too much to do`));
    if (this.clock && metadata.deadline !== undefined && metadata.deadline < this.clock.now())
      return refused(reject('unavailable', 'deadline_passed', `Expected to ${name}, but its deadline has passed`));
    const valid = contract.data.safeParse(data);
    if (!valid.success) {
      const issue = valid.error.issues[0];
      const pointer = pointerOf(issue?.path ?? []);
      const where = pointer === '' ? 'its data' : `'${pointer}'`;
      const message = `Expected to ${name}, but ${where} is invalid: ${issue?.message ?? 'unknown'}`;
      return refused(reject('invalid', 'validation_failed', message, pointer));
    }
    const returned: unknown = await handler(valid.data, metadata as never);
    const answer: unknown = isObservable(returned) ? await lastValueFrom(returned) : returned;
    if (answer instanceof HandlerFailure) return refused(this.failure(answer.error, name, metadata));
    if (isRejection(answer)) return refused(answer);
    if (isDone(answer)) return { ok: true, result: answer.result, position: answer.position };
    return { ok: true, result: answer, position: 0 };
  }

  private failure(error: unknown, name: string, metadata: CommandMetadata): Rejection {
    const known = rejectionOf(error, name);
    if (known) return known;
    this.options.onDefect?.(error, name, metadata);
    return internalError(name, metadata.command_id);
  }
}

const refused = (rejection: Rejection): Reply => ({ ok: false, rejection });

function encodeReply(reply: Reply, name: string): string {
  // What the log keeps of a refusal is the service's own affair.
  const shown = reply.ok ? reply : { ok: false, rejection: { ...reply.rejection, record: undefined } };
  const text = JSON.stringify(shown);
  const bytes = Buffer.byteLength(text);
  return bytes <= MAX_BODY_BYTES
    ? text
    : JSON.stringify(
        refused(reject('too_large', 'answer_too_large', `Expected to answer ${name}, but it takes ${bytes} bytes`)),
      );
}

function isDone(value: unknown): value is { result: unknown; position: number } {
  const { kind, position } = (value ?? {}) as { kind?: unknown; position?: unknown };
  return kind === 'done' && typeof position === 'number';
}

function upTo(work: Promise<unknown>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    void work.then(end);
  });
}
