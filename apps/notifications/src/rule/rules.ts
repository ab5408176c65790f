import type { changeRule, createRule, DataOf, deleteRule, dryRunRule, RuleTerms } from '@ao/contracts';
import type { CommandResult, StreamAppend } from '@ao/event-log';
import { TaskFactsReader } from '@ao/expressions';
import { derivedId, isRejection, reject, streamId, type CommandMetadata, type Rejection } from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import { channelAggregate } from '../channel/channel.decider';
import type { Part, PartDependencies } from '../part';
import { closeRuleGroupWhenDue } from './close-rule-group-when-due';
import { compileRule, type CompiledRule } from './compile-rule';
import { dryRun } from './dry-run';
import { notUnderstood, ruleAggregate, termsOf, unknownRule } from './rule.decider';
import { ruleMetrics } from './rule-metrics';
import { RuleSender } from './rule-sender';
import { CLOSE_RULE_GROUP, ruleSubscription } from './rule.subscription';

/** Attempts at a unit that looks at channels, while they change. */
const ATTEMPTS = 5;
const CHANNEL_MOVED = 'channel_moved';
/** Each reads up to 200,000 events. */
const DRY_RUNS_AT_ONCE = 2;
const HOUR_MS = 3_600_000;

export interface Rules extends Part {
  create(data: DataOf<typeof createRule>, metadata: CommandMetadata): Answer<typeof createRule>;
  change(data: DataOf<typeof changeRule>, metadata: CommandMetadata): Answer<typeof changeRule>;
  delete(data: DataOf<typeof deleteRule>, metadata: CommandMetadata): Answer<typeof deleteRule>;
  dryRun(data: DataOf<typeof dryRunRule>, metadata: CommandMetadata): Answer<typeof dryRunRule>;
}

/** What is told when, and to whom (ADR 0037). */
export function createRules(deps: PartDependencies): Rules {
  const { pool, log, shell, clock, timers, logger } = deps;
  const metrics = ruleMetrics(deps.metrics);
  const facts = new TaskFactsReader(log);
  const sender = new RuleSender({ log, timers, facts, metrics, logger });
  const subscription = ruleSubscription({ timers, sender, facts, metrics, clock, logger });
  const { categories } = subscription;
  const closeGroup = closeRuleGroupWhenDue({ pool, log, timers, sender, categories });
  const dryRuns = new Map<string, Answer<typeof dryRunRule>>();
  const stopping = new AbortController();

  /** That a rule's channels are there, as preconditions of its unit. */
  async function withChannels(channels: readonly string[]): Promise<StreamAppend[] | Rejection> {
    const also: StreamAppend[] = [];
    for (const channelId of new Set(channels)) {
      const { state, version } = await shell.state(channelAggregate, channelId, { fresh: true });
      if (!state) {
        const why = `Expected a rule whose channels there are, but '${channelId}' names none`;
        return reject('invalid', 'channel_unknown', why, `/channels/${channels.indexOf(channelId)}`);
      }
      also.push({ stream_id: streamId('channel', channelId), expected_version: version, events: [] });
    }
    return also;
  }

  async function withCurrentChannels<Result>(
    channels: readonly string[],
    attempt: (also: StreamAppend[]) => Promise<CommandResult<Result>>,
  ): Promise<CommandResult<Result>> {
    for (let left = ATTEMPTS; ; left -= 1) {
      const also = await withChannels(channels);
      if (isRejection(also)) return also;
      const result = await attempt(also);
      if (left <= 1 || !isRejection(result) || result.code !== CHANNEL_MOVED) return result;
    }
  }

  const onConflict = () => reject('conflict', CHANNEL_MOVED, 'Expected the channels of a rule to stay as they were');

  /** @returns the terms that are tried, or why there are none */
  async function termsToTry({ rule_id, terms }: DataOf<typeof dryRunRule>): Promise<RuleTerms | Rejection> {
    if (terms) return terms;
    const id = rule_id ?? '';
    const { state } = await shell.state(ruleAggregate, id, { fresh: true });
    return state ? termsOf(state) : unknownRule('try', id);
  }

  async function tryOut(rule: CompiledRule, hours: number): Answer<typeof dryRunRule> {
    const until = clock.now();
    return done(await dryRun(rule, { log, from: until - hours * HOUR_MS, until, signal: stopping.signal }));
  }

  return {
    subscriptions: [subscription],
    timers: { [CLOSE_RULE_GROUP]: closeGroup },
    stop() {
      stopping.abort(new Error('the service stops'));
      return Promise.resolve();
    },
    async create(data, metadata) {
      // Derived: the same command makes the same rule.
      const rule_id = derivedId('rule', metadata.command_id);
      const command = { type: 'CreateRule' as const, data: { ...data, rule_id }, metadata };
      // Carried out before, it has its answer, whatever became of the channels.
      const { state } = await shell.state(ruleAggregate, rule_id, { fresh: true });
      return withCurrentChannels(state ? [] : data.channels, (also) =>
        shell.run(ruleAggregate, rule_id, command, { also, payload: data, onConflict }),
      );
    },
    change(data, metadata) {
      const command = { type: 'ChangeRule' as const, data, metadata };
      return withCurrentChannels(data.channels ?? [], (also) =>
        shell.run(ruleAggregate, data.rule_id, command, { also, onConflict }),
      );
    },
    delete: (data, metadata) => shell.run(ruleAggregate, data.rule_id, { type: 'DeleteRule', data, metadata }),
    /** A query that is asked again while it is worked at gets the same answer. */
    async dryRun(data, { command_id }) {
      const running = dryRuns.get(command_id);
      if (running) return running;
      const terms = await termsToTry(data);
      if (isRejection(terms)) return terms;
      const rule = compileRule(terms);
      if ('pointer' in rule) return notUnderstood(rule);
      if (dryRuns.size >= DRY_RUNS_AT_ONCE) {
        const message = `Expected to try a rule, but ${DRY_RUNS_AT_ONCE} are being tried already`;
        return { ...reject('throttled', 'dry_runs_busy', message), retry_after_seconds: 5 };
      }
      const run = tryOut(rule, data.hours).finally(() => dryRuns.delete(command_id));
      dryRuns.set(command_id, run);
      return run;
    },
  };
}
