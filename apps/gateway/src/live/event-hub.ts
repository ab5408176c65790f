import { PUBLIC_CATEGORIES } from '@ao/contracts';
import type { EventReader, Position, RecordedEvent, RunningLocal, Subscriptions } from '@ao/event-log';
import { Problem, unavailable } from '../http/problem';
import { ChangeWatch } from './change-watch';
import { EventPages, PAGE_EVENTS, type EventPage } from './event-pages';
import type { EventStream } from './event-stream';
import { InterestIndex } from './interest-index';
import { LiveEvent } from './live-event';
import { RecentEvents, type RecentLimits } from './recent-events';

export interface HubMetrics {
  /** So many connections of this kind are open now. */
  open(kind: string, count: number): void;
  delivered(kind: string): void;
  tooSlow(kind: string): void;
}

export interface HubLimits {
  /** A connection with more than this many bytes waiting is closed. */
  readonly bufferedBytes: number;
  /** So long a connection that catches up may take for what was written to it. */
  readonly stallMs: number;
  readonly probeEveryMs: number;
  readonly recent: RecentLimits;
}

export const HUB_LIMITS: HubLimits = {
  bufferedBytes: 1024 * 1024,
  stallMs: 30_000,
  probeEveryMs: 15_000,
  recent: { events: 4_096, bytes: 8 * 1024 * 1024 },
};

export interface HubDependencies {
  readonly subscriptions: Pick<Subscriptions, 'local'>;
  readonly log: Pick<EventReader, 'read' | 'head'>;
  readonly metrics: HubMetrics;
  readonly onError: (error: unknown, message: string) => void;
  readonly limits?: Partial<HubLimits>;
}

/** So long after the last listener left are events still made ready: those of a proxy that starts anew come back at once. */
const REMEMBER_MS = 60_000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_FAILED = 1011;

/**
 * What happens, told to everybody who listens at this replica: one subscription on the log, whatever the number of
 * listeners; each event is turned into text once. Events go out in the order of the log.
 */
export class EventHub {
  readonly limits: HubLimits;
  /** Of the streams that are told each event as it happens. */
  readonly listeners = new InterestIndex<EventStream>();
  private readonly streams = new Set<EventStream>();
  private readonly counts = new Map<string, number>();
  private readonly recent: RecentEvents;
  private readonly pages: EventPages;
  private readonly watch = new ChangeWatch(() => this.each((stream) => stream.judgeAgain()));
  private told: Position = -1;
  private running: RunningLocal | undefined;
  private starting: Promise<void> | undefined;
  private probing: NodeJS.Timeout | undefined;
  private ended = false;
  private leftAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly dependencies: HubDependencies) {
    this.limits = { ...HUB_LIMITS, ...dependencies.limits };
    this.recent = new RecentEvents(this.limits.recent);
    this.pages = new EventPages(dependencies.log, (error) => this.failed(error, 'the past could not be read'));
  }

  /** Does not wait for the log; `ready` does. */
  start(): void {
    this.probing = setInterval(() => this.each((stream) => stream.probe()), this.limits.probeEveryMs).unref();
    this.starting = this.dependencies.subscriptions
      .local({
        name: 'live-events',
        categories: PUBLIC_CATEGORIES,
        // Nothing is kept that a failure could spoil: it goes on behind what was told last.
        seed: async () => {
          if (this.told < 0) this.begin(await this.dependencies.log.head());
          return this.told;
        },
        handle: (events) => this.tell(events),
      })
      .then(
        (running) => void (this.running = running),
        // Stopped before it began.
        () => undefined,
      );
  }

  /** Resolves once it is known from where on everything is told. @throws Problem when the gateway stops first */
  async ready(): Promise<void> {
    await this.starting;
    if (this.ended || this.told < 0) throw unavailable('shutting_down', 'The gateway is shutting down; connect again');
  }

  /** Everything up to here was told to those who listen. */
  get position(): Position {
    return this.told;
  }

  /** Lets every stream go, each with the position to go on from elsewhere. */
  async stop(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.probing);
    this.watch.stop();
    this.pages.stop();
    this.each((stream) => stream.end(CLOSE_GOING_AWAY, 'going_away', 'the gateway is shutting down'));
    await this.running?.stop();
  }

  /** Credentials or permissions may have changed. */
  accessChanged(): void {
    this.watch.changed();
  }

  /** @throws Problem 503 while the gateway stops */
  enter(stream: EventStream): void {
    if (this.ended) throw unavailable('shutting_down', 'The gateway is shutting down; connect again');
    this.streams.add(stream);
    this.count(stream.kind, 1);
  }

  leave(stream: EventStream): void {
    this.listeners.removeAll(stream);
    if (!this.streams.delete(stream)) return;
    this.leftAt = performance.now();
    this.count(stream.kind, -1);
  }

  /** What was told after a position, if that is not long ago. */
  recentAfter(after: Position): EventPage | undefined {
    const events = this.recent.after(after, PAGE_EVENTS);
    if (!events) return undefined;
    return { events, upTo: events.length < PAGE_EVENTS ? this.told : events.at(-1)!.position };
  }

  past(after: Position, upTo: Position, categories: readonly string[]): Promise<EventPage> {
    return this.pages.read(after, upTo, categories);
  }

  /** @throws Problem 422 for a position that the log has not reached */
  async requirePosition(position: Position, pointer: string): Promise<void> {
    if (position <= this.told) return;
    const head = await this.dependencies.log.head();
    if (position <= head) return;
    throw new Problem(422, 'position_ahead', `${pointer}: the log ends at ${head}`, {
      errors: [{ pointer, message: `must not be greater than ${head}, where the log ends` }],
    });
  }

  delivered(kind: string): void {
    this.dependencies.metrics.delivered(kind);
  }

  tooSlow(kind: string): void {
    this.dependencies.metrics.tooSlow(kind);
  }

  failed(error: unknown, message: string): void {
    this.dependencies.onError(error, message);
  }

  private begin(position: Position): void {
    this.told = position;
    this.recent.begin(position);
  }

  private tell(events: readonly RecordedEvent[]): void {
    if (this.streams.size === 0 && performance.now() - this.leftAt > REMEMBER_MS) {
      const last = events.at(-1);
      if (last) this.begin(last.position);
      return;
    }
    for (const event of events) {
      const live = LiveEvent.of(event);
      if (live) {
        this.recent.add(live);
        for (const stream of this.listeners.of(live)) this.tellOne(stream, live);
      }
      this.told = event.position;
    }
  }

  /** One that fails is let go: the others are told all the same. */
  private tellOne(stream: EventStream, event: LiveEvent): void {
    try {
      stream.tell(event);
    } catch (error) {
      this.failed(error, 'an event could not be told');
      stream.end(CLOSE_FAILED, 'failed', 'an event could not be told');
    }
  }

  private each(work: (stream: EventStream) => void): void {
    for (const stream of [...this.streams]) {
      try {
        work(stream);
      } catch (error) {
        this.failed(error, 'a stream of events could not be looked after');
      }
    }
  }

  private count(kind: string, change: number): void {
    const count = (this.counts.get(kind) ?? 0) + change;
    this.counts.set(kind, count);
    this.dependencies.metrics.open(kind, count);
  }
}
