import { z } from 'zod';
import { Day } from '../calendar';
import { command, event, type EventOf } from '../contract';
import { Currency } from '../money';
import { Id, Time, Word, text } from '../text';

/** Most reports in one message. */
export const MAX_USAGE_REPORTS = 100;

const Tokens = z.int().min(0).max(1_000_000_000);

const Consumption = z.object({
  /** Made up by the agent: the same again counts once. */
  report_id: Id,
  provider: Word,
  model: text(200, 1),
  input_tokens: Tokens,
  output_tokens: Tokens,
  /** Those of `input_tokens` that the provider read from its cache. */
  cached_input_tokens: Tokens.default(0),
  /** Milliseconds that the calls took. */
  duration_ms: z.int().min(0).max(604_800_000),
  /** What the agent was charged, in millionths: counts where the price table has no price. */
  cost: z.object({ micros: z.int().min(0).max(1_000_000_000_000), currency: Currency }).optional(),
});

/** What an agent has used up of a model for a task. */
export const UsageReport = Consumption.refine(
  ({ cached_input_tokens, input_tokens }) => cached_input_tokens <= input_tokens,
  { path: ['cached_input_tokens'], message: 'must not be more than the input tokens' },
);
export type UsageReport = z.infer<typeof UsageReport>;

/**
 * Counts what was used under a lease that the agent has or once had: what was spent was spent, even if the lease is over.
 * Without a token: its latest of this task. 409 `lease_unknown` when it never had one.
 */
export const reportUsage = command(
  'tasks.report_usage',
  z.object({
    task_id: Id,
    agent_id: Id,
    lease_token: Id.optional(),
    reports: z.array(UsageReport).min(1).max(MAX_USAGE_REPORTS),
  }),
  z.object({ recorded: z.int(), repeated: z.int() }),
);

/** What was used for one task: stream `usage-<task id>`. */
export const usageEvents = {
  UsageReported: event(
    'usage',
    'UsageReported',
    1,
    Consumption.extend({
      cached_input_tokens: Tokens,
      task_id: Id,
      task_type: Word,
      agent_id: Id,
      attempt: z.int().min(1),
      lease_token: Id,
      /** The day it counts for: in the installation's time zone as it was when it was reported. */
      day: Day,
      reported_at: Time,
    }),
  ),
} as const;
export type UsageEvent = EventOf<typeof usageEvents>;

/** What an agent used of a model in a day for tasks of a type; with the same currency of its own figures, or without such. */
export interface UsageSum {
  readonly day: string;
  readonly agent_id: string;
  readonly task_type: string;
  readonly provider: string;
  readonly model: string;
  readonly reports: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_input_tokens: number;
  readonly duration_ms: number;
  /** What the agents said that it cost them; null where they said nothing. */
  readonly cost: { readonly micros: number; readonly currency: string } | null;
}

/** What tells one sum from another: the parts of its id. */
export function usageSumKey({ data }: UsageEvent): readonly string[] {
  const { day, agent_id, task_type, provider, model, cost } = data;
  return [day, agent_id, task_type, provider, model, cost?.currency ?? ''];
}

/** The sum after one more report; the one fold of all who add usage up. */
export function evolveUsageSum(sum: UsageSum | undefined, event: UsageEvent): UsageSum | undefined {
  if (event.type !== 'UsageReported') return sum;
  const { day, agent_id, task_type, provider, model, cost, ...used } = event.data;
  return {
    ...{ day, agent_id, task_type, provider, model },
    reports: (sum?.reports ?? 0) + 1,
    input_tokens: (sum?.input_tokens ?? 0) + used.input_tokens,
    output_tokens: (sum?.output_tokens ?? 0) + used.output_tokens,
    cached_input_tokens: (sum?.cached_input_tokens ?? 0) + used.cached_input_tokens,
    duration_ms: (sum?.duration_ms ?? 0) + used.duration_ms,
    cost: cost ? { currency: cost.currency, micros: (sum?.cost?.micros ?? 0) + cost.micros } : null,
  };
}
