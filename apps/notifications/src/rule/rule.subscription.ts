import { PUBLIC_CATEGORIES, type PublicEvent, type RuleEvent } from '@ao/contracts';
import type { EventBatch, OwnedSubscription } from '@ao/event-log';
import type { TaskFactsReader } from '@ao/expressions';
import { derivedId, isoTime, type Clock } from '@ao/kernel';
import type { Logger } from '@ao/platform';
import type { DueCommand, Timers } from '@ao/timers';
import type { ClientBase } from 'pg';
import { compileRule, keyOf, NEVER_FIRES, type CompiledRule } from './compile-rule';
import { expiryOf, fire, type Draft } from './fire';
import { termsOf } from './rule.decider';
import type { RuleMetrics } from './rule-metrics';
import { toldOf, type RuleSender } from './rule-sender';
import {
  deleteRule,
  dropStates,
  lockStates,
  putRule,
  readRules,
  saveStates,
  stateOf,
  sweepStates,
  type StateChange,
  type StateKey,
  type StoredRule,
} from './rule-tables';
import { PUBLIC_EVENTS_REST_MS } from '@ao/platform';

export const RULES = 'rules';
export const CLOSE_RULE_GROUP = 'close_rule_group';
/** Events that are older when they are handled are history: a checkpoint that was lost does not tell of years. */
export const MAX_AGE_MS = 86_400_000;
/** Timers of groups fire so much later: an event of the group may be on its way into the log when its time is over. */
const GRACE_MS = 1_000;

