import { microsOf, type StreamedUsage, type UsageReport } from '@ao/contracts';

/** A report of usage, in the words of the service that counts it. */
export function usageReportOf({ reportId, inputTokens, outputTokens, ...usage }: StreamedUsage): UsageReport {
  const { provider, model, cachedInputTokens, durationMs, cost } = usage;
  return {
    ...{ report_id: reportId, provider, model, duration_ms: durationMs },
    ...{ input_tokens: inputTokens, output_tokens: outputTokens, cached_input_tokens: cachedInputTokens },
    ...(cost && { cost: { micros: microsOf(cost.amount), currency: cost.currency } }),
  };
}
