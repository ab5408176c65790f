import { publicEventOf, type PublicEvent } from '@ao/contracts';
import type { EventLog, RecordedEvent } from '@ao/event-log';
import type { TaskFactsReader } from '@ao/expressions';
import { isoTime } from '@ao/kernel';
import type { Logger } from '@ao/platform';
import type { Timers } from '@ao/timers';
import type { ClientBase } from 'pg';
import { NOTICE } from '../notice';
import type { CompiledRule, Failed } from './compile-rule';
import type { Draft } from './fire';
import type { RuleMetrics } from './rule-metrics';
import { noticeOf } from './rule-notice';

export interface RuleSenderOptions {
  readonly log: Pick<EventLog, 'read'>;
  readonly timers: Pick<Timers, 'schedule'>;
  readonly facts: TaskFactsReader;
  readonly metrics: RuleMetrics;
  readonly logger: Pick<Logger, 'warn'>;
}

/** From drafts to notices on their way. */
export class RuleSender {
  private readonly complained = new WeakSet<CompiledRule>();

  constructor(private readonly options: RuleSenderOptions) {}

  /** Within the transaction that keeps the state the drafts came from. */
  async send(
    transaction: ClientBase,
    ruleId: string,
    rule: CompiledRule,
    drafts: readonly Draft[],
    known: ReadonlyMap<number, PublicEvent> = new Map(),
  ): Promise<void> {
    const failed = this.failedOf(ruleId, rule);
    const events = await eventsAt(
      this.options.log,
      drafts.flatMap(({ positions }) => positions),
      known,
    );
    const told = drafts.map((draft) => ({ draft, events: draft.positions.flatMap((at) => events.get(at) ?? []) }));
    const { facts } = this.options;
    if (rule.tellsTask) await facts.load(told.flatMap((each) => each.events));
    const notices = told.map(({ draft, events: ofDraft }) => ({
      notice: noticeOf(ruleId, rule, draft, ofDraft, (event) => facts.of(event), failed),
      at: draft.at,
    }));
    await this.options.timers.schedule(
      transaction,
      notices.map(({ notice, at }) => ({
        timer_id: `notice-${notice.notice_id}`,
        due_at: isoTime(at),
        kind: NOTICE,
        payload: notice,
      })),
    );
    this.options.metrics.notices.inc(notices.length);
  }

  /** Counts what could not be worked out; the log hears of it once for each version of a rule, without the event's words. */
  failedOf(rule_id: string, rule: CompiledRule): Failed {
    return (part) => {
      this.options.metrics.errors.inc({ part });
      if (this.complained.has(rule)) return;
      this.complained.add(rule);
      this.options.logger.warn({ rule_id, part }, 'a rule cannot be worked out for an event: its dry run says why');
    };
  }
}

/** An event as rules see it; undefined: they do not. */
export const toldOf = (recorded: RecordedEvent): PublicEvent | undefined =>
  publicEventOf(recorded as RecordedEvent & { data: object });

const AT_ONCE = 8;

/** The events at these places of the log. @throws LogUnavailableError */
export async function eventsAt(
  log: Pick<EventLog, 'read'>,
  positions: readonly number[],
  known: ReadonlyMap<number, PublicEvent> = new Map(),
): Promise<ReadonlyMap<number, PublicEvent>> {
  const events = new Map(known);
  const missing = [...new Set(positions)].filter((position) => !events.has(position));
  const turns = missing.values();
  const work = async () => {
    for (const position of turns) {
      const [recorded] = await log.read({ after: position - 1, upTo: position, limit: 1 });
      const event = recorded && toldOf(recorded);
      if (event) events.set(position, event);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, work));
  return events;
}
