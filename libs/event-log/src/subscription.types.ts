import type { PoolClient } from 'pg';
import type { Position, RecordedEvent } from './types';

/** What an appender announces after a commit. The log stays the truth: a lost announcement costs latency, never data. */
export interface Commit {
  readonly first: Position;
  readonly last: Position;
  /** How many events of each category the commit holds: a subscriber that counted fewer reads the log instead. */
  readonly categories: Readonly<Record<string, number>>;
}

/** An event that was just committed; `text` is the `RecordedEvent` as JSON. */
export interface AnnouncedEvent {
  readonly position: Position;
  readonly category: string;
  readonly text: string;
}

/** Carries committed events to those who follow the log; `libs/messaging` implements it over NATS. */
export interface CommitBus {
  /** Publishes the events, then the commit, in that order on one connection. Never throws, never waits. */
  announce(commit: Commit, events: readonly AnnouncedEvent[]): void;
  /**
   * Hears the events of the named categories and, after those of each, their commit: once per category of it. Commits of
   * other categories are heard with `everyCommit` alone. An event above 64 KiB arrives without its body (`undefined`); the
   * reader then reads the log.
   */
  listen(
    categories: readonly string[],
    on: {
      event: (position: Position, category: string, event: RecordedEvent | undefined) => void;
      commit: (commit: Commit) => void;
      /** The connection was lost or restored, or messages were dropped: trust nothing heard so far. */
      interrupted: () => void;
    },
    options?: { readonly everyCommit?: boolean },
  ): Promise<{ stop(): Promise<void> }>;
}

/**
 * What a subscription wants of the events of a category, as things stand.
 *
 * - `now`: as they happen.
 * - `later`: with the next look at the log, within about a second; a process of which nobody wants them now is not sent them one
 *   by one. For what merely counts.
 * - `none`: nothing, until the answer is another. It may be another after an event that the subscription has handled, and then it
 *   gets all that comes after that event. So that nothing is missed, while something is `none` events come one at a time: for what
 *   has nothing to do until somebody asks for it, which is rare.
 */
export type Interest = 'now' | 'later' | 'none';

/** What of the log a subscription follows. */
export interface Followed {
  readonly categories: readonly string[];
  /** Of these categories only these types; of the others all. */
  readonly types?: Readonly<Record<string, readonly string[]>>;
  /** Asked again after each batch; default: `now`, of every category. */
  readonly interest?: (category: string) => Interest;
}

/** Delivered events are upcast, in position order, each exactly once per checkpoint. */
export type EventBatch = readonly RecordedEvent[];

/**
 * Owned: durable, one active among all replicas (advisory lock), the others stand by. The handler's writes and the
 * checkpoint commit in one transaction; the checkpoint row is compared before it is set.
 */
export interface OwnedSubscription extends Followed {
  readonly name: string;
  /** At most this many events per transaction; default 500. */
  readonly batchSize?: number;
  /**
   * Milliseconds from the end of a batch to the next one at the earliest; default 0. For state that is rarely waited for: it is
   * written in fewer, larger transactions. A full batch is not waited with, nor is one that somebody waits for (`reached`).
   */
  readonly restMs?: number;
  /**
   * Of the code whose state the checkpoint stands for; default 1. A replica with another version than the checkpoint's
   * neither reads nor writes: an older one leaves the work to the newer, a newer one waits for the rebuild.
   */
  readonly version?: number;
  /** Before the first batch that this replica handles, and again when the state was changed under it: forget what was kept in memory. */
  activated?(position: Position): void | Promise<void>;
  /** This replica handles no more batches until it is activated again. */
  deactivated?(): void;
  /**
   * Whether nothing in these events concerns it, as things stand: they are passed over without a transaction, like events of other
   * categories, and may be heard again after a restart. Asked between batches by the process that handles them; what it goes
   * by must be as of the last commit.
   */
  passesOver?(events: EventBatch): boolean;
  /** Throwing rolls the batch back; it is then retried event by event, and an event that still throws is parked with its stream. */
  handle(events: EventBatch, transaction: PoolClient): Promise<void>;
  /**
   * After the commit of each batch: announce positions, hand effects on. Must not throw. Without events when only other
   * categories moved on.
   */
  committed?(position: Position, events: EventBatch): void;
}

/** Local: every replica follows on its own, in memory, from the position its seed was read at. */
export interface LocalSubscription extends Followed {
  readonly name: string;
  /** Reads the seed and says up to which position it goes; called again when the view must be rebuilt. */
  seed(): Promise<Position>;
  handle(events: EventBatch): void | Promise<void>;
}

export type SubscriptionState =
  /** Handles events, or waits for them. */
  | 'active'
  /** Another replica is the active one. */
  | 'standby'
  /** Met what this release must not handle (see `error`) and handed its work over; looks again from time to time. */
  | 'paused'
  /** Builds its view anew after a failure (local only). */
  | 'seeding'
  | 'stopped';

export interface SubscriptionStatus {
  readonly name: string;
  readonly kind: 'owned' | 'local';
  readonly state: SubscriptionState;
  readonly position: Position;
  /** How far the log is known to go. */
  readonly head: Position;
  /** Log time in milliseconds of the last event handled; undefined before the first. */
  readonly handled_at?: number;
  /** Streams that wait behind a parked event; known to the active replica. */
  readonly parked_streams: number;
  /** Events handled since the start of this process. */
  readonly handled: number;
  /** What keeps it from going on, or kept it last; undefined once it goes on. */
  readonly error?: Error;
}

export interface RunningSubscription {
  readonly name: string;
  status(): SubscriptionStatus;
  /** The last position handled (and, when owned, committed). Standbys report what they last saw in the checkpoint table. */
  position(): Position;
  /** Resolves once everything up to `position` is handled here; rejects when `timeoutMs` passes first. */
  reached(position: Position, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface RunningOwned extends RunningSubscription {
  /** Handles parked streams again, all or one, in order; on the active replica, within about a second. Resolves with how many events were marked. */
  retryParked(streamId?: string): Promise<number>;
}

export interface RunningLocal extends RunningSubscription {
  /** Throws the view away and seeds it anew. */
  reseed(): void;
}

export interface Subscriptions {
  owned(subscription: OwnedSubscription): Promise<RunningOwned>;
  /** Resolves once the view was seeded for the first time. */
  local(subscription: LocalSubscription): Promise<RunningLocal>;
  status(): SubscriptionStatus[];
  stop(): Promise<void>;
}
