import type { PublicEventName } from '@ao/contracts';
import type { Position } from '@ao/event-log';
import type { Principal } from '../http/principal';
import type { EventHub } from './event-hub';
import type { EventPage } from './event-pages';
import { categoriesOf, concerns, missingFor, permittedNames, type Interest, type Subscription } from './interest';
import type { EventCodec, LiveEvent } from './live-event';

/** Whoever reads too slowly; the reason tells from where to go on. */
export const CLOSE_TOO_SLOW = 4408;
const CLOSE_FAILED = 1011;

/** So many bytes of the past are under way to a connection at a time. */
const PAST_IN_FLIGHT_BYTES = 64 * 1024;
/** Whoever takes longer for them waits without a page being kept for it. */
const QUICK_MS = 100;

/** The connection that a stream writes to. */
export interface Sink {
  /** `taken`: called once it has left this process, or never will. */
  write(frame: Buffer, taken?: () => void): void;
  /** Bytes that have not left this process. */
  buffered(): number;
  /** Something of the hub itself: `subscribed`, `error` and so on. */
  say(type: string, fields: object): void;
  /** Writes something that keeps the connection open, or shows that it is dead. */
  probe(): void;
  close(code: number, reason: string): void;
}

export interface StreamOptions {
  readonly hub: EventHub;
  readonly codec: EventCodec;
  readonly sink: Sink;
  /** Who listens, at this moment; undefined: nobody who may, any more. */
  readonly principal: () => Principal | undefined;
  /** What to close with when that is so. */
  readonly closeUnauthenticated: number;
}

/** Interests that begin before what the others were told already: first their past, then they go on with the others. */
interface Joining {
  readonly subscriptions: Map<string, Subscription>;
  after: Position;
}

/**
 * One listener's way along the log: from a position in the past through the log's pages, as fast as it takes them, to the
 * present, where the hub tells it each event as it happens. Every event that its subscriptions cover is written once.
 */
export class EventStream {
  readonly kind: string;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly joining: Joining[] = [];
  /** While it reads the past: all that `subscriptions` cover up to here was written. */
  private cursor: Position = 0;
  private reading = false;
  private ended = false;
  private permitted: ReadonlySet<PublicEventName> = new Set();
  private permissions: Principal['permissions'] | undefined;
  private userId: string | undefined;

  constructor(private readonly options: StreamOptions) {
    this.kind = options.codec.kind;
  }

  /** @throws Problem while the gateway stops */
  open(): void {
    this.judgeAgain();
    if (!this.ended) this.options.hub.enter(this);
  }

  get isOpen(): boolean {
    return !this.ended;
  }

  get mayHear(): ReadonlySet<PublicEventName> {
    return this.permitted;
  }

  get size(): number {
    return this.joining.reduce((sum, { subscriptions }) => sum + subscriptions.size, this.subscriptions.size);
  }

  /** Everything that was asked for up to here has been written. */
  get resumeFrom(): Position {
    const { position } = this.options.hub;
    if (!this.reading) {
      // Who comes from a replica that is ahead of this one has more already.
      const earliest = Math.min(...[...this.all()].map(({ since }) => since));
      return earliest === Infinity ? position : Math.max(position, earliest);
    }
    return Math.min(this.cursor, ...this.joining.map(({ after }) => after));
  }

  /** Begins to tell of them, after a position or from now on. Answers with where it begins. */
  subscribe(interests: readonly Interest[], from?: Position): Position {
    const { hub } = this.options;
    const since = from ?? hub.position;
    for (const { id } of interests) this.unsubscribe(id);
    const subscriptions = new Map(interests.map((interest) => [interest.id, { ...interest, since }]));
    if (!this.reading && since >= hub.position) {
      for (const subscription of subscriptions.values()) this.settle(subscription);
      return since;
    }
    this.joining.push({ subscriptions, after: since });
    if (!this.reading) {
      this.reading = true;
      this.cursor = hub.position;
      hub.listeners.removeAll(this);
      this.readPast().catch((error: unknown) => {
        if (!this.ended) hub.failed(error, 'a stream of events could not go on');
        this.end(CLOSE_FAILED, 'failed', 'the stream could not go on');
      });
    }
    return since;
  }

  unsubscribe(id: string): void {
    this.subscriptions.delete(id);
    this.options.hub.listeners.remove(this, id);
    for (const { subscriptions } of this.joining) subscriptions.delete(id);
  }

  /** An event that just happened, and that one of its subscriptions covers. */
  tell(event: LiveEvent): void {
    if (this.ended || !this.may(event)) return;
    const { sink, hub } = this.options;
    if (sink.buffered() > hub.limits.bufferedBytes) return this.tooSlow();
    this.write(event);
  }

  /** What the hub itself says is no more to be heaped up than events are. */
  say(type: string, fields: object): void {
    if (this.ended) return;
    if (this.options.sink.buffered() > this.options.hub.limits.bufferedBytes) return this.tooSlow();
    this.options.sink.say(type, fields);
  }

  probe(): void {
    if (!this.ended) this.options.sink.probe();
  }

