import { PUBLIC_CATEGORIES, type dryRunRule, type PublicEvent, type ResultOf } from '@ao/contracts';
import { lastBefore, type EventLog } from '@ao/event-log';
import { TaskFactsReader } from '@ao/expressions';
import { isoTime } from '@ao/kernel';
import { keyOf, NEVER_FIRES, type CompiledRule, type Failed } from './compile-rule';
import { fire, NO_STATE, type Draft, type Happening, type KeyState } from './fire';
import { noticeOf } from './rule-notice';
import { eventsAt, toldOf } from './rule-sender';

export type DryRunReport = ResultOf<typeof dryRunRule>;

/** So much of the log is looked at, the newest. */
export const MOST_EVENTS = 200_000;
/** Between pages others have their turn. */
const PAGE = 1_000;
const SAMPLES = 10;
const CATEGORIES = PUBLIC_CATEGORIES.filter((category) => category !== NEVER_FIRES);

export interface DryRunOptions {
  readonly log: Pick<EventLog, 'read' | 'head' | 'readStream'>;
  /** Milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Default `MOST_EVENTS`. */
  readonly mostEvents?: number;
  readonly signal?: AbortSignal;
}

/**
 * What a rule would have sent, had it been there and enabled: by the code that sends, without sending. A group that is
 * open at the end has sent nothing yet. @throws LogUnavailableError, or what `signal` is aborted with
 */
export async function dryRun(rule: CompiledRule, options: DryRunOptions): Promise<DryRunReport> {
  const { log, until, mostEvents = MOST_EVENTS, signal } = options;
  const facts = new TaskFactsReader(log);
  const head = await log.head();
  const asked = Math.min(head, await lastBefore(log, options.from));
  const start = Math.max(asked, head - mostEvents);
  const report = { events: 0, matched: 0, would_send: 0, errors: 0, first_error: null as string | null };
  const failed: Failed = (part, reason) => {
    report.errors += 1;
    report.first_error ??= `${part}: ${reason}`;
  };
  const states = new Map<string, KeyState>();
  const newest: Draft[] = [];
  let told = 0;
  let from = options.from;

  const take = (key: string, happening: Happening): void => {
    const { drafts, state } = fire(rule.terms, happening, states.get(key) ?? NO_STATE);
    states.set(key, state);
    for (const draft of drafts) {
      report.would_send += 1;
      told += draft.count;
      newest.push(draft);
      newest.sort((a, b) => a.at - b.at);
      if (newest.length > SAMPLES) newest.shift();
    }
  };

  for (let after = start; after < head;) {
    const page = await log.read({ after, upTo: head, categories: CATEGORIES, limit: PAGE });
    signal?.throwIfAborted();
    if (after === start && start > asked && page[0]) from = Date.parse(page[0].recorded_at);
    const events: PublicEvent[] = [];
    for (const recorded of page) {
      facts.learn(recorded);
      const event = toldOf(recorded);
      if (event && Date.parse(event.time) <= until) events.push(event);
    }
    if (rule.judgesTask) await facts.load(events.filter(({ name }) => rule.names.includes(name)));
    for (const event of events) {
      report.events += 1;
      const key = keyOf(rule, event, facts.of(event), failed);
      if (key === undefined) continue;
      report.matched += 1;
      take(key, { kind: 'event', position: event.position, at: Date.parse(event.time) });
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.position;
  }
  for (const key of states.keys()) take(key, { kind: 'time', at: until });

  const open = [...states.values()].reduce((sum, { group }) => sum + (group?.count ?? 0), 0);
  const samples = await samplesOf(rule, newest, log, facts, failed);
  const throttled = report.matched - told - open;
  return { ...report, throttled, truncated: start > asked, from: isoTime(from), samples };
}

async function samplesOf(
  rule: CompiledRule,
  drafts: readonly Draft[],
  log: DryRunOptions['log'],
  facts: TaskFactsReader,
  failed: Failed,
): Promise<DryRunReport['samples']> {
  const samples: DryRunReport['samples'] = [];
  const known = await eventsAt(
    log,
    drafts.flatMap(({ positions }) => positions),
  );
  for (const draft of drafts) {
    const events = draft.positions.flatMap((position) => known.get(position) ?? []);
    const event = events.at(-1);
    if (!event) continue;
    if (rule.tellsTask) await facts.load(events);
    const { subject, body } = noticeOf('', rule, draft, events, (each) => facts.of(each), failed);
    const { name, position, time } = event;
    samples.push({ event: name, position, time, subject, body });
  }
  return samples;
}
