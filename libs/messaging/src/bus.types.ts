import type { CommitBus } from '@ao/event-log';

/** Bodies of commands, replies and published messages: at most this many bytes. */
export const MAX_BODY_BYTES = 256 * 1024;
/** What NATS itself carries (`max_payload`), less a margin for headers: only batched replies come near it. */
export const MAX_MESSAGE_BYTES = 1024 * 1024 - 16 * 1024;

export type BusStatus =
  /** The first connection cannot be made yet; tried again for ever. */
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'connected' }
  /** Lost. What was in flight may be lost with it. */
  | { readonly kind: 'disconnected' }
  /** Back, and the server has every subscription again. */
  | { readonly kind: 'reconnected' }
  | { readonly kind: 'error'; readonly reason: string }
  /** For good. `reason` is absent after `drain`. */
  | { readonly kind: 'closed'; readonly reason?: string };

export interface BusOptions {
  /** For example `nats://127.0.0.1:4222`; several servers separated by commas. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Shown in the server's list of connections. */
  readonly name: string;
  /** `_INBOX_<service>`: the only inboxes this user may listen to. */
  readonly inboxPrefix: string;
  readonly onStatus?: (status: BusStatus) => void;
  /** Ends the wait for the first connection. */
  readonly signal?: AbortSignal;
  /** A handler threw, or a message could not be read: it was dropped. */
  readonly onDropped?: (error: Error) => void;
}

export interface BusMessage {
  readonly subject: string;
  readonly bytes: number;
  /** Where the sender waits for an answer. */
  readonly reply: string | undefined;
  text(): string;
  /** Answers; false when there is no connection or nobody to answer. */
  respond(text: string): boolean;
}

export interface SubscribeOptions {
  /** One of all that name the same queue gets each message; never one that it sent itself. */
  readonly queue?: string;
  /** Hears what this connection publishes on that very subject as well; default true. */
  readonly own?: boolean;
}

export interface BusSubscription {
  /** Takes nothing more from the server, lets what is under way arrive, then ends. */
  stop(): Promise<void>;
}

/**
 * One connection to NATS per process. Nothing on it is durable: a lost message costs latency, never data. Handlers run
 * in the order in which the server sent the messages, over all subscriptions. What it publishes reaches its own
 * subscriptions without the server.
 */
export interface Bus {
  readonly name: string;
  /**
   * Publishes a JSON body. False when there is no connection: the message is dropped, not kept.
   * @throws MessageTooLargeError
   */
  publish(subject: string, body: unknown): boolean;
  /** The same with a body that is JSON text already. */
  publishText(subject: string, text: string): boolean;
  /**
   * Hears JSON bodies; what is not JSON is dropped and reported. Resolves once the server has the subscription.
   * @throws BusPermissionError
   */
  subscribe(
    subject: string,
    handler: (body: unknown, message: BusMessage) => void,
    options?: SubscribeOptions,
  ): Promise<BusSubscription>;
  /** The same with the message as it came. */
  subscribeRaw(
    subject: string,
    handler: (message: BusMessage) => void,
    options?: SubscribeOptions,
  ): Promise<BusSubscription>;
  /**
   * One request, one JSON answer.
   * @throws NoResponderError, RequestTimeoutError, BusDisconnectedError, BusPermissionError, MessageTooLargeError
   */
  request(subject: string, body: unknown, options: { readonly timeoutMs: number }): Promise<unknown>;
  /** The same with text both ways. */
  requestText(subject: string, text: string, options: { readonly timeoutMs: number }): Promise<string>;
  isConnected(): boolean;
  /** True as soon as there is a connection, false if `timeoutMs` passes first. */
  connected(timeoutMs: number): Promise<boolean>;
  /** Returns the function that ends the listening. */
  onStatus(listener: (status: BusStatus) => void): () => void;
  /** Resolves when the server has everything published so far; false when the connection broke meanwhile. */
  flush(): Promise<boolean>;
  /** Lets what is under way arrive and leave, then closes for good. */
  drain(): Promise<void>;
  commitBus(): CommitBus;
}
