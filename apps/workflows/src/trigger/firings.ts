import {
  MAX_TRIGGER_DEPTH,
  sendNotice,
  type startRun,
  type StartRun,
  submitTask,
  TriggerCause,
  type TriggerOutcome,
  type TriggerReason,
} from '@ao/contracts';
import { inTransaction, type CommandResult, type CommandShell } from '@ao/event-log';
import { ExpressionError } from '@ao/expressions';
import {
  derivedId,
  isRejection,
  isoTime,
  systemMetadata,
  type Clock,
  type CommandMetadata,
  type Rejection,
} from '@ao/kernel';
import type { Answer, CommandClient } from '@ao/messaging';
import type { FiredTimer, Timers } from '@ao/timers';
import type { ClientBase, Pool } from 'pg';
import { z } from 'zod';
import type { CompiledTrigger, ReadyAction } from './compile-trigger';
import { triggerAggregate } from './trigger.decider';
import { saveLinks } from './trigger-chains';
import { addEntries, admit, endEntry, isAdmitted, type NewEntry } from './trigger-tables';

/** The kind of timer that carries out a firing. */
export const FIRE_TRIGGER = 'fire_trigger';
const MAX_DETAIL = 500;

/** Something on which a trigger may fire. */
export interface Occasion {
  readonly trigger_id: string;
  readonly trigger: CompiledTrigger;
  /** Derived from the cause: a repetition has the same. */
  readonly firing_id: string;
  readonly cause: TriggerCause;
  /** Its place in a row of triggers, from 1. */
  readonly depth: number;
  /** ISO 8601. */
  readonly at: string;
  /** What the action may speak of, besides `trigger`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Neither throttled nor counted: somebody asked for it. */
  readonly asked?: boolean;
}

export type Admission =
  | { readonly fired: true; readonly firing: Firing }
  | { readonly fired: false; readonly reason: TriggerReason; readonly detail: string | null };

const Firing = z.object({
  trigger_id: z.uuid(),
  firing_id: z.uuid(),
  cause: TriggerCause,
  depth: z.int(),
  type: z.string(),
  /** What is sent; null: it could not be worked out. */
  action: z.unknown(),
  problem: z.string().nullable(),
});
/** Everything that carrying it out takes: what becomes of the trigger meanwhile does not change it. */
export type Firing = Omit<z.infer<typeof Firing>, 'action'> & { readonly action: ReadyAction | null };

export interface FiringsOptions {
  readonly pool: Pool;
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  readonly commands: Pick<CommandClient, 'send'>;
  /** By the service's own door: over NATS a process does not hear itself. */
  readonly startRun: (order: StartRun, metadata: CommandMetadata) => Answer<typeof startRun>;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'schedule' | 'cancel' | 'nudge'>;
}

/** From an occasion to what is made of it: admitted within a transaction, carried out by a timer, recorded as an event. */
export class Firings {
  constructor(private readonly options: FiringsOptions) {}

  /**
   * Lets through what is neither too deep nor throttled, and works out what it does: from here on it happens, once. Its
   * timer, its entry in the history and its place in the chain come with the commit.
   */
  async admit(transaction: ClientBase, occasion: Occasion, dueInMs = 0): Promise<Admission> {
    const { trigger_id, trigger, firing_id, cause, depth, at, asked } = occasion;
    const { throttle } = trigger.terms;
    const refuse = async (reason: TriggerReason, detail: string): Promise<Admission> => {
      await addEntries(transaction, [entryOf(occasion, { reason, detail })]);
      return { fired: false, reason, detail };
    };
    // A timer that comes again after its time was taken: what follows from it has its own timer.
    if (!asked && (await isAdmitted(transaction, firing_id))) return { fired: false, reason: 'replayed', detail: null };
    if (depth > MAX_TRIGGER_DEPTH)
      return refuse('chain_too_deep', `${MAX_TRIGGER_DEPTH} triggers have led to each other already`);
    if (throttle && !asked && !(await admit(transaction, trigger_id, throttle, at)))
      return refuse('throttled', `it fires at most ${throttle.max} times in ${throttle.seconds} s`);
    const ready = readyOf(occasion);
    const { type } = trigger.terms.action;
    const firing: Firing = { trigger_id, firing_id, cause, depth, type, ...ready };
    const due_at = isoTime(this.options.clock.now() + dueInMs);
    const timer = { timer_id: timerOf(firing_id), due_at, kind: FIRE_TRIGGER, payload: firing };
    await this.options.timers.schedule(transaction, [timer]);
    await addEntries(transaction, [
      { ...{ trigger_id, firing_id, cause, at }, outcome: 'firing', reason: null, detail: null },
    ]);
    await saveLinks(transaction, [{ ref: firing_id, depth }], at);
    return { fired: true, firing };
  }

