import {
  BUDGET_ACTIONS,
  BudgetThreshold,
  Currency,
  Day,
  Month,
  PriceTable,
  StreamedUsages,
  Id,
  Word,
  amount,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';

const MOST_DAYS = 366;
const days = (byDefault: number) => wholeNumber(MOST_DAYS, 1).default(byDefault);

export class CostQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}
export class DailyCostQueryDto extends createZodDto(z.object({ days: days(30), at_least: AtLeast })) {}
export class AgentCostQueryDto extends createZodDto(
  z.object({
    days: days(30),
    limit: wholeNumber(1_000, 1).default(100),
    offset: wholeNumber(100_000).default(0),
    at_least: AtLeast,
  }),
) {}

const Count = z.int();
const Money = z.number().meta({ description: 'Rounded to a millionth; exact sums are kept inside' });
const Tokens = z.object({
  reports: Count,
  input_tokens: Count,
  output_tokens: Count,
  /** Those of the input that providers read from their caches. */
  cached_input_tokens: Count,
});

export const Figures = z.object({
  cost: Money,
  /** In other currencies than `currency`; not converted. */
  other_costs: z.array(z.object({ currency: Currency, cost: Money })),
  ...Tokens.shape,
  duration_ms: Count,
  /** Counted above, but without a price: what it cost is not known, and stands in no cost. */
  unpriced: Tokens,
});
const Told = Figures.extend({ currency: Currency });

const Period = Figures.extend({ from: Day, to: Day });
export const CostSummary = z.object({
  currency: Currency,
  /** Days and months are those of this zone. */
  time_zone: z.string(),
  /** Of all times. */
  total_spend: Money,
  total: Figures,
  periods: z.object({
    today: Period,
    last_7_days: Period,
    last_30_days: Period,
    this_month: Period,
    last_month: Period,
  }),
  /** The models that have no price on some day, the most used first; at most 100. */
  unpriced_models: z.array(Tokens.extend({ provider: z.string(), model: z.string() })),
});
export type CostSummary = z.infer<typeof CostSummary>;
export class CostSummaryDto extends createZodDto(CostSummary) {}

export class DailyCostDto extends createZodDto(Told.extend({ date: Day })) {}
export class AgentCostDto extends createZodDto(
  Told.extend({ agent_id: z.uuid(), agent_name: z.string().nullable() }),
) {}
export class ProviderCostDto extends createZodDto(
  Told.extend({ provider: z.string(), models: z.array(Told.extend({ model: z.string() })) }),
) {}

export class TaskUsageDto extends createZodDto(
  Told.extend({
    task_id: z.uuid(),
    models: z.array(Told.extend({ provider: z.string(), model: z.string() })),
  }),
) {}

/** Whose spending: the whole installation's, or one agent's, or that for tasks of one type. */
const scope = { agent_id: z.string().min(1).max(128).optional(), task_type: Word.optional() };
const onlyOne = ({ agent_id, task_type }: { agent_id?: string; task_type?: string }) =>
  agent_id === undefined || task_type === undefined;
const ONLY_ONE = { path: ['task_type'], message: 'must not be given beside agent_id' };

export class BudgetScopeDto extends createZodDto(z.object(scope).refine(onlyOne, ONLY_ONE)) {}

/** A bare percentage only warns. */
const Threshold = z.preprocess(
  (threshold) => (typeof threshold === 'number' ? { percent: threshold } : threshold),
  BudgetThreshold.extend({ action: BudgetThreshold.shape.action.default('warn') }),
);

/** `PUT /api/v1/cost/budget`: what is absent stays. */
export class BudgetBodyDto extends createZodDto(
  z
    .object({
      ...scope,
      monthly_limit: amount(1_000_000_000)
        .refine((value) => value > 0, 'must be more than 0')
        .optional(),
      currency: Currency.optional(),
      alert_thresholds: z
        .array(Threshold)
        .max(20)
        .refine(
          (thresholds) => new Set(thresholds.map(({ percent }) => percent)).size === thresholds.length,
          'must not name a percentage twice',
        )
        .optional()
        .meta({ description: 'A bare number is a percentage that only warns' }),
    })
    .refine(onlyOne, ONLY_ONE)
    .meta({
      example: {
        monthly_limit: 500,
        alert_thresholds: [
          50,
          { percent: 90, action: 'throttle', tasks_per_minute: 10 },
          { percent: 100, action: 'stop' },
        ],
      },
    }),
) {}
export type BudgetBody = z.infer<(typeof BudgetBodyDto)['schema']>;

export const ShownBudget = z.object({
  /** Null where none is set. */
  budget_id: z.uuid().nullable(),
  scope: z.enum(['installation', 'agent', 'task_type']),
  agent_id: z.uuid().nullable(),
  task_type: z.string().nullable(),
  monthly_limit: Money.nullable(),
  currency: Currency,
  alert_thresholds: z.array(
    BudgetThreshold.extend({
      action: z.enum(BUDGET_ACTIONS),
      /** When this month reached it; null: it has not. */
      reached_at: z.iso.datetime().nullable(),
    }),
  ),
  month: Month,
  /** When the next month begins, and the budget with it. */
  resets_at: z.iso.datetime(),
  /** This month, less what a reset has forgiven. */
  spent: Money,
  forgiven: Money,
  remaining: Money.nullable(),
  percent_used: z.number().nullable(),
  status: z.enum(['not_set', 'ok', 'warned', 'throttled', 'stopped']),
  updated_at: z.iso.datetime().nullable(),
});
export type ShownBudget = z.infer<typeof ShownBudget>;
export class ShownBudgetDto extends createZodDto(ShownBudget) {}
/** The installation's own, and those of agents and of types of tasks. */
export class BudgetsDto extends createZodDto(ShownBudget.extend({ budgets: z.array(ShownBudget) })) {}
export class BudgetRemovedDto extends createZodDto(
  z.object({ deleted: z.literal(true), id: z.uuid(), deleted_at: z.iso.datetime() }),
) {}

export class PricesDto extends createZodDto(
  z.object({ prices: PriceTable }).meta({
    example: {
      prices: [
        {
          ...{ provider: 'openai', model: 'gpt-4o*', currency: 'USD', effective_from: '2026-01-01' },
          ...{ input_per_million: 2.5, cached_input_per_million: 1.25, output_per_million: 10 },
        },
      ],
    },
  }),
) {}

/** `POST /api/v1/agents/{id}/tasks/{taskId}/usage`. Without `leaseToken`: the agent's latest lease of this task. */
export class UsageBodyDto extends createZodDto(
  z.object({ leaseToken: Id.optional(), reports: StreamedUsages }).meta({
    example: {
      reports: [
        {
          ...{ reportId: '01980a5d-ac96-774b-bcce-b302099a8057', provider: 'openai', model: 'gpt-4o' },
          ...{ inputTokens: 1200, outputTokens: 340, cachedInputTokens: 1000, durationMs: 2100 },
        },
      ],
    },
  }),
) {}
export class UsageReportedDto extends createZodDto(z.object({ recorded: z.int(), repeated: z.int() })) {}
