/**
 * The shape every aggregate and every process manager shares (see Chassaing's decider): plain functions, nothing
 * injected. Time, fresh ids and the actor reach `decide` as data, in the command's metadata.
 */
export interface Decider<State, Command, Event extends DomainEvent> {
  /** The state of a stream without events. */
  initialState(): State;
  /** Folds one event in. Must be total: it never throws, an event it does not know leaves the state as it is. */
  evolve(state: State, event: Event): State;
  /** `evolve` with each of them, where many at once cost less: for states that are large to copy. Default: one by one. */
  evolveAll?(state: State, events: readonly Event[]): State;
  /** What the command causes: events (none is a success that changes nothing) or a rejection. Pure. */
  decide(command: Command, state: State): Decision<Event>;
}

/** What happened: past tense in `type`, JSON-safe in `data`. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

export type Decision<Event extends DomainEvent> = Accepted<Event> | Rejection;

export interface Accepted<Event extends DomainEvent> {
  readonly kind: 'accepted';
  readonly events: readonly Event[];
  /** Small JSON answer, stored with the command so that a retry gets it again. Never holds a one-time secret. */
  readonly result: unknown;
}

/** Accepts a command with the events it causes and the answer for its sender. */
export function accept<Event extends DomainEvent>(events: readonly Event[], result: unknown = {}): Accepted<Event> {
  return { kind: 'accepted', events, result };
}

/** Why a command was refused. Each kind maps once to an HTTP status (see `httpStatusOf` in contracts). */
export type RejectionKind =
  | 'invalid' // the command itself is wrong, whatever the state
  | 'not_found'
  | 'conflict' // the state forbids it
  | 'precondition_failed' // the version the caller expected is not the present one
  | 'unauthenticated' // who asks did not prove to be who they say
  | 'forbidden'
  | 'throttled' // too often; see `retry_after_seconds`
  | 'too_large'
  | 'unavailable'; // nothing decided; the same command may be sent again

/** A refused command is data, not an exception: it changes nothing and says why in one sentence. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly rejection: RejectionKind;
  /** Stable machine-readable word, snake_case, for example `lease_superseded`. */
  readonly code: string;
  /** "Expected to <verb> <thing> '<id>', but <why>". */
  readonly message: string;
  /** JSON pointer of the offending field, where there is one. */
  readonly pointer?: string;
  /** Of `outcome_unknown`: the command that may have been carried out or not; ask again with this id. */
  readonly command_id?: string;
  /** Of `throttled`: how long to wait. */
  readonly retry_after_seconds?: number;
  /** What the log must keep of the refusal itself, for example a late completion. The stream's state is unmoved by it. */
  readonly record?: readonly DomainEvent[];
}

export function reject(rejection: RejectionKind, code: string, message: string, pointer?: string): Rejection {
  return pointer === undefined
    ? { kind: 'rejected', rejection, code, message }
    : { kind: 'rejected', rejection, code, message, pointer };
}

export function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'rejected';
}

/** Folds events from the start: what the state is after them. */
export function fold<State, Event extends DomainEvent>(
  decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>,
  events: Iterable<Event>,
): State {
  let state = decider.initialState();
  for (const event of events) state = decider.evolve(state, event);
  return state;
}

/** Closes a switch over a union: the compiler refuses to build when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
