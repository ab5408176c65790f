import {
  isoTime,
  isRejection,
  newId,
  reject,
  streamId as streamIdOf,
  type Accepted,
  type Command,
  type CommandMetadata,
  type DomainEvent,
  type EventMetadata,
  type Rejection,
} from '@ao/kernel';
import { commandHash } from './command-hash';
import type { EventLog } from './event-log';
import { createFoldedCache, type Folded } from './folded-cache';
import type { Aggregate, CommandResult, CommandShell } from './shell.types';
import { createTurns } from './turns';
import type { AppendOutcome, NewEvent, StreamAppend } from './types';

export interface CommandShellOptions {
  /** Folded streams kept in memory; default 10,000. */
  readonly cached?: number;
  /** Decisions in all when other processes keep changing the stream; default 6. */
  readonly attempts?: number;
}

const PAGE = 10_000;
type AnyAggregate = Aggregate<unknown, Command, DomainEvent>;
type Run = Parameters<CommandShell['run']>;

/** See `CommandShell`. One per process: its cache and its turns are what keeps commands on one stream from conflicting. */
export function createCommandShell(log: EventLog, options: CommandShellOptions = {}): CommandShell {
  const cache = createFoldedCache(options.cached ?? 10_000);
  const inTurn = createTurns();
  const attempts = options.attempts ?? 6;

  /** The stream's newest events folded onto what is known of it. */
  async function refreshed(aggregate: AnyAggregate, stream: string): Promise<Folded> {
    const { initialState } = aggregate.decider;
    let folded = cache.get(stream) ?? { state: initialState(), version: 0, position: 0 };
    for (;;) {
      const events = await log.readStream(stream, { fromVersion: folded.version + 1, limit: PAGE });
      const state = evolved(aggregate, folded.state, events);
      const last = events.at(-1);
      if (last) folded = { state, version: last.version, position: last.position };
      if (events.length < PAGE) break;
    }
    cache.set(stream, folded);
    return folded;
  }

  async function runInTurn(
    aggregate: AnyAggregate,
    stream: string,
    command: Run[2],
    { also = [], onConflict = otherStreamConflict, payload, isNew }: NonNullable<Run[3]> = {},
  ): Promise<CommandResult> {
    const { metadata } = command;
    if (metadata.deadline !== undefined && log.clock.now() > metadata.deadline)
      return reject(
        'unavailable',
        'deadline_passed',
        `Expected to ${command.type} '${stream}', but its deadline has passed`,
      );

    const hash = commandHash(command.type, payload ?? command.data);
    const empty = { state: aggregate.decider.initialState(), version: 0, position: 0 };
    const known = cache.get(stream) ?? (isNew ? empty : undefined);
    let folded = known ?? (await refreshed(aggregate, stream));
    // What was read just now is as good as it gets; what was cached may be older than what another process appended.
    let fresh = known === undefined;
    const full: Command = {
      type: command.type,
      data: command.data,
      metadata: {
        ...metadata,
        time: isoTime(log.clock.now()),
        fresh_ids: Array.from({ length: aggregate.freshIds ?? 2 }, newId),
      },
    };

    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const decision = aggregate.decider.decide(full, folded.state);
      const appends = isRejection(decision)
        ? (decision.record ?? []).length > 0
        : decision.events.length > 0 || metadata.idempotent === true || also.length > 0;
      if (!appends) {
        // Nothing to append means that nothing checks: neither that the state is the newest, nor that the command is new.
        const answer = await log.answerOf(metadata.command_id);
        if (answer !== undefined)
          return answer.command_hash === hash ? answered(answer) : idReused(metadata.command_id);
        if (!fresh) {
          const { version } = folded;
          folded = await refreshed(aggregate, stream);
          fresh = true;
          if (folded.version !== version) continue;
        }
        return isRejection(decision) ? decision : { kind: 'done', result: decision.result, position: folded.position };
      }

      const events: readonly DomainEvent[] = isRejection(decision) ? decision.record! : decision.events;
      const outcome = await append(aggregate, stream, folded, events, decision, hash, metadata, also);
      switch (outcome.kind) {
        case 'appended': {
          const state = evolved(aggregate, folded.state, events);
          const position = events.length > 0 ? outcome.position : folded.position;
          cache.set(stream, { state, version: outcome.versions[stream]!, position });
          return isRejection(decision)
            ? withoutRecord(decision)
            : { kind: 'done', result: decision.result, position: outcome.position };
        }
        case 'repeated':
          // This process may not have seen what the first attempt appended.
          cache.delete(stream);
          return answered(outcome);
        case 'command_id_reused':
          return idReused(metadata.command_id);
        case 'conflict':
          if (outcome.stream_id !== stream) return onConflict(outcome.stream_id);
          folded = await refreshed(aggregate, stream);
          fresh = true;
      }
    }
    return reject(
      'unavailable',
      'contended',
      `Expected to ${command.type} '${stream}', but others changed it ${attempts} times meanwhile`,
    );
  }

  async function append(
    aggregate: AnyAggregate,
    stream: string,
    folded: Folded,
    events: readonly DomainEvent[],
    decision: Accepted<DomainEvent> | Rejection,
    hash: string,
    metadata: CommandMetadata,
    also: readonly StreamAppend[],
  ): Promise<AppendOutcome> {
    try {
      return await log.append({
        streams: [{ stream_id: stream, expected_version: folded.version, events: stamped(aggregate, events) }, ...also],
        metadata: eventMetadata(metadata),
        command_hash: hash,
        result: isRejection(decision) ? withoutRecord(decision) : (decision.result ?? null),
      });
    } catch (error) {
      // Whether it was appended is open: what is cached may be old.
      cache.delete(stream);
      throw error;
    }
  }

  return {
    run: (aggregate, id, command, runOptions) => {
      const stream = streamIdOf(aggregate.category, id);
      return inTurn(stream, () =>
        runInTurn(aggregate as unknown as AnyAggregate, stream, command, runOptions),
      ) as Promise<never>;
    },
    state: async (aggregate, id, { fresh } = {}) => {
      const stream = streamIdOf(aggregate.category, id);
      const known = fresh ? undefined : cache.get(stream);
      // In turn, so that it never folds onto an entry that a running command is about to replace.
      const folded = known ?? (await inTurn(stream, () => refreshed(aggregate as unknown as AnyAggregate, stream)));
      return { state: folded.state as never, version: folded.version };
    },
  };
}