export interface RuleSubscriptionOptions {
  readonly timers: Pick<Timers, 'schedule' | 'nudge'>;
  readonly sender: RuleSender;
  readonly facts: TaskFactsReader;
  readonly metrics: RuleMetrics;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Compiled; undefined for one that cannot be (any more). */
type Rules = ReadonlyMap<string, CompiledRule | undefined>;

interface Match extends StateKey {
  readonly rule: CompiledRule;
  readonly event: PublicEvent;
}

/**
 * Keeps the rules, asks them about each event, and sends what they say: all in the transaction of the checkpoint. A rule
 * hears of what is recorded after it was made or enabled, and of nothing else.
 */
export function ruleSubscription(options: RuleSubscriptionOptions): OwnedSubscription {
  const { timers, sender, facts, metrics, clock, logger } = options;
  /** As of the last commit; undefined: to be read. */
  let rules: Rules | undefined;
  let uncommitted: Rules | undefined;

  /** Handles what is between two changes of the rules. */
  async function tell(events: readonly PublicEvent[], known: Rules, transaction: ClientBase): Promise<void> {
    const active = [...known].flatMap(([rule_id, rule]) => (rule?.terms.enabled ? [{ rule_id, rule }] : []));
    if (active.length === 0 || events.length === 0) return;
    const judged = events.filter(({ name }) => active.some(({ rule }) => rule.judgesTask && rule.names.includes(name)));
    await facts.load(judged);
    const matches: Match[] = [];
    for (const event of events) {
      for (const { rule_id, rule } of active) {
        const key = keyOf(rule, event, facts.of(event), sender.failedOf(rule_id, rule));
        if (key !== undefined) matches.push({ rule_id, rule, key, event });
      }
    }
    if (matches.length > 0) await apply(matches, new Map(events.map((event) => [event.position, event])), transaction);
  }

  async function apply(
    matches: readonly Match[],
    known: ReadonlyMap<number, PublicEvent>,
    transaction: ClientBase,
  ): Promise<void> {
    const named = ({ rule_id, key }: StateKey) => `${rule_id} ${key}`;
    const wanted = new Map(matches.map((match) => [named(match), { rule_id: match.rule_id, key: match.key }]));
    const stored = await lockStates(transaction, [...wanted.values()]);
    const before = new Map(stored.map((state) => [named(state), state]));
    const changes = new Map<string, StateChange>();
    const drafts = new Map<CompiledRule, { rule_id: string; drafts: Draft[] }>();
    const closings: DueCommand[] = [];
    for (const { rule_id, rule, key, event } of matches) {
      const name = named({ rule_id, key });
      const at = Date.parse(event.time);
      const state = changes.get(name)?.state ?? stateOf(before.get(name));
      const next = fire(rule.terms, { kind: 'event', position: event.position, at }, state);
      changes.set(name, { rule_id, key, state: next.state, expires: expiryOf(rule.terms, next.state, at) });
      const { group } = next.state;
      if (group && group.closes_at !== state.group?.closes_at) closings.push(closing(rule_id, key, group.closes_at));
      const ofRule = drafts.get(rule) ?? { rule_id, drafts: [] };
      drafts.set(rule, ofRule);
      ofRule.drafts.push(...next.drafts);
    }
    // Of most rules nothing is kept, neither before nor now.
    const kept = [...changes].filter(([name, { expires }]) => expires !== undefined || before.has(name));
    await saveStates(
      transaction,
      kept.map(([, change]) => change),
    );
    await timers.schedule(transaction, closings);
    for (const [rule, { rule_id, drafts: ofRule }] of drafts)
      await sender.send(transaction, rule_id, rule, ofRule, known);
    await sweepStates(transaction, matches.at(-1)!.event.time);
  }

  const noneEnabled = () => rules !== undefined && [...rules.values()].every((rule) => !rule?.terms.enabled);

  return {
    name: RULES,
    categories: [...PUBLIC_CATEGORIES.filter((category) => category !== NEVER_FIRES), 'rule'],
    restMs: PUBLIC_EVENTS_REST_MS,
    activated() {
      rules = undefined;
    },
    interest: (category) => (category !== 'rule' && noneEnabled() ? 'none' : 'now'),
    async handle(batch: EventBatch, transaction) {
      // What was kept of a batch that was not committed is not true.
      uncommitted = undefined;
      let known = rules ?? (await load(transaction, logger));
      rules = undefined;
      const oldest = clock.now() - MAX_AGE_MS;
      let events: PublicEvent[] = [];
      for (const recorded of batch) {
        if (recorded.category === 'rule') {
          await tell(events, known, transaction);
          events = [];
          known = await changed(known, recorded as unknown as RuleEvent, transaction, logger);
          continue;
        }
        facts.learn(recorded);
        const event = toldOf(recorded);
        if (!event) continue;
        if (Date.parse(event.time) >= oldest) events.push(event);
        else metrics.tooOld.inc();
      }
      await tell(events, known, transaction);
      uncommitted = known;
    },
    committed(_position, events) {
      if (events.length === 0) return;
      rules = uncommitted;
      timers.nudge();
    },
  };
}

async function load(transaction: ClientBase, logger: Pick<Logger, 'warn'>): Promise<Rules> {
  const stored = await readRules(transaction);
  return new Map(stored.map((rule) => [rule.rule_id, compiled(rule, logger)]));
}

/** The rules after one of them has changed, in the tables too. A rule that is disabled says nothing of what it has gathered. */
async function changed(
  rules: Rules,
  event: RuleEvent,
  transaction: ClientBase,
  logger: Pick<Logger, 'warn'>,
): Promise<Rules> {
  const { rule_id } = event.data;
  const after = new Map(rules);
  if (event.type === 'RuleDeleted') {
    after.delete(rule_id);
    await deleteRule(transaction, rule_id);
    await dropStates(transaction, rule_id);
    return after;
  }
  const terms = termsOf(event.data);
  after.set(rule_id, compiled({ rule_id, terms }, logger));
  await putRule(transaction, { rule_id, terms });
  if (!terms.enabled) await dropStates(transaction, rule_id);
  return after;
}

/** What was taken once is not taken by this release where its expressions have become stricter: that rule rests, the others go on. */
function compiled({ rule_id, terms }: StoredRule, logger: Pick<Logger, 'warn'>): CompiledRule | undefined {
  const rule = compileRule(terms);
  if (!('pointer' in rule)) return rule;
  logger.warn({ rule_id, field: rule.pointer }, 'a rule is not understood any more and does not fire: change it');
  return undefined;
}

/** One timer for each key: the next group of the key moves it. */
function closing(rule_id: string, key: string, closesAt: number): DueCommand {
  return {
    timer_id: `rule-group-${derivedId('rule-group', rule_id, key)}`,
    due_at: isoTime(closesAt + GRACE_MS),
    kind: CLOSE_RULE_GROUP,
    payload: { rule_id, key },
  };
}