  /** Looks at who listens: ended when it may not any more, and with less when it may less. */
  judgeAgain(): void {
    const principal = this.options.principal();
    if (!principal) {
      this.end(this.options.closeUnauthenticated, 'unauthenticated', 'the credential is not valid any more');
      return;
    }
    if (principal.permissions === this.permissions) return;
    this.permissions = principal.permissions;
    this.permitted = permittedNames(principal);
    this.userId = principal.owner?.type === 'user' ? principal.owner.id : undefined;
    for (const subscription of this.all()) {
      const permission = missingFor(subscription, this.permitted);
      if (permission === undefined) continue;
      this.unsubscribe(subscription.id);
      const detail = `This credential lacks the permission ${permission} by now`;
      this.say('error', { status: 403, code: 'forbidden', detail, permission, events: [...subscription.names] });
    }
  }

  end(code: number, word: string, detail: string): void {
    if (this.ended) return;
    const resume_from = this.resumeFrom;
    this.closed();
    this.options.sink.say('closing', { code: word, detail, resume_from });
    this.options.sink.close(code, `${detail}; resume from ${resume_from}`);
  }

  /** The other end is gone. */
  closed(): void {
    this.ended = true;
    this.options.hub.leave(this);
    this.subscriptions.clear();
    this.joining.length = 0;
  }

  private *all(): Iterable<Subscription> {
    yield* [...this.subscriptions.values()];
    for (const { subscriptions } of this.joining) yield* [...subscriptions.values()];
  }

  private settle(subscription: Subscription): void {
    this.subscriptions.set(subscription.id, subscription);
    if (!this.reading) this.options.hub.listeners.add(this, subscription);
  }

  private may({ name, owner }: LiveEvent): boolean {
    return this.permitted.has(name) && (owner === undefined || owner === this.userId);
  }

  private write(event: LiveEvent, taken?: () => void): void {
    const { sink, hub, codec } = this.options;
    sink.write(event.frame(codec), taken);
    hub.delivered(this.kind);
  }

  private tooSlow(): void {
    this.options.hub.tooSlow(this.kind);
    this.end(CLOSE_TOO_SLOW, 'too_slow', 'reads too slowly');
  }

  // reading: [joining: its past up to the cursor] -> settled; then all together from the cursor on -> the present
  private async readPast(): Promise<void> {
    const { hub } = this.options;
    let page: EventPage | undefined;
    let pageOf: Joining | undefined;
    while (!this.ended) {
      const [next] = this.joining;
      if (next !== pageOf) page = undefined;
      pageOf = next;
      // Without others there is nothing that it would be behind.
      if (next && this.subscriptions.size === 0) this.cursor = next.after;
      if (next && next.after >= this.cursor) {
        this.joining.shift();
        for (const subscription of next.subscriptions.values()) this.settle(subscription);
        page = undefined;
        continue;
      }
      if (!next && this.cursor >= hub.position) return this.arrive();
      const after = next?.after ?? this.cursor;
      const upTo = next ? this.cursor : hub.position;
      const wanted = next ? next.subscriptions : this.subscriptions;
      page ??= hub.recentAfter(after) ?? (await hub.past(after, upTo, categoriesOf(wanted.values())));
      if (this.ended) return;
      // A subscription that came meanwhile is looked at first.
      if (next !== this.joining[0]) continue;
      const taken = this.copy(page, next, after, upTo);
      if (!taken) page = undefined;
      else if (!(await within(taken, QUICK_MS))) {
        page = undefined;
        if (!(await within(taken, hub.limits.stallMs)) && !this.ended) this.tooSlow();
      }
    }
  }

  /** Writes what is wanted of a page, and stops when enough is under way: then the promise is that it was taken. */
  private copy(page: EventPage, next: Joining | undefined, after: Position, upTo: Position): Promise<void> | undefined {
    const reached = (position: Position) => {
      if (next) next.after = position;
      else this.cursor = position;
    };
    for (const event of page.events) {
      if (event.position <= after) continue;
      if (event.position > upTo) break;
      if (!this.may(event) || !(next ? this.isNewTo(next, event) : this.covers(this.subscriptions, event))) continue;
      reached(event.position);
      if (this.isFullWith(event)) return new Promise((resolve) => this.write(event, resolve));
      this.write(event);
    }
    reached(Math.min(page.upTo, upTo));
    return undefined;
  }

  private isFullWith(event: LiveEvent): boolean {
    const { sink, codec } = this.options;
    return sink.buffered() + event.frame(codec).length > PAST_IN_FLIGHT_BYTES;
  }

  private covers(subscriptions: ReadonlyMap<string, Subscription>, event: LiveEvent): boolean {
    for (const subscription of subscriptions.values()) {
      if (event.position > subscription.since && concerns(subscription, event)) return true;
    }
    return false;
  }

  /** Wanted, and not written for another subscription already. */
  private isNewTo({ subscriptions }: Joining, event: LiveEvent): boolean {
    return this.covers(subscriptions, event) && !this.covers(this.subscriptions, event);
  }

  /** The present is reached: from the next event on the hub tells it. Nothing happens in between, for nothing is awaited. */
  private arrive(): void {
    this.reading = false;
    for (const subscription of this.subscriptions.values()) this.options.hub.listeners.add(this, subscription);
  }
}

/** Whether it came about in time. */
async function within(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), milliseconds).unref()));
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
