import {
  EVERY,
  breakerEvents,
  evolveBreaker,
  schemaVersionsOf,
  type BreakerCounts,
  type BreakerDocument,
  type BreakerEvent,
  type BreakerPolicy,
  type BreakerScope,
  type ConfigureBreaker as Configuration,
  type ForceBreaker as Force,
  type ResetBreaker as Reset,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  addMilliseconds,
  assertNever,
  derivedId,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';

/** What a breaker for `*` makes for one value. */
export interface MadeBreaker extends BreakerPolicy {
  readonly name: string;
  readonly scope: BreakerScope;
  readonly made_by: string;
}

interface Transition {
  readonly breaker_id: string;
  /** Of the state that it was decided on. */
  readonly revision: number;
}

export type ConfigureBreaker = Command<'ConfigureBreaker', Configuration & { readonly breaker_id: string }>;
export type ForceBreaker = Command<'ForceBreaker', Force>;
export type ResetBreaker = Command<'ResetBreaker', Reset>;
export type DeleteBreaker = Command<'DeleteBreaker', { readonly breaker_id: string }>;
/** `made`: there need not be one yet. */
export type OpenBreaker = Command<
  'OpenBreaker',
  Transition & {
    readonly reason: 'failures' | 'probe_failed';
    readonly counts: BreakerCounts;
    readonly task_id: string;
    readonly made?: MadeBreaker;
  }
>;
export type HalfOpenBreaker = Command<'HalfOpenBreaker', Transition>;
export type CloseBreaker = Command<'CloseBreaker', Transition>;

export type BreakerCommand =
  ConfigureBreaker | ForceBreaker | ResetBreaker | DeleteBreaker | OpenBreaker | HalfOpenBreaker | CloseBreaker;

/** Undefined: there is none. */
export type BreakerState = BreakerDocument | undefined;

export const breakerDecider: Decider<BreakerState, BreakerCommand, BreakerEvent> = {
  initialState: () => undefined,
  evolve: evolveBreaker,
  decide(command, state) {
    if (command.type === 'ConfigureBreaker') return configure(command, state);
    if (command.type === 'OpenBreaker') return open(command, state);
    if (!state) return refuse(command, 'not_found', 'breaker_not_found', 'there is none with this name');
    switch (command.type) {
      case 'ForceBreaker':
        return force(command, state);
      case 'ResetBreaker':
        return reset(command, state);
      case 'DeleteBreaker':
        return accept([{ type: 'BreakerDeleted', data: stamp(command) }], { at: command.metadata.time });
      case 'HalfOpenBreaker':
        if (state.state !== 'open' || movedOn(command, state)) return overtaken(command);
        return accept([{ type: 'BreakerHalfOpened', data: stamp(command) }]);
      case 'CloseBreaker':
        if (state.state !== 'half_open' || movedOn(command, state)) return overtaken(command);
        return accept([{ type: 'BreakerClosed', data: stamp(command) }]);
      default:
        return assertNever(command);
    }
  },
};

export const breakerAggregate: Aggregate<BreakerState, BreakerCommand, BreakerEvent> = {
  category: 'circuitbreaker',
  decider: breakerDecider,
  schemaVersions: schemaVersionsOf(breakerEvents),
  freshIds: 0,
};

/** Names, which people choose, do not stand in stream ids. */
export function breakerId(name: string): string {
  return derivedId('circuitbreaker', name);
}

export function policyOf(policy: BreakerPolicy): BreakerPolicy {
  const { failure_threshold, window_seconds, minimum_calls, failure_ratio, cooldown_seconds, half_open_max } = policy;
  return { failure_threshold, window_seconds, minimum_calls, failure_ratio, cooldown_seconds, half_open_max };
}

function configure(command: ConfigureBreaker, state: BreakerState): Decision<BreakerEvent> {
  const { breaker_id, name, scope } = command.data;
  const data = { ...policyOf(command.data), breaker_id, name, scope, at: command.metadata.time };
  if (!state) return accept([{ type: 'BreakerConfigured', data }], { breaker_id, created: true });
  if (state.scope.kind !== scope.kind || state.scope.value !== scope.value) {
    const { kind, value } = state.scope;
    const why = `it is for ${kind} '${value}'; delete it first`;
    return refuse(command, 'conflict', 'breaker_scope_fixed', why, '/scope');
  }
  const result = { breaker_id, created: false };
  return accept(samePolicy(state, data) ? [] : [{ type: 'BreakerConfigured', data }], result);
}

function open(command: OpenBreaker, state: BreakerState): Decision<BreakerEvent> {
  const { breaker_id, made, reason, counts, task_id } = command.data;
  const at = command.metadata.time;
  if (state ? movedOn(command, state) || !mayOpen(state) : !made) return overtaken(command);
  const policy = made ?? state!;
  const retry_at = addMilliseconds(at, policy.cooldown_seconds * 1_000);
  const opened: BreakerEvent = { type: 'BreakerOpened', data: { breaker_id, at, retry_at, reason, counts, task_id } };
  if (!made || (state && samePolicy(state, made))) return accept([opened]);
  return accept([{ type: 'BreakerConfigured', data: { ...made, breaker_id, at } }, opened]);
}

function force(command: ForceBreaker, { scope, state }: BreakerDocument): Decision<BreakerEvent> {
  if (scope.value === EVERY) return isForEach(command);
  const { state: forced, reason } = command.data;
  const result = { at: command.metadata.time };
  if (state === forced) return accept([], result);
  return accept([{ type: 'BreakerForced', data: { ...stamp(command), state: forced, reason } }], result);
}

/** Also of one that is closed: what it has counted is forgotten. */
function reset(command: ResetBreaker, { scope }: BreakerDocument): Decision<BreakerEvent> {
  if (scope.value === EVERY) return isForEach(command);
  const { reason } = command.data;
  return accept([{ type: 'BreakerReset', data: { ...stamp(command), reason } }], { at: command.metadata.time });
}

function mayOpen({ state, scope }: BreakerDocument): boolean {
  return (state === 'closed' || state === 'half_open') && scope.value !== EVERY;
}

function movedOn({ data }: { readonly data: Transition }, { revision }: BreakerDocument): boolean {
  return data.revision !== revision;
}

function samePolicy(one: BreakerPolicy, other: BreakerPolicy): boolean {
  return JSON.stringify(policyOf(one)) === JSON.stringify(policyOf(other));
}

function stamp({ data, metadata }: BreakerCommand): { breaker_id: string; at: string } {
  return { breaker_id: data.breaker_id, at: metadata.time };
}

const VERB: Record<BreakerCommand['type'], string> = {
  ConfigureBreaker: 'configure',
  ForceBreaker: 'force',
  ResetBreaker: 'reset',
  DeleteBreaker: 'delete',
  OpenBreaker: 'open',
  HalfOpenBreaker: 'half-open',
  CloseBreaker: 'close',
};

function overtaken(command: BreakerCommand): Rejection {
  return refuse(command, 'conflict', 'breaker_moved_on', 'its state has changed meanwhile');
}

function isForEach(command: BreakerCommand): Rejection {
  const why = `it is for each ('${EVERY}'); those that it makes are '<its name>:<value>'`;
  return refuse(command, 'conflict', 'breaker_is_for_each', why);
}

function refuse(
  { type, data }: BreakerCommand,
  kind: Rejection['rejection'],
  code: string,
  why: string,
  pointer?: string,
): Rejection {
  return reject(kind, code, `Expected to ${VERB[type]} circuit breaker '${data.breaker_id}', but ${why}`, pointer);
}
