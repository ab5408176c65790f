import type { AnnouncedEvent, Commit, CommitBus, RecordedEvent } from '@ao/event-log';
import type { Bus, BusMessage } from './bus.types';
import { MalformedMessageError } from './errors';
import { categorySubject, COMMITS } from './subjects';

/** An event whose JSON is longer than this travels as its position alone. */
export const MAX_EVENT_BYTES = 64 * 1024;
/** Events of one commit and category share a message up to this many characters: at most three bytes of UTF-8 each. */
const MAX_SHARED_CHARACTERS = 64 * 1024;

/**
 * Committed events over NATS: per commit and category one message, `{"events":[…],"commit":{…}}`, for a message costs more
 * than the events in it; large ones go before it without the commit. So whoever follows a category hears all there is of a
 * commit, and whoever does not is not woken, unless it asked for every commit. Without a connection nothing is kept but one
 * commit that spans what was missed; it is announced on reconnect, and whoever hears it reads the log. Who follows the log
 * over the very connection that announces hears it without NATS, which sends nothing back to where it came from.
 */
export function commitBusOver(
  bus: Pick<Bus, 'publishText' | 'isConnected' | 'subscribeRaw' | 'onStatus'>,
  onDropped: (error: Error) => void,
): CommitBus {
  let missed: Commit | undefined;
  const own = new Set<Listener>();
  let atHome: (() => void)[] = [];
  bus.onStatus((status) => {
    if (status.kind !== 'reconnected' || !missed) return;
    const commit = missed;
    missed = undefined;
    publish(commit, []);
  });

  function publish(commit: Commit, events: readonly AnnouncedEvent[]): void {
    try {
      let sent = true;
      for (const { subject, text } of messagesOf(commit, events)) sent = bus.publishText(subject, text) && sent;
      if (!sent) missed = merged(missed, commit);
    } catch (error) {
      missed = merged(missed, commit);
      onDropped(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** As over a network, not within the caller's own turn: who appended goes on first. */
  function tellOwn(commit: Commit, events: readonly AnnouncedEvent[]): void {
    if (own.size === 0) return;
    if (atHome.length === 0)
      setImmediate(() => {
        const due = atHome;
        atHome = [];
        for (const tell of due) tell();
      });
    atHome.push(() => {
      for (const { categories, on } of own) {
        for (const { position, category, text } of events)
          if (categories.has(category)) on.event(position, category, JSON.parse(text) as RecordedEvent);
        on.commit(commit);
      }
    });
  }

  return {
    announce(commit, events) {
      tellOwn(commit, events);
      if (bus.isConnected()) publish(commit, events);
      else missed = merged(missed, commit);
    },

    async listen(categories, on, { everyCommit = false } = {}) {
      const off = bus.onStatus((status) => {
        if (status.kind === 'disconnected' || status.kind === 'reconnected') on.interrupted();
      });
      const listener = { categories: new Set(categories), on };
      own.add(listener);
      const hear = (subject: string, category: string) =>
        bus.subscribeRaw(
          subject,
          (message) => {
            const { events, commit } = decode(message, category);
            for (const { position, event } of events) on.event(position, category, event);
            if (commit) on.commit(commit);
          },
          { own: false },
        );
      const subscriptions = await Promise.all([
        ...categories.map((category) => hear(categorySubject(category), category)),
        ...(everyCommit ? [hear(COMMITS, '')] : []),
      ]);
      return {
        async stop() {
          off();
          own.delete(listener);
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

function messagesOf(commit: Commit, events: readonly AnnouncedEvent[]): { subject: string; text: string }[] {
  const ofCategory = new Map<string, { texts: string[]; characters: number }[]>();
  for (const category in commit.categories) ofCategory.set(category, [{ texts: [], characters: 0 }]);
  for (const { position, category, text } of events) {
    const parts = ofCategory.get(category);
    let part = parts?.at(-1);
    if (!parts || !part) continue;
    const body = small(text) ? text : JSON.stringify({ position });
    if (part.texts.length > 0 && part.characters + body.length > MAX_SHARED_CHARACTERS)
      parts.push((part = { texts: [], characters: 0 }));
    part.texts.push(body);
    part.characters += body.length;
  }
  const end = `,"commit":${JSON.stringify(commit)}}`;
  const messages = [...ofCategory].flatMap(([category, parts]) =>
    parts.map(({ texts }, index) => ({
      subject: categorySubject(category),
      text: `{"events":[${texts.join(',')}]${index === parts.length - 1 ? end : '}'}`,
    })),
  );
  messages.push({ subject: COMMITS, text: `{"events":[]${end}` });
  return messages;
}

function small(text: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8, so most events need no exact count.
  return text.length * 3 <= MAX_EVENT_BYTES || Buffer.byteLength(text) <= MAX_EVENT_BYTES;
}

interface Listener {
  readonly categories: ReadonlySet<string>;
  readonly on: Parameters<CommitBus['listen']>[1];
}

interface Heard {
  readonly events: readonly { readonly position: number; readonly event: RecordedEvent | undefined }[];
  readonly commit: Commit | undefined;
}

function decode(message: BusMessage, category: string): Heard {
  const { subject } = message;
  const { events, commit } = objectOf(subject, jsonOf(message));
  if (!Array.isArray(events)) throw new MalformedMessageError(subject, 'it holds no events');
  return {
    events: events.map((item) => decodeEvent(subject, item, category)),
    commit: commit === undefined ? undefined : decodeCommit(subject, commit),
  };
}

function decodeEvent(subject: string, item: unknown, category: string): Heard['events'][number] {
  const body = objectOf(subject, item);
  const position = body['position'];
  if (!isPosition(position)) throw new MalformedMessageError(subject, 'it has no position');
  if (body['stream_id'] === undefined) return { position, event: undefined };
  if (body['category'] !== category || typeof body['type'] !== 'string' || typeof body['version'] !== 'number')
    throw new MalformedMessageError(subject, 'it is not an event of this category');
  return { position, event: body as unknown as RecordedEvent };
}

function decodeCommit(subject: string, body: unknown): Commit {
  const { first, last, categories } = objectOf(subject, body);
  if (!isPosition(first) || !isPosition(last) || first > last || typeof categories !== 'object' || categories === null)
    throw new MalformedMessageError(subject, 'it is not a commit');
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
