import {
  PUBLIC_CATEGORIES,
  publicEventOf,
  type PublicEvent,
  type TriggerDocument,
  type TriggerEvent,
} from '@ao/contracts';
import type { EventBatch, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import type { TaskFactsReader } from '@ao/expressions';
import { derivedId, isoTime, type Clock } from '@ao/kernel';
import { PUBLIC_EVENTS_REST_MS, type Logger } from '@ao/platform';
import type { Timers } from '@ao/timers';
import type { ClientBase } from 'pg';
import { compileTrigger, type CompiledTrigger } from './compile-trigger';
import { nextCronTime } from './cron.rules';
import { FiguresOfBatch } from './figures';
import { causeOf, entryOf, type Firings, type Occasion } from './firings';
import { termsOf } from './trigger.decider';
import { depthsOf } from './trigger-chains';
import {
  addEntries,
  deleteTrigger,
  putTrigger,
  readTriggers,
  type NewEntry,
  type StoredTrigger,
} from './trigger-tables';

export const TRIGGERS = 'triggers';
export const TRIGGER_CRON = 'trigger_cron';
export const TRIGGER_CONDITION = 'trigger_condition';
/** Events that are older when they are handled are history: a checkpoint that was lost does not fire for years. */
const MAX_AGE_MS = 86_400_000;
/** Where no event is waited for: most tasks of a busy fleet begin and end within it, and no figure is written of them. */
const FIGURES_REST_MS = 250;
/** Of many events one after the other most concern tasks of which more follows in the same batch. */
const BATCH = 2_000;
/** Notifications are for single persons, and what a trigger sends is one. */
const PERSONAL = 'notification';

export const cronTimerOf = (triggerId: string) => `trigger-cron-${triggerId}`;
export const conditionTimerOf = (triggerId: string) => `trigger-condition-${triggerId}`;

export interface TriggerSubscriptionOptions {
  readonly firings: Firings;
  readonly facts: TaskFactsReader;
  readonly timers: Pick<Timers, 'schedule' | 'cancel' | 'nudge'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

interface Known {
  readonly stored: StoredTrigger;
  /** Undefined: this release does not take what an earlier one took. */
  readonly compiled: CompiledTrigger | undefined;
}
type Triggers = ReadonlyMap<string, Known>;

/**
 * Keeps the triggers with their timers, the figures of the fleet and the chains, and asks event triggers about each event: all
 * in the transaction of the checkpoint. A trigger hears of what is recorded after it was made or enabled, and of nothing else.
 */
export function triggerSubscription(options: TriggerSubscriptionOptions): OwnedSubscription {
  const { firings, facts, timers, clock, logger } = options;
  /** As of the last commit; undefined: to be read. */
  let triggers: Triggers | undefined;
  let uncommitted: Triggers | undefined;

  /** Handles what is between two changes of the triggers. */
  async function judge(recorded: readonly RecordedEvent[], known: Triggers, transaction: ClientBase): Promise<void> {
    if (known.size === 0 || recorded.length === 0) return;
    const depths = await depthsOf(transaction, recorded);
    const active = activeIn(known);
    if (active.length === 0) return;
    const oldest = clock.now() - MAX_AGE_MS;
    const events = recorded.flatMap((each) => toldOf(each) ?? []).filter(({ time }) => Date.parse(time) >= oldest);
    await facts.load(
      events.filter(({ name }) => active.some(({ compiled }) => compiled.usesTask && compiled.names.includes(name))),
    );
    let silent: NewEntry[] = [];
    for (const event of events) {
      for (const { trigger_id, compiled } of active) {
        if (!compiled.names.includes(event.name)) continue;
        const occasion = occasionOf(trigger_id, compiled, event, (depths.get(event.position) ?? 0) + 1);
        const no = whyNotOver(compiled, event, facts);
        if (no) {
          silent.push(entryOf(occasion, no));
          continue;
        }
        await addEntries(transaction, silent);
        silent = [];
        await firings.admit(transaction, occasion);
      }
    }
    await addEntries(transaction, silent);
  }

  function occasionOf(trigger_id: string, trigger: CompiledTrigger, event: PublicEvent, depth: number): Occasion {
    const { name, position, time } = event;
    return {
      ...{ trigger_id, trigger, depth },
      firing_id: derivedId('trigger-firing', trigger_id, position),
      cause: causeOf('event', { event: name, position }),
      at: isoTime(Date.parse(time)),
      variables: { event, task: facts.of(event) ?? null },
    };
  }

  /** The triggers after one of them has changed, in the tables too, and its timer. */
  async function changed(
    known: Triggers,
    recorded: RecordedEvent & TriggerEvent,
    transaction: ClientBase,
  ): Promise<Triggers> {
    const { trigger_id } = recorded.data;
    const before = known.get(trigger_id)?.stored;
    if (recorded.type === 'TriggerFired' || recorded.type === 'TriggerFailed') return known;
    const after = new Map(known);
    if (recorded.type === 'TriggerDeleted') {
      after.delete(trigger_id);
      await deleteTrigger(transaction, trigger_id);
      await timers.cancel(transaction, [cronTimerOf(trigger_id), conditionTimerOf(trigger_id)]);
      return after;
    }
    const stored = storedAfter(before, recorded);
    if (!stored) return known;
    after.set(trigger_id, knownOf(stored, logger));
    await putTrigger(transaction, stored);
    await setTimer(transaction, stored);
    return after;
  }

  async function setTimer(
    transaction: ClientBase,
    { trigger_id, terms, enabled_at, revision }: StoredTrigger,
  ): Promise<void> {
    const { config } = terms;
    if (config.type !== 'cron' && config.type !== 'condition') return;
    const timer_id = config.type === 'cron' ? cronTimerOf(trigger_id) : conditionTimerOf(trigger_id);
    const from = enabled_at === null ? undefined : Date.parse(enabled_at);
    const due = from === undefined ? undefined : config.type === 'cron' ? nextCronTime(config, from) : from;
    if (due === undefined) {
      await timers.cancel(transaction, [timer_id]);
      return;
    }
    const kind = config.type === 'cron' ? TRIGGER_CRON : TRIGGER_CONDITION;
    const payload = { trigger_id, revision, at: isoTime(due) };
    await timers.schedule(transaction, [{ timer_id, due_at: isoTime(due), kind, payload }]);
  }

  const noneActive = () => triggers !== undefined && activeIn(triggers).length === 0;

  return {
    name: TRIGGERS,
    categories: [...PUBLIC_CATEGORIES.filter((category) => category !== PERSONAL), 'trigger'],
    batchSize: BATCH,
    get restMs() {
      return noneActive() ? FIGURES_REST_MS : PUBLIC_EVENTS_REST_MS;
    },
    interest: (category) => (category !== 'trigger' && noneActive() ? 'later' : 'now'),
    activated() {
      triggers = undefined;
    },
    async handle(batch: EventBatch, transaction) {
      // What was kept of a batch that was not committed is not true.
      uncommitted = undefined;
      let known = triggers ?? (await load(transaction, logger));
      triggers = undefined;
      const figures = new FiguresOfBatch();
      let events: RecordedEvent[] = [];
      let someActive = activeIn(known).length > 0;
      for (const recorded of batch) {
        if (recorded.category === 'trigger') {
          await judge(events, known, transaction);
          events = [];
          known = await changed(known, recorded as RecordedEvent & TriggerEvent, transaction);
          someActive = activeIn(known).length > 0;
          continue;
        }
        figures.learn(recorded);
        if (someActive) facts.learn(recorded);
        events.push(recorded);
      }
      await judge(events, known, transaction);
      await figures.write(transaction);
      uncommitted = known;
    },
    committed(_position, events) {
      if (events.length === 0) return;
      triggers = uncommitted;
      // Where there is no trigger no timer was set.
      if (triggers?.size || events.some(({ category }) => category === 'trigger')) timers.nudge();
    },
  };
}

/** Why it does not fire on an event; undefined: it does. */
export function whyNotOver(
  { condition }: CompiledTrigger,
  event: PublicEvent,
  facts: Pick<TaskFactsReader, 'of'>,
): { reason: 'condition_false' | 'condition_error'; detail?: string } | undefined {
  if (!condition) return undefined;
  let error: string | undefined;
  if (condition.evaluate(event, (why) => (error = why), { task: facts.of(event) })) return undefined;
  return error === undefined ? { reason: 'condition_false' } : { reason: 'condition_error', detail: error };
}

/** Triggers that are asked about events. */
const activeIn = (known: Triggers) =>
  [...known.values()].flatMap(({ stored, compiled }) =>
    compiled && compiled.names.length > 0 && stored.enabled_at !== null ? [{ ...stored, compiled }] : [],
  );

const toldOf = (recorded: RecordedEvent): PublicEvent | undefined =>
  publicEventOf(recorded as RecordedEvent & { data: object });

function storedAfter(
  before: StoredTrigger | undefined,
  { type, data, position, recorded_at }: RecordedEvent & TriggerEvent,
): StoredTrigger | undefined {
  const { trigger_id } = data;
  const enabledAt = (enabled: boolean) => (enabled ? isoTime(Date.parse(recorded_at)) : null);
  if (type === 'TriggerCreated' || type === 'TriggerChanged') {
    const terms = termsOf(data as TriggerDocument);
    return { trigger_id, terms, enabled_at: enabledAt(terms.enabled), revision: position };
  }
  if (!before) return undefined;
  const enabled = type === 'TriggerEnabled';
  const terms = { ...before.terms, enabled };
  return { trigger_id, terms, enabled_at: enabledAt(enabled), revision: position };
}

async function load(transaction: ClientBase, logger: Pick<Logger, 'warn'>): Promise<Triggers> {
  const stored = await readTriggers(transaction);
  return new Map(stored.map((trigger) => [trigger.trigger_id, knownOf(trigger, logger)]));
}

function knownOf(stored: StoredTrigger, logger: Pick<Logger, 'warn'>): Known {
  const compiled = compileTrigger(stored.terms);
  if (!('pointer' in compiled)) return { stored, compiled };
  const { trigger_id } = stored;
  logger.warn(
    { trigger_id, field: compiled.pointer },
    'a trigger is not understood any more and does not fire: change it',
  );
  return { stored, compiled: undefined };
}
