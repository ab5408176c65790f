import { priceOf, type Price } from '../identity/price';
import { microsOf, picosOf } from '../money';
import type { UsageSum } from './usage';

/** Usage of one model whose days have one price. */
export type PricedUsage = Pick<
  UsageSum,
  'day' | 'provider' | 'model' | 'input_tokens' | 'output_tokens' | 'cached_input_tokens'
> & { readonly cost?: UsageSum['cost'] };

export interface Cost {
  readonly currency: string;
  /** 10⁻¹² of the currency: exact, for the price of a million tokens has six decimals at most. */
  readonly picos: bigint;
}

/**
 * What usage costs by a price table. Where the table has no price, what the agents said that it cost them; where they said
 * nothing either, undefined: its tokens are known and its cost is not.
 */
export function costOf(usage: PricedUsage, prices: readonly Price[]): Cost | undefined {
  const price = priceOf(prices, usage);
  if (!price) return usage.cost ? { currency: usage.cost.currency, picos: picosOf(usage.cost.micros) } : undefined;
  const { input_per_million, output_per_million, cached_input_per_million = input_per_million, currency } = price;
  const { input_tokens, output_tokens, cached_input_tokens } = usage;
  const picos =
    BigInt(input_tokens - cached_input_tokens) * BigInt(microsOf(input_per_million)) +
    BigInt(cached_input_tokens) * BigInt(microsOf(cached_input_per_million)) +
    BigInt(output_tokens) * BigInt(microsOf(output_per_million));
  return { currency, picos };
}
