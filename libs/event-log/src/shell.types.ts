import type { Command, CommandMetadata, Decider, DomainEvent, Rejection } from '@ao/kernel';
import type { Position, StreamAppend } from './types';

/** A decider with what the shell must know to run it. */
export interface Aggregate<State, C extends Command, E extends DomainEvent> {
  readonly category: string;
  readonly decider: Decider<State, C, E>;
  /** The schema version that writers stamp on each event type. */
  readonly schemaVersions: Readonly<Record<E['type'], number>>;
  /** How many fresh ids a decision may use; default 2. */
  readonly freshIds?: number;
}

export type CommandResult<Result = unknown> =
  { readonly kind: 'done'; readonly result: Result; readonly position: Position } | Rejection;

export interface RunOptions {
  /** Further streams of the same unit: reservations to write, preconditions to check. Their conflict is returned as `onConflict` says. */
  readonly also?: readonly StreamAppend[];
  /** The rejection for a conflict on a stream of `also`; default: `conflict` / `precondition_failed`. */
  readonly onConflict?: (streamId: string) => Rejection;
  /**
   * What the sender asked for, where `command.data` holds more than that (an id made up on the way): a retry must
   * have the same, or it is refused as another command with a used id. Default: `command.data`.
   */
  readonly payload?: unknown;
  /**
   * The id was made up just now, so nothing can be in its stream, and nothing is read before the append (which still
   * expects the stream to be empty). Commands that begin streams then keep the order in which they came.
   */
  readonly isNew?: boolean;
}

/**
 * The generic command shell: read and fold (small cache of folded streams), decide, append with the expected version,
 * bounded retry on conflict only. Commands on one stream run one after another inside a process. The only caller of
 * `append`. Nothing to append is a success; it is stored only when the sender chose the command id.
 *
 * A command id seen before gets its first answer; with another type or payload it is the rejection
 * `idempotency_key_reused`. Neither the stream's id nor fresh ids count as payload, so a handler that makes up the id of what
 * it creates keeps it out of `data`, or names `payload`.
 */
export interface CommandShell {
  run<State, C extends Command, E extends DomainEvent, Result = unknown>(
    aggregate: Aggregate<State, C, E>,
    id: string,
    command: { readonly type: C['type']; readonly data: C['data']; readonly metadata: CommandMetadata },
    options?: RunOptions,
  ): Promise<CommandResult<Result>>;
  /** The folded state and version of a stream, through the same cache; `fresh` reads the log's newest events first. */
  state<State, C extends Command, E extends DomainEvent>(
    aggregate: Aggregate<State, C, E>,
    id: string,
    options?: { readonly fresh?: boolean },
  ): Promise<{ state: State; version: number }>;
}
