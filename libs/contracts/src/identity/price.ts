import { z } from 'zod';
import { Day, isDay } from '../calendar';
import { Currency, amount } from '../money';
import { Word, text } from '../text';

const PerMillion = amount(1_000_000);

/** What a million tokens of a model cost, from a day on. */
export const Price = z.object({
  provider: Word,
  /** The model's name; with `*` at its end, what the names of several begin with. */
  model: text(200, 1).refine((model) => !model.slice(0, -1).includes('*'), 'may have a * at its end only'),
  input_per_million: PerMillion,
  output_per_million: PerMillion,
  /** Input that the provider read from its cache; absent: as other input. */
  cached_input_per_million: PerMillion.optional(),
  currency: Currency,
  /** The first day, in the installation's time zone, on which it holds. */
  effective_from: Day.refine(isDay, 'must be a day of the calendar'),
});
export type Price = z.infer<typeof Price>;

const keyOf = ({ provider, model, effective_from }: Price) => JSON.stringify([provider, model, effective_from]);

/** An event that changes the table holds the one before as well, and has to fit a message. */
const MAX_TABLE_BYTES = 96 * 1024;

/** Each provider, model and day at most once, so that there is one price for everything. */
export const PriceTable = z
  .array(Price)
  .max(500)
  .refine(
    (prices) => new TextEncoder().encode(JSON.stringify(prices)).length <= MAX_TABLE_BYTES,
    `must not take more than ${MAX_TABLE_BYTES} bytes`,
  )
  .superRefine((prices, context) => {
    const seen = new Set<string>();
    for (const [index, price] of prices.entries()) {
      const key = keyOf(price);
      if (seen.has(key)) context.addIssue({ code: 'custom', message: 'is in the list twice', path: [index] });
      seen.add(key);
    }
  });

/**
 * The price of a model on a day. The exact name goes before what it begins with, the longer beginning before the shorter,
 * and of the same the latest that holds by then. Undefined: there is none, and nothing is guessed.
 */
export function priceOf(
  prices: readonly Price[],
  { provider, model, day }: { readonly provider: string; readonly model: string; readonly day: string },
): Price | undefined {
  let best: Price | undefined;
  for (const price of prices) {
    if (price.provider !== provider || price.effective_from > day || !matches(price.model, model)) continue;
    if (!best || isBetter(price, best)) best = price;
  }
  return best;
}

function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model;
}

function isBetter(price: Price, than: Price): boolean {
  if (price.model === than.model) return price.effective_from > than.effective_from;
  const exact = !price.model.endsWith('*');
  if (exact !== !than.model.endsWith('*')) return exact;
  return price.model.length > than.model.length;
}
