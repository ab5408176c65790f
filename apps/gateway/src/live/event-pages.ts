import { PUBLIC_CATEGORIES } from '@ao/contracts';
import type { EventReader, Position } from '@ao/event-log';
import { LiveEvent } from './live-event';

/** A stretch of the log: what is told of it, and how far it reaches. */
export interface EventPage {
  readonly events: readonly LiveEvent[];
  readonly upTo: Position;
}

export const PAGE_EVENTS = 500;
/** Reads of the log at a time: many who come back after long must not take all connections to Postgres. */
const MOST_READS = 4;
const AGAIN_MS = 500;

/** Reads the past from the log, for all connections of this process. Those that want the same page share one read. */
export class EventPages {
  private readonly reading = new Map<string, Promise<EventPage>>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  private stopped = false;

  constructor(
    private readonly log: Pick<EventReader, 'read'>,
    private readonly onError: (error: unknown) => void,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** The first events of these categories after a position. It may reach further than `upTo`, when others asked for more. */
  read(after: Position, upTo: Position, categories: readonly string[] = PUBLIC_CATEGORIES): Promise<EventPage> {
    if (after >= upTo || categories.length === 0) return Promise.resolve({ events: [], upTo: Math.max(after, upTo) });
    const key = `${after} ${categories.join()}`;
    let page = this.reading.get(key);
    if (!page) {
      page = this.inTurn(() => this.load(after, upTo, categories)).finally(() => this.reading.delete(key));
      this.reading.set(key, page);
    }
    return page;
  }

  private async load(after: Position, upTo: Position, categories: readonly string[]): Promise<EventPage> {
    const read = await this.patiently(() => this.log.read({ after, upTo, categories, limit: PAGE_EVENTS }));
    const events = read.flatMap((event) => LiveEvent.of(event) ?? []);
    return { events, upTo: read.length < PAGE_EVENTS ? upTo : read.at(-1)!.position };
  }

  /** Postgres away: whoever is in the past stays where it is until it is back. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (this.stopped) throw error;
        this.onError(error);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
      }
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy >= MOST_READS) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.busy += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}
