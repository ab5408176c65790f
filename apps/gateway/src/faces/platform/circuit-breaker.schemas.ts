import {
  BREAKER_KINDS,
  BREAKER_STATES,
  BreakerCounts,
  BreakerName,
  BreakerPolicy,
  BreakerScope,
  text,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Page, Timestamp } from './user.schemas';

const policy = BreakerPolicy.shape;

/** `POST /api/v1/circuit-breakers`: always the whole configuration; what is left out has its default. */
export const BreakerBody = z
  .object({
    name: BreakerName,
    /** An agent may be named by its UUID or its own id. `*`: each agent, type or target gets a breaker of its own. */
    scope: BreakerScope,
    failure_threshold: policy.failure_threshold.default(5),
    window_seconds: policy.window_seconds.default(60),
    minimum_calls: policy.minimum_calls.default(1),
    failure_ratio: policy.failure_ratio.default(0),
    cooldown_seconds: policy.cooldown_seconds.default(30),
    half_open_max: policy.half_open_max.default(1),
  })
  .meta({
    example: {
      ...{ name: 'ocr', scope: { kind: 'task_type', value: 'ocr' }, failure_threshold: 5, window_seconds: 60 },
      ...{ cooldown_seconds: 30, half_open_max: 1 },
    },
  });
export class BreakerBodyDto extends createZodDto(BreakerBody) {}

/** Of force and reset. */
export class BreakerReasonDto extends createZodDto(z.object({ reason: text(500).default('') })) {}

export class BreakerListQueryDto extends createZodDto(Page.extend({ state: z.enum(BREAKER_STATES).optional() })) {}

export const ShownBreaker = BreakerPolicy.extend({
  id: z.uuid(),
  name: z.string(),
  scope: z.object({ kind: z.enum(BREAKER_KINDS), value: z.string() }),
  /** The breaker for `*` that made it. It is shown as long as it is not closed. */
  made_by: z.string().nullable(),
  state: z.enum(BREAKER_STATES),
  since: Timestamp,
  reason: z.string().nullable(),
  /** While it is open: when it lets tasks through again to try. */
  retry_at: Timestamp.nullable(),
  /** Outcomes in its window now, as they are counted while it is closed; null while nobody can be asked. */
  counts: BreakerCounts.nullable(),
  opened_at: Timestamp.nullable(),
  /** What was counted when it opened last. */
  opened_on: BreakerCounts.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ShownBreaker = z.infer<typeof ShownBreaker>;
export class ShownBreakerDto extends createZodDto(ShownBreaker) {}
