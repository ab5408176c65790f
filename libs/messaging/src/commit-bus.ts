import type { Commit, CommitBus, RecordedEvent } from '@ao/event-log';
import type { Bus, BusMessage } from './bus.types';
import { MalformedMessageError } from './errors';
import { COMMITS, categorySubject, eventSubject } from './subjects';

/** An event whose JSON is longer than this travels as its position alone. */
export const MAX_EVENT_BYTES = 64 * 1024;
/** Events of one commit and one type share a message up to this many characters: at most three bytes of UTF-8 each. */
const MAX_SHARED_CHARACTERS = 64 * 1024;

/**
 * Committed events over NATS: the events, then the commit, on one connection, so that every listener hears them in this
 * order. Those of one type share messages, for a message costs more than the events in it. Without a connection nothing is kept but one commit that spans what was missed; it is announced on reconnect,
 * and whoever hears it reads the log.
 */
export function commitBusOver(
  bus: Pick<Bus, 'publishText' | 'isConnected' | 'subscribeRaw' | 'onStatus'>,
  onDropped: (error: Error) => void,
): CommitBus {
  let missed: Commit | undefined;
  bus.onStatus((status) => {
    if (status.kind !== 'reconnected' || !missed) return;
    const commit = missed;
    missed = undefined;
    publish(commit, []);
  });

  function publish(commit: Commit, events: readonly RecordedEvent[]): void {
    try {
      let sent = true;
      for (const { subject, text } of messagesOf(events)) sent = bus.publishText(subject, text) && sent;
      sent = bus.publishText(COMMITS, JSON.stringify(commit)) && sent;
      if (!sent) missed = merged(missed, commit);
    } catch (error) {
      missed = merged(missed, commit);
      onDropped(error instanceof Error ? error : new Error(String(error)));
    }
  }

  return {
    announce(commit, events) {
      if (bus.isConnected()) publish(commit, events);
      else missed = merged(missed, commit);
    },

    async listen(categories, on) {
      const off = bus.onStatus((status) => {
        if (status.kind === 'disconnected' || status.kind === 'reconnected') on.interrupted();
      });
      const subscriptions = await Promise.all([
        ...categories.map((category) =>
          bus.subscribeRaw(categorySubject(category), (message) => {
            for (const { position, event } of decodeEvents(message, category)) on.event(position, category, event);
          }),
        ),
        bus.subscribeRaw(COMMITS, (message) => on.commit(decodeCommit(message))),
      ]);
      return {
        async stop() {
          off();
          await Promise.all(subscriptions.map((subscription) => subscription.stop()));
        },
      };
    },
  };
}

function merged(one: Commit | undefined, other: Commit): Commit {
  if (!one) return other;
  const categories: Record<string, number> = { ...one.categories };
  for (const [category, count] of Object.entries(other.categories))
    categories[category] = (categories[category] ?? 0) + count;
  return { first: Math.min(one.first, other.first), last: Math.max(one.last, other.last), categories };
}

function messagesOf(events: readonly RecordedEvent[]): { readonly subject: string; readonly text: string }[] {
  const bySubject = new Map<string, { texts: string[]; characters: number }[]>();
  for (const event of events) {
    const subject = eventSubject(event.category, event.type);
    const text = encodeEvent(event);
    const messages = bySubject.get(subject);
    const last = messages?.at(-1);
    if (last && last.characters + text.length <= MAX_SHARED_CHARACTERS) {
      last.texts.push(text);
      last.characters += text.length;
    } else if (messages) messages.push({ texts: [text], characters: text.length });
    else bySubject.set(subject, [{ texts: [text], characters: text.length }]);
  }
  return [...bySubject].flatMap(([subject, messages]) =>
    messages.map(({ texts }) => ({ subject, text: texts.length === 1 ? texts[0]! : `[${texts.join(',')}]` })),
  );
}

function encodeEvent(event: RecordedEvent): string {
  const text = JSON.stringify(event);
  // A UTF-16 unit is at most three bytes of UTF-8, so most events need no exact count.
  const small = text.length * 3 <= MAX_EVENT_BYTES || Buffer.byteLength(text) <= MAX_EVENT_BYTES;
  return small ? text : JSON.stringify({ position: event.position });
}

interface HeardEvent {
  readonly position: number;
  readonly event: RecordedEvent | undefined;
}

function decodeEvents(message: BusMessage, category: string): HeardEvent[] {
  const body = jsonOf(message);
  if (!Array.isArray(body)) return [decodeEvent(message.subject, body, category)];
  if (body.length === 0) throw new MalformedMessageError(message.subject, 'it holds no event');
  return body.map((item) => decodeEvent(message.subject, item, category));
}

function decodeEvent(subject: string, item: unknown, category: string): HeardEvent {
  const body = objectOf(subject, item);
  const position = body['position'];
  if (!isPosition(position)) throw new MalformedMessageError(subject, 'it has no position');
  if (body['stream_id'] === undefined) return { position, event: undefined };
  if (body['category'] !== category || typeof body['type'] !== 'string' || typeof body['version'] !== 'number')
    throw new MalformedMessageError(subject, 'it is not an event of this category');
  return { position, event: body as unknown as RecordedEvent };
}

function decodeCommit(message: BusMessage): Commit {
  const { first, last, categories } = objectOf(message.subject, jsonOf(message));
  if (!isPosition(first) || !isPosition(last) || first > last || typeof categories !== 'object' || categories === null)
    throw new MalformedMessageError(message.subject, 'it is not a commit');
  return { first, last, categories: categories as Record<string, number> };
}

function jsonOf(message: BusMessage): unknown {
  try {
    return JSON.parse(message.text());
  } catch {
    throw new MalformedMessageError(message.subject, 'it is not JSON');
  }
}

function objectOf(subject: string, body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new MalformedMessageError(subject, 'it is not a JSON object');
  return body as Record<string, unknown>;
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
