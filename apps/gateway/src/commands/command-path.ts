import type { DataOf, RequestContract, ResultOf } from '@ao/contracts';
import { derivedId, isRejection, newId, type Clock, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Call, Caller } from '../http/call';
import { Problem } from '../http/problem';
import type { ModelPositions } from './model-positions';
import { rejectionProblem } from './rejection-problem';

/** How long a write waits until its read models show it; then it answers all the same, and `at_least` can wait longer. */
export const READ_YOUR_WRITES_MS = 2_000;
/** How long a command's answer is awaited, its one retry included. */
export const COMMAND_TIMEOUT_MS = 5_000;

export interface SendOptions {
  /** The read models that the caller may look at next. */
  readonly models?: readonly string[];
  /** Views that other services answer from: a later query from here asks them to have seen this write (`lastWriteOf`). */
  readonly views?: readonly string[];
  /** Tells several commands of one request apart, so that each has its own id under the same Idempotency-Key. */
  readonly part?: string | number;
  /** Telemetry (beats, log lines): a repetition is harmless, so it is not worth an entry in the log that recognises it. */
  readonly telemetry?: boolean;
  /** How long the answer is awaited; default `COMMAND_TIMEOUT_MS`. At half of it the command is sent once more. */
  readonly timeoutMs?: number;
  /** The face's own words for a refusal; undefined leaves it to the common map. */
  readonly refusal?: (rejection: Rejection) => Problem | undefined;
}

/** What the door has to do with commands. */
export interface CommandSurroundings {
  /** Where the call comes from, sealed: at once when it is known, undefined when it cannot be had in time. */
  readonly sealedAddress?: (call: Call) => string | undefined | Promise<string | undefined>;
  /** Resolves once this replica judges credentials by what was written at `position`, or after `timeoutMs`. */
  readonly judgedAt?: (position: number, timeoutMs: number) => Promise<void>;
}

/** Whose writes change who may do what: a context, and what ends an agent's certificates. */
const JUDGED = ['identity.', 'registry.enrol_agent', 'registry.deregister_agent'];

/**
 * From an HTTP request to a command and back: ids, metadata, deadline, the one map of refusals, `Log-Position`, and the
 * wait that lets the caller read its own write on any replica.
 */
export class CommandPath {
  /** Commands whose sender chose the id and waits here: the same id again is told to come back. */
  private readonly inFlight = new Set<string>();
  /** The last write per read model that this process answered: what its own queries must have seen. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly client: CommandClient,
    private readonly positions: ModelPositions,
    private readonly clock: Clock,
    private readonly around: CommandSurroundings = {},
  ) {}

  /** @throws Problem for a refusal */
  async send<C extends RequestContract>(
    call: Call,
    contract: C,
    data: DataOf<C>,
    options: SendOptions = {},
  ): Promise<ResultOf<C>> {
    const metadata = this.metadataOf(call, options);
    if (metadata.idempotent) this.claim(metadata.command_id);
    try {
      // Telemetry becomes no event that somebody would have to answer for.
      const address = options.telemetry ? undefined : this.around.sealedAddress?.(call);
      const sealed = address instanceof Promise ? await address : address;
      const outcome = await this.client.send(
        contract,
        data,
        sealed === undefined ? metadata : { ...metadata, address: sealed },
      );
      if (isRejection(outcome)) throw refusalOf(outcome, metadata.command_id, options);
      // A key that was just made is good in the caller's next request, and a revoked one is not.
      if (JUDGED.some((name) => contract.name.startsWith(name)))
        await this.around.judgedAt?.(outcome.position, READ_YOUR_WRITES_MS);
      await this.becomeVisible(call, outcome.position, options);
      return outcome.result;
    } finally {
      if (metadata.idempotent) this.inFlight.delete(metadata.command_id);
    }
  }

  /** @throws Problem for a refusal */
  async query<C extends RequestContract>(
    caller: Caller,
    contract: C,
    data: DataOf<C>,
    options: Pick<SendOptions, 'refusal' | 'timeoutMs'> = {},
  ): Promise<ResultOf<C>> {
    const metadata = { ...this.metadataOf(caller, options), command_id: newId(), idempotent: false };
    const outcome = await this.client.query(contract, data, metadata);
    if (isRejection(outcome)) throw refusalOf(outcome, metadata.command_id, options);
    return outcome.result;
  }

  /** The position that a query of this model must have seen to include every write this process answered. */
  lastWriteOf(model: string): number {
    return this.written.get(model) ?? 0;
  }

  private metadataOf(
    caller: Caller,
    options: Pick<SendOptions, 'part' | 'telemetry' | 'timeoutMs'> = {},
  ): CommandMetadata {
    const { timeoutMs = COMMAND_TIMEOUT_MS } = options;
    const chosen = options.telemetry ? undefined : caller.idempotentCommandId;
    return {
      command_id: chosen === undefined ? newId() : idOfPart(chosen, options.part),
      actor: caller.actor,
      correlation_id: caller.correlationId,
      causation_id: caller.causationId,
      traceparent: caller.traceparent,
      deadline: this.clock.now() + timeoutMs,
      idempotent: chosen !== undefined,
    };
  }

  private claim(commandId: string): void {
    if (this.inFlight.has(commandId)) {
      throw new Problem(409, 'idempotency_key_in_flight', 'A request with this Idempotency-Key is still under way', {
        headers: { 'retry-after': '1' },
      });
    }
    this.inFlight.add(commandId);
  }

  private async becomeVisible(call: Call, position: number, { models = [], views = [] }: SendOptions): Promise<void> {
    announcePosition(call, position);
    for (const model of [...models, ...views]) {
      if (position > this.lastWriteOf(model)) this.written.set(model, position);
    }
    if (call.respondAsync) {
      call.reply.header('preference-applied', 'respond-async');
      return;
    }
    await Promise.all(models.map((model) => this.positions.reached(model, position, READ_YOUR_WRITES_MS)));
  }
}

function idOfPart(commandId: string, part: string | number | undefined): string {
  return part === undefined ? commandId : derivedId(commandId, part);
}

function refusalOf(rejection: Rejection, commandId: string, options: Pick<SendOptions, 'refusal'>): Problem {
  return options.refusal?.(rejection) ?? rejectionProblem(rejection, commandId);
}

/** `Log-Position`: the highest position of the request's writes, for `at_least` of a later read. */
function announcePosition(call: Call, position: number): void {
  const before = Number(call.reply.getHeader('log-position') ?? 0);
  call.reply.header('log-position', String(Math.max(before, position)));
}
