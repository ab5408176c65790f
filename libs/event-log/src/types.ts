import type { DomainEvent, EventMetadata } from '@ao/kernel';

/** A place in the log: 1, 2, 3 … without gaps, over all streams. A safe integer. */
export type Position = number;

/** An event as a writer hands it in. */
export interface NewEvent<E extends DomainEvent = DomainEvent> {
  readonly type: E['type'];
  readonly schema_version: number;
  readonly data: E['data'];
}

/** An event as the log keeps it. */
export interface RecordedEvent<E extends DomainEvent = DomainEvent> {
  readonly position: Position;
  readonly stream_id: string;
  readonly category: string;
  /** 1-based and dense within the stream. */
  readonly version: number;
  readonly type: E['type'];
  readonly schema_version: number;
  readonly data: E['data'];
  readonly metadata: EventMetadata;
  /** ISO 8601 UTC with microseconds; never runs backwards along the log. */
  readonly recorded_at: string;
}

/** One stream of a unit: with events it is written, without it is only checked. */
export interface StreamAppend {
  readonly stream_id: string;
  /** The version the stream must have (0: it must not exist); `undefined`: any. A stream that is only checked must name one. */
  readonly expected_version?: number;
  readonly events: readonly NewEvent[];
}

/** The unit of append: all of its streams or none, with the answer that a retry of the same command gets again. */
export interface AppendUnit {
  readonly streams: readonly StreamAppend[];
  readonly metadata: EventMetadata;
  /** SHA-256 (hex) of the command's canonical text: the same id with another hash is refused. */
  readonly command_hash: string;
  /** Small JSON answer, at most 16 KiB. */
  readonly result: unknown;
}

export type AppendOutcome =
  /** Committed now. `position` is that of the unit's last event (the log's head if it had none). */
  | { readonly kind: 'appended'; readonly position: Position; readonly versions: Readonly<Record<string, number>> }
  /** The command id was committed before, with the same hash: its first answer. Nothing was appended. */
  | { readonly kind: 'repeated'; readonly position: Position; readonly result: unknown }
  /** A stream is not at the version expected. Nothing was appended. */
  | { readonly kind: 'conflict'; readonly stream_id: string; readonly expected: number; readonly actual: number }
  /** The command id was used before for another command. Nothing was appended. */
  | { readonly kind: 'command_id_reused' };

/** The deadline passed or the connection died in mid-commit: the unit may be in the log or not. Ask again with the same command id. */
export class OutcomeUnknownError extends Error {
  constructor(
    readonly command_id: string,
    override readonly cause?: unknown,
  ) {
    super(`the outcome of command ${command_id} is unknown; send it again with the same id`);
    this.name = 'OutcomeUnknownError';
  }
}

/** Postgres cannot be reached, or refuses work for now; nothing was appended. */
export class LogUnavailableError extends Error {
  constructor(
    message: string,
    override readonly cause?: unknown,
  ) {
    super(message);
    this.name = 'LogUnavailableError';
  }
}

/** The unit itself is wrong (an id, a size, a NUL): a fault of the caller, nothing was appended and no retry will help. */
export class InvalidUnitError extends Error {
  constructor(
    message: string,
    override readonly cause?: unknown,
  ) {
    super(message);
    this.name = 'InvalidUnitError';
  }
}

export interface ReadOptions {
  /** Only events after this position. */
  readonly after?: Position;
  /** Only events up to and with this position. */
  readonly upTo?: Position;
  /** At most this many, 1 to 10,000; default 1,000. */
  readonly limit?: number;
}

export interface EventReader {
  /** The events of one stream in version order, upcast to the present schema. */
  readStream(
    streamId: string,
    options?: { fromVersion?: number; upTo?: Position; limit?: number },
  ): Promise<RecordedEvent[]>;
  /** Events in position order, of all categories or of those named. */
  read(options: ReadOptions & { readonly categories?: readonly string[] }): Promise<RecordedEvent[]>;
  /** The position of the last event; 0 for an empty log. */
  head(): Promise<Position>;
}

export interface EventAppender {
  /**
   * Appends with whatever else waits in this process as one statement (group commit: one append in flight).
   * @throws OutcomeUnknownError, LogUnavailableError, InvalidUnitError
   */
  append(unit: AppendUnit): Promise<AppendOutcome>;
}
