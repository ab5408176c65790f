import { randomUUID } from 'node:crypto';
import type { UsageReport } from './frames';

/** What a handler has used up of a model. */
export interface Usage {
  /** For example `openai`: with the model, what the control plane's price table knows it by. */
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Those of the input that the provider read from its cache. */
  readonly cachedInputTokens?: number;
  /** Milliseconds that the calls took. */
  readonly durationMs?: number;
  /** What the provider charged: counts where the price table has no price. */
  readonly cost?: { readonly amount: number; readonly currency: string };
  /** A UUID of your own, where the same usage may be reported again: it counts once. */
  readonly reportId?: string;
}

const GATHER_MS = 50;
const MOST_IN_A_FRAME = 100;
const MOST_TOKENS = 1_000_000_000;
const MOST_MS = 604_800_000;

/** Gathers reports for a moment, so that many small calls are one frame. */
export class UsageBuffer {
  private reports: UsageReport[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly deliver: (reports: readonly UsageReport[]) => void) {}

  /** @throws TypeError for what could never be counted; nothing of it is sent then */
  add(usage: Usage): void {
    this.reports.push(reportOf(usage));
    if (this.reports.length >= MOST_IN_A_FRAME) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Sends what was gathered now. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.reports.length > 0) this.deliver(this.reports.splice(0));
  }
}

function reportOf({ reportId = randomUUID(), provider, model, cost, ...usage }: Usage): UsageReport {
  const { inputTokens, outputTokens, cachedInputTokens = 0, durationMs = 0 } = usage;
  requireText('provider', provider, 128);
  requireText('model', model, 200);
  requireWhole('inputTokens', inputTokens, MOST_TOKENS);
  requireWhole('outputTokens', outputTokens, MOST_TOKENS);
  requireWhole('cachedInputTokens', cachedInputTokens, inputTokens);
  const milliseconds = Math.round(durationMs);
  requireWhole('durationMs', milliseconds, MOST_MS);
  return {
    ...{ reportId, provider, model, inputTokens, outputTokens, cachedInputTokens, durationMs: milliseconds },
    ...(cost && { cost: { amount: cost.amount, currency: cost.currency } }),
  };
}

function requireText(name: string, value: string, most: number): void {
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return;
  throw new TypeError(`usage: ${name} must be text of 1 to ${most} characters`);
}

function requireWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new TypeError(`usage: ${name} must be a whole number from 0 to ${most}, not ${value}`);
}
