import type { ATTEMPT_ERRORS, DeliveryTarget, DeliveryTest } from '@ao/contracts';
import type { ClientBase } from 'pg';

export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** Something to deliver. */
export interface NewDelivery {
  /** Derived from what causes it: adding it again is nothing. */
  readonly delivery_id: string;
  readonly target: DeliveryTarget;
  /** Name of the event, or what else it is (`test`, `digest`). */
  readonly event: string;
  /** Of the log; null: it stands for no event. */
  readonly position: number | null;
  readonly replay_id?: string | null;
  /** What is sent where it is not the event itself. */
  readonly message?: Message;
}

/** What a person reads. */
export interface Message {
  readonly severity: string;
  readonly subject: string;
  readonly body: string;
}

/** A delivery whose turn it is. */
export interface DueDelivery extends NewDelivery {
  /** From 1. */
  readonly attempt: number;
  readonly created_at: string;
}

export type AttemptResult =
  | { readonly delivered: true; readonly status_code?: number; readonly response?: string }
  | {
      readonly delivered: false;
      readonly error: AttemptError;
      /** A sentence for the delivery log: without secrets. */
      readonly detail?: string;
      readonly status_code?: number;
      readonly response?: string;
      /** The receiver asks to be left alone so long. */
      readonly retry_after_ms?: number;
      /** No further attempt can help; `gone`: nor can any other delivery to this target. */
      readonly final?: 'this' | 'gone';
    };

/** What a test of a target is called in the delivery log. */
export const TEST_EVENT = 'test';

/** In one line, for `last_error`. */
export const whyOf = ({ error, detail }: { error: AttemptError | null; detail?: string | null }): string =>
  [error, detail].filter(Boolean).join(': ') || 'It did not arrive';

/** Sends to the targets of one kind. Never throws for what a receiver does; bounded by the signal. */
export interface Sender {
  /** `gone` holds all that waits for the target, until it is released. Otherwise each delivery finds out for itself. */
  readonly holdsWhenGone?: boolean;
  send(delivery: DueDelivery, signal: AbortSignal): Promise<AttemptResult>;
  /**
   * The end of a delivery: arrived, or given up after its last attempt. Called once per end at least, before the end is
   * written; one that throws is called again a few times, then the end is written without it.
   */
  ended?(delivery: DueDelivery, result: AttemptResult): Promise<void>;
  /** How targets fare, whenever an attempt to them has been written. Must not throw. */
  fared?(targets: readonly TargetHealth[]): void;
}

/** How a target fares, as the table of targets has it. */
export interface TargetHealth {
  readonly target: DeliveryTarget;
  /** The first failure after the last success; null: the last attempt arrived. */
  readonly failing_since: string | null;
  /** Of one delivery since then. */
  readonly most_tries: number;
  /** It said that it is no more. */
  readonly gone: boolean;
}

export interface Deliveries {
  /** Within the caller's transaction; ids that are known already are left as they are. */
  add(transaction: ClientBase, deliveries: readonly NewDelivery[]): Promise<void>;
  /** After the commit of a transaction with `add`: looks at once. */
  nudge(): void;
  /** One attempt now, kept in the delivery log and never repeated. */
  test(delivery: Omit<NewDelivery, 'event' | 'position'>): Promise<DeliveryTest>;
  /** Who sends to targets of a kind; before `start`. */
  register(kind: DeliveryTarget['kind'], sender: Sender): void;
}