function evolved({ decider }: AnyAggregate, state: unknown, events: readonly DomainEvent[]): unknown {
  if (decider.evolveAll) return decider.evolveAll(state, events);
  return events.reduce((folded, event) => decider.evolve(folded, event), state);
}

function stamped(aggregate: AnyAggregate, events: readonly DomainEvent[]): NewEvent[] {
  return events.map(({ type, data }) => {
    const schema_version = aggregate.schemaVersions[type];
    if (schema_version === undefined)
      throw new Error(`the aggregate '${aggregate.category}' names no schema version for its event ${type}`);
    return { type, schema_version, data };
  });
}

function eventMetadata(metadata: CommandMetadata): EventMetadata {
  const { actor, correlation_id, causation_id, command_id, traceparent, address } = metadata;
  return {
    ...{ actor, correlation_id, causation_id, command_id },
    ...(traceparent !== undefined && { traceparent }),
    ...(address !== undefined && { address }),
  };
}

/** What was recorded of a rejection is in the log; its sender gets the rest. */
function withoutRecord({ record: _recorded, ...rejection }: Rejection): Rejection {
  return rejection;
}

/** A stored answer: a rejection that was recorded is a rejection again. */
function answered({ result, position }: { result: unknown; position: number }): CommandResult {
  return isRejection(result) ? result : { kind: 'done', result, position };
}

function idReused(commandId: string): Rejection {
  return reject(
    'conflict',
    'idempotency_key_reused',
    `Expected to run command '${commandId}', but its id was used before for another command`,
  );
}

function otherStreamConflict(stream: string): Rejection {
  return reject(
    'conflict',
    'precondition_failed',
    `Expected '${stream}' to be as it was, but it has changed in the meantime`,
  );
}
