import type { SettingValues } from '@ao/contracts';
import type { EventReader, Position, RunningLocal, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Pool } from 'pg';
import { seedView } from './authentication.seed';
import { AuthenticationView, CATEGORIES } from './authentication.view';

const SWEEP_EVERY_MS = 60_000;
/** How long a credential that is not known waits, at most, for this replica to be where the log is now. */
const CATCH_UP_MS = 1_000;
/** Between two looks at the log while many wait: a flood of made-up credentials is some forty small queries a second. */
const PACE_MS = 25;
/** A replica that is further behind has other worries. */
const MAX_READ_AHEAD = 5_000;

export interface AuthenticationOptions {
  readonly pool: Pick<Pool, 'connect'>;
  readonly log: Pick<EventReader, 'read' | 'head'>;
  readonly subscriptions: Pick<Subscriptions, 'local'>;
  readonly clock: Clock;
  /** What the configuration says of settings that nobody has set. */
  readonly defaults?: Partial<SettingValues>;
}

/**
 * Keeps this replica's view by a local subscription: a revocation holds here as soon as its event is, without anybody being
 * asked. A view that is built anew takes the place of the old one when it is whole.
 */
export class Authentication {
  private current: AuthenticationView;
  private seeded = false;
  private running: RunningLocal | undefined;
  private starting: Promise<void> | undefined;
  private sweeping: NodeJS.Timeout | undefined;
  private readonly listeners = new Set<() => void>();
  private catchingUp: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: AuthenticationOptions) {
    this.current = new AuthenticationView(options.defaults);
  }

  /** False until the view was seeded for the first time: until then nobody can be judged. */
  get ready(): boolean {
    return this.seeded;
  }

  get view(): AuthenticationView {
    return this.current;
  }

  /** What governs now: as set, as configured, or the default. */
  get settings(): SettingValues {
    return this.current.settings;
  }

  /** Does not wait for the seed: Postgres may take its time, and `ready` says whether it is there. */
  start(): void {
    const { subscriptions, clock } = this.options;
    this.sweeping = setInterval(() => this.current.sweep(clock.now()), SWEEP_EVERY_MS).unref();
    this.starting = subscriptions
      .local({
        name: 'authentication',
        categories: CATEGORIES,
        seed: () => this.seed(),
        handle: (events) => {
          for (const event of events) this.current.fold(event);
          this.tell();
        },
      })
      .then(
        (running) => void (this.running = running),
        // Stopped before it was seeded.
        () => undefined,
      );
  }

  /** Resolves once the view was seeded. */
  async started(): Promise<void> {
    await this.starting;
  }

  stop(): void {
    clearInterval(this.sweeping);
    this.listeners.clear();
  }

  /** Told after every change. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Waits until the view holds what was written at `position`, at most `timeoutMs`. Never rejects. */
  async reached(position: Position, timeoutMs: number): Promise<void> {
    await this.running?.reached(position, timeoutMs).catch(() => undefined);
  }

  /**
   * Brings the view to where the log is now, for a credential that may have been issued a moment ago, elsewhere. However many
   * wait, one look at the log is under way and one more is to come, so that made-up credentials cost next to nothing.
   * Never rejects.
   */
  caughtUp(): Promise<void> {
    const now = performance.now();
    if (!this.catchingUp && now - this.lookedAt >= PACE_MS) {
      this.lookedAt = now;
      return (this.catchingUp = this.catchUp().finally(() => (this.catchingUp = undefined)));
    }
    // The look under way may have begun before that credential was committed.
    return (this.next ??= Promise.resolve(this.catchingUp)
      .then(() => new Promise((resolve) => setTimeout(resolve, PACE_MS)))
      .then(() => {
        this.next = undefined;
        return this.caughtUp();
      }));
  }

  private async catchUp(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CATCH_UP_MS)));
    await Promise.race([this.readAhead().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /** What the subscription will bring too: then it is folded already, and changes nothing. */
  private async readAhead(): Promise<void> {
    const { log } = this.options;
    const { running } = this;
    if (!running) return;
    const after = running.position();
    const upTo = await log.head();
    if (upTo <= after) return;
    const events = await log.read({ after, upTo, categories: CATEGORIES, limit: MAX_READ_AHEAD });
    if (events.length === 0) return;
    for (const event of events) this.current.fold(event);
    this.tell();
  }

  private async seed(): Promise<Position> {
    const { pool, log, clock, defaults } = this.options;
    const view = new AuthenticationView(defaults);
    const position = await seedView(view, { pool, log, now: clock.now() });
    this.current = view;
    this.seeded = true;
    this.tell();
    return position;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
