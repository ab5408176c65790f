import {
  SHARED_EVENT_NAMES,
  type changeTrigger,
  type createTrigger,
  type DataOf,
  type deleteTrigger,
  type PublicEvent,
  type PublicEventName,
  type ResultOf,
  type rotateTriggerSecret,
  type testTrigger,
  type toggleTrigger,
  type TriggerDocument,
  type TriggerHistoryEntry,
  type triggerHistory,
  type TriggerReason,
  type TriggerSample,
} from '@ao/contracts';
import { inTransaction, type CommandResult, type CommandShell, type EventLog } from '@ao/event-log';
import type { TaskFactsReader } from '@ao/expressions';
import {
  derivedId,
  isRejection,
  isoTime,
  newId,
  reject,
  type Clock,
  type CommandMetadata,
  type Rejection,
} from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import { shownOnce, type Attempt, type SecretTimers, type SigningSecrets } from '@ao/vault';
import type { Pool } from 'pg';
import { compileTrigger, type CompiledTrigger } from './compile-trigger';
import { nextCronTime } from './cron.rules';
import { readFigures, type Figures } from './figures';
import { judge } from './fire-triggers-when-due';
import { causeOf, readyOf, type Firings, type Occasion } from './firings';
import type { HistoryBuffer } from './history-buffer';
import {
  secretGone,
  triggerAggregate,
  unknownTrigger,
  whyNot,
  withoutSecret,
  type CreateTrigger,
} from './trigger.decider';
import { whyNotOver } from './trigger.subscription';
import { entryOfFiring, listEntries } from './trigger-tables';

/** A firing that is tried out is carried out at once; its timer is for the case that the process dies meanwhile. */
const SAFETY_MS = 10_000;

export interface TriggersOptions {
  readonly pool: Pool;
  readonly shell: CommandShell;
  readonly log: Pick<EventLog, 'answerOf'>;
  readonly clock: Clock;
  readonly secrets: Pick<SigningSecrets, 'create' | 'rotate'>;
  readonly secretTimers: SecretTimers;
  readonly firings: Firings;
  readonly facts: TaskFactsReader;
  readonly history: HistoryBuffer;
}

type Created = Omit<ResultOf<typeof createTrigger>, 'secret'> & Attempt;
type Rotated = Omit<ResultOf<typeof rotateTriggerSecret>, 'secret'> & Attempt;

/** Why a trigger does not fire on a sample; undefined: it does. */
type No = { readonly reason: TriggerReason; readonly detail?: string } | undefined;

/** Triggers as they are configured, tried out, and what became of them. */
export class Triggers {
  constructor(private readonly options: TriggersOptions) {}

  /** First the secret, then the trigger that names it; a secret whose trigger never came is deleted by its timer. */
  async create(data: DataOf<typeof createTrigger>, metadata: CommandMetadata): Answer<typeof createTrigger> {
    const { shell, log, secrets, secretTimers } = this.options;
    const { secret: given, ...terms } = data;
    const isHook = terms.config.type === 'webhook';
    if (given !== undefined && !isHook) {
      const why = 'only a webhook trigger has one';
      return reject('invalid', 'secret_not_wanted', `Expected a trigger without a secret: ${why}`, '/secret');
    }
    const wrong = whyNot(terms);
    if (wrong) return wrong;
    // Derived: the same command makes the same trigger.
    const trigger_id = derivedId('trigger', metadata.command_id);
    const makeSecret = async () => {
      await secretTimers.watch(trigger_id, metadata.command_id);
      return secrets.create(trigger_id, given, metadata);
    };
    // Whether a repetition gives the same secret is judged by the vault: a hash of it here could be guessed at.
    const payload = { ...terms, given: given !== undefined };
    const run = (
      { secret_id, secret_version }: Pick<CreateTrigger['data'], 'secret_id' | 'secret_version'>,
      attempt_id: string,
    ): Promise<CommandResult<Created>> => {
      const details = { ...terms, trigger_id, secret_id, secret_version, attempt_id };
      const command = { type: 'CreateTrigger' as const, data: details, metadata };
      return shell.run(triggerAggregate, trigger_id, command, { payload });
    };
    if (isHook) return shownOnce<Created>({ log, metadata, given, makeSecret, run });
    const result = await run({ secret_id: null, secret_version: null }, newId());
    if (isRejection(result)) return result;
    const { attempt_id: _attempt, ...answer } = result.result;
    return done(answer, result.position);
  }

  async rotate(
    data: DataOf<typeof rotateTriggerSecret>,
    metadata: CommandMetadata,
  ): Answer<typeof rotateTriggerSecret> {
    const { shell, log, secrets } = this.options;
    const { trigger_id, secret: given } = data;
    const { state } = await shell.state(triggerAggregate, trigger_id, { fresh: true });
    if (!state) return unknownTrigger('rotate the secret of', trigger_id);
    const { secret_id } = state;
    if (secret_id === null) return withoutSecret(trigger_id);
    const makeSecret = async () => {
      const place = await secrets.rotate(secret_id, given, metadata);
      return isRejection(place) && place.rejection === 'not_found'
        ? secretGone('rotate the secret of', trigger_id)
        : place;
    };
    return shownOnce<Rotated>({
      ...{ log, metadata, given, makeSecret },
      run: ({ secret_version }, attempt_id) => {
        const details = { trigger_id, secret_version, attempt_id };
        const command = { type: 'RotateTriggerSecret' as const, data: details, metadata };
        return shell.run(triggerAggregate, trigger_id, command, {
          payload: { trigger_id, given: given !== undefined },
        });
      },
    });
  }

