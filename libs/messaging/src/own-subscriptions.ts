import type { BusMessage } from './bus.types';

type Handler = (message: BusMessage) => void;

/**
 * Who on a connection hears what the connection itself publishes: NATS sends nothing back to where it came from. By whole
 * subjects, without wildcards and queue groups.
 */
export class OwnSubscriptions {
  private readonly handlers = new Map<string, Set<Handler>>();

  /** Returns the function that ends it. */
  add(subject: string, handler: Handler): () => void {
    const known = this.handlers.get(subject) ?? new Set();
    this.handlers.set(subject, known.add(handler));
    return () => {
      known.delete(handler);
      if (known.size === 0 && this.handlers.get(subject) === known) this.handlers.delete(subject);
    };
  }

  /** What hands a message to each of those who hear it; a handler may throw. */
  deliveries(subject: string, text: string): (() => void)[] {
    const handlers = this.handlers.get(subject);
    if (!handlers) return [];
    const message: BusMessage = {
      subject,
      bytes: Buffer.byteLength(text),
      reply: undefined,
      text: () => text,
      respond: () => false,
    };
    return [...handlers].map((handler) => () => handler(message));
  }
}