  /** @throws when it cannot be told what became of it, for the timer to come again */
  async whenDue({ payload }: Pick<FiredTimer, 'payload'>): Promise<void> {
    await this.carryOut(Firing.parse(payload) as Firing);
  }

  /** Every id is derived from the firing's: carried out again, by this process or another one, it finds what is done. */
  async carryOut(firing: Firing): Promise<{ outcome: TriggerOutcome | null; reason: string | null }> {
    const { pool, shell, clock, timers } = this.options;
    const { trigger_id, firing_id, cause, depth, type } = firing;
    const { state } = await shell.state(triggerAggregate, trigger_id, { fresh: true });
    if (!state) return { outcome: null, reason: null };
    const done = firing.action ? await this.send(firing, firing.action) : (firing.problem ?? '');
    const outcome = typeof done === 'string' ? null : done;
    const reason = typeof done === 'string' ? done : '';
    const metadata = systemMetadata('triggers', derivedId('trigger-recorded', firing_id), firing_id);
    const data = { trigger_id, firing_id, cause, action: type, depth, outcome, reason };
    const recorded = await shell.run(
      triggerAggregate,
      trigger_id,
      { type: 'RecordFiring', data, metadata },
      {
        payload: { trigger_id, firing_id },
      },
    );
    if (isRejection(recorded) && recorded.rejection !== 'not_found') throw new Error(recorded.message);
    await inTransaction(pool, async (transaction) => {
      const refs = outcome ? [outcome.task_id, outcome.run_id].filter((id) => id !== null) : [];
      await saveLinks(
        transaction,
        refs.map((ref) => ({ ref, depth })),
        isoTime(clock.now()),
      );
      await endEntry(transaction, {
        firing_id,
        outcome: outcome ? 'fired' : 'failed',
        reason: outcome ? null : firing.action ? 'action_refused' : 'template_error',
        detail: outcome ? null : clippedDetail(reason),
        made: outcome,
      });
      await timers.cancel(transaction, [timerOf(firing_id)]);
    });
    return { outcome, reason: outcome ? null : reason };
  }

  /** What was made, or why it was refused. @throws when nobody can tell */
  private async send({ firing_id }: Firing, action: ReadyAction): Promise<TriggerOutcome | string> {
    const { commands, startRun } = this.options;
    const metadata = systemMetadata('triggers', derivedId('trigger-effect', firing_id), firing_id);
    switch (action.type) {
      case 'create_task': {
        const submitted = sent(await commands.send(submitTask, action.data, metadata));
        return isRejection(submitted) ? submitted.message : { ...NOTHING, task_id: submitted.task_id };
      }
      case 'execute_workflow': {
        const cause = { kind: 'trigger' as const, id: firing_id };
        const started = sent(await startRun({ ...action.data, cause, started_by: null }, metadata));
        return isRejection(started) ? started.message : { ...NOTHING, run_id: started.run_id };
      }
      case 'send_notification': {
        const told = sent(await commands.send(sendNotice, action.data, metadata));
        return isRejection(told) ? told.message : { ...NOTHING, notice_id: told.notice_id };
      }
    }
  }
}

const NOTHING: TriggerOutcome = { task_id: null, run_id: null, notice_id: null };

/** @throws for what may have been done or not, or may be done later */
function sent<Result>(outcome: CommandResult<Result>): Result | Rejection {
  if (!isRejection(outcome)) return outcome.result;
  if (outcome.rejection === 'unavailable' || outcome.rejection === 'throttled') throw new Error(outcome.message);
  return outcome;
}

/** What the action of an occasion is, or why it cannot be told. */
export function readyOf({
  trigger_id,
  trigger,
  firing_id,
  at,
  variables,
}: Occasion): Pick<Firing, 'action' | 'problem'> {
  const { name, config } = trigger.terms;
  const own = { id: trigger_id, name, type: config.type, firing_id, fired_at: at };
  try {
    return { action: trigger.ready({ ...variables, trigger: own }), problem: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { action: null, problem: clippedDetail(error.message) };
  }
}

/** Of what does not fire. */
export function entryOf(
  { trigger_id, cause, at }: Pick<Occasion, 'trigger_id' | 'cause' | 'at'>,
  { reason, detail = null }: { reason: TriggerReason; detail?: string | null },
): NewEntry {
  const why = detail === null ? null : clippedDetail(detail);
  return { ...{ trigger_id, cause, at }, firing_id: null, outcome: 'not_fired', reason, detail: why };
}

const timerOf = (firingId: string) => `trigger-${firingId}`;
const clippedDetail = (text: string) => text.slice(0, MAX_DETAIL).replaceAll('\u0000', '').toWellFormed();

export const causeOf = (kind: TriggerCause['kind'], of: Partial<TriggerCause> = {}): TriggerCause => ({
  ...{ event: null, position: null, scheduled_for: null, message_id: null },
  ...of,
  kind,
});