  change(data: DataOf<typeof changeTrigger>, metadata: CommandMetadata): Answer<typeof changeTrigger> {
    return this.options.shell.run(triggerAggregate, data.trigger_id, { type: 'ChangeTrigger', data, metadata });
  }

  toggle(data: DataOf<typeof toggleTrigger>, metadata: CommandMetadata): Answer<typeof toggleTrigger> {
    return this.options.shell.run(triggerAggregate, data.trigger_id, { type: 'ToggleTrigger', data, metadata });
  }

  /** The secret follows when the event is seen: `forget-secret-when-owner-is-gone`. */
  delete(data: DataOf<typeof deleteTrigger>, metadata: CommandMetadata): Answer<typeof deleteTrigger> {
    return this.options.shell.run(triggerAggregate, data.trigger_id, { type: 'DeleteTrigger', data, metadata });
  }

  async history(data: DataOf<typeof triggerHistory>): Answer<typeof triggerHistory> {
    await this.options.history.flush();
    return done(await listEntries(this.options.pool, data));
  }

  /** The same command again finds its firing, and says what became of it. */
  async test(data: DataOf<typeof testTrigger>, { command_id }: CommandMetadata): Answer<typeof testTrigger> {
    const { pool, shell, clock, firings } = this.options;
    const { trigger_id, sample, dry_run } = data;
    const { state } = await shell.state(triggerAggregate, trigger_id, { fresh: true });
    if (!state) return unknownTrigger('test', trigger_id);
    const trigger = compileTrigger(state);
    if ('pointer' in trigger) return reject('conflict', 'trigger_not_understood', trigger.reason, trigger.pointer);
    const firing_id = derivedId('trigger-test', command_id);
    const at = isoTime(clock.now());
    const tried = await this.tryOn(trigger, state, sample, at);
    if (isRejection(tried)) return tried;
    const { variables, no } = tried;
    const occasion: Occasion = {
      trigger_id,
      trigger,
      firing_id,
      cause: causeOf('test'),
      depth: 1,
      at,
      variables,
      asked: true,
    };
    const ready = readyOf(occasion);
    const shown = { trigger_id, action: ready.action as unknown };
    if (no) return done({ ...shown, ...SILENT, reason: no.reason, detail: no.detail ?? null });
    if (!ready.action) return done({ ...shown, ...SILENT, reason: 'template_error', detail: ready.problem });
    if (dry_run) return done({ ...shown, ...SILENT, fired: false, reason: null, detail: null });
    const before = await entryOfFiring(pool, firing_id);
    if (before && before.outcome !== 'firing') return done({ ...shown, ...endOf(before), firing_id });
    const admission = await inTransaction(pool, (transaction) => firings.admit(transaction, occasion, SAFETY_MS));
    if (!admission.fired) return done({ ...shown, ...SILENT, reason: admission.reason, detail: admission.detail });
    const { outcome, reason } = await firings.carryOut(admission.firing);
    const failed = outcome ? null : ('action_refused' satisfies TriggerReason);
    return done({ ...shown, firing_id, fired: outcome !== null, reason: failed, detail: reason, outcome });
  }

  /** What the action may speak of, made up where the sample does not say, and whether it would fire. */
  private async tryOn(
    trigger: CompiledTrigger,
    { config, created_at }: TriggerDocument,
    sample: TriggerSample,
    at: string,
  ): Promise<{ variables: Record<string, unknown>; no: No } | Rejection> {
    const { pool, facts } = this.options;
    switch (config.type) {
      case 'cron': {
        const next = nextCronTime(config, Date.parse(at));
        return { variables: { scheduled_for: next === undefined ? created_at : isoTime(next) }, no: undefined };
      }
      case 'event': {
        const event = eventOf(sample, trigger.names, at);
        if (!event) {
          const why = 'its sample is of an event that the trigger does not cover';
          return reject(
            'invalid',
            'sample_not_covered',
            `Expected to test a trigger, but ${why}`,
            '/sample/event/name',
          );
        }
        await facts.load([event]);
        return { variables: { event, task: facts.of(event) ?? null }, no: whyNotOver(trigger, event, facts) };
      }
      case 'webhook':
        return { variables: { payload: sample.payload ?? null, headers: sample.headers ?? {} }, no: undefined };
      case 'condition': {
        const now = await inTransaction(pool, (transaction) => readFigures(transaction, at));
        const figures = { ...now, ...sample.figures } as Figures;
        const judged = judge(trigger, figures);
        const no: No =
          'error' in judged
            ? { reason: 'condition_error', detail: judged.error }
            : judged.met
              ? undefined
              : { reason: 'condition_false' };
        return { variables: { ...figures }, no };
      }
    }
  }
}

const SILENT = { firing_id: null, fired: false, outcome: null } as const;

function endOf({ outcome, reason, detail, made }: TriggerHistoryEntry) {
  return { fired: outcome === 'fired', reason, detail, outcome: made };
}

function eventOf(sample: TriggerSample, names: readonly PublicEventName[], at: string): PublicEvent | undefined {
  const { name = names[0], subject, data = {} } = sample.event ?? {};
  const known = SHARED_EVENT_NAMES.find((one) => one === name);
  if (known === undefined || !names.includes(known)) return undefined;
  const made = { kind: known.split('.')[0]!, id: derivedId('sample', known) };
  return { name: known, position: 0, time: at, subject: subject ?? made, data };
}
