import type { PoolClient } from 'pg';
import type { Position, RecordedEvent } from './types';

/** What an appender announces after a commit. The log stays the truth: a lost announcement costs latency, never data. */
export interface Commit {
  readonly first: Position;
  readonly last: Position;
  /** How many events of each category the commit holds: a subscriber that counted fewer reads the log instead. */
  readonly categories: Readonly<Record<string, number>>;
}

/** Carries committed events to other processes; `libs/messaging` implements it over NATS. */
export interface CommitBus {
  /** Publishes the events, then the commit, in that order on one connection. Never throws, never waits. */
  announce(commit: Commit, events: readonly RecordedEvent[]): void;
  /**
   * Hears every commit, and the events of the named categories. An event above 64 KiB arrives without its body
   * (`undefined`); the reader then reads the log.
   */
  listen(
    categories: readonly string[],
    on: {
      event: (position: Position, category: string, event: RecordedEvent | undefined) => void;
      commit: (commit: Commit) => void;
      /** The connection was lost or restored, or messages were dropped: trust nothing heard so far. */
      interrupted: () => void;
    },
  ): Promise<{ stop(): Promise<void> }>;
}

/** Delivered events are upcast, in position order, each exactly once per checkpoint. */
export type EventBatch = readonly RecordedEvent[];

/**
 * Owned: durable, one active among all replicas (advisory lock), the others stand by. The handler's writes and the
 * checkpoint commit in one transaction; the checkpoint row is compared before it is set.
 */
export interface OwnedSubscription {
  readonly name: string;
  readonly categories: readonly string[];
  /** At most this many events per transaction; default 500. */
  readonly batchSize?: number;
  /** Throwing rolls the batch back; it is then retried event by event, and an event that still throws is parked with its stream. */
  handle(events: EventBatch, transaction: PoolClient): Promise<void>;
  /** After the commit of each batch: announce positions, hand effects on. Must not throw. */
  committed?(position: Position, events: EventBatch): void;
}

/** Local: every replica follows on its own, in memory, from the position its seed was read at. */
export interface LocalSubscription {
  readonly name: string;
  readonly categories: readonly string[];
  /** Reads the seed and says up to which position it goes; called again when the view must be rebuilt. */
  seed(): Promise<Position>;
  handle(events: EventBatch): void | Promise<void>;
}

export interface RunningSubscription {
  readonly name: string;
  /** The last position handled (and, when owned, committed). Standbys report what they last saw in the checkpoint table. */
  position(): Position;
  /** Resolves once everything up to `position` is handled here; rejects when `timeoutMs` passes first. */
  reached(position: Position, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface Subscriptions {
  owned(subscription: OwnedSubscription): Promise<RunningSubscription>;
  local(subscription: LocalSubscription): Promise<RunningSubscription>;
  stop(): Promise<void>;
}
