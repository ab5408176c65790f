import fc from 'fast-check';
import type { Price } from '../identity/price';
import { amountOf, microsOf, microsOfPicos } from '../money';
import { costOf, type PricedUsage } from './cost';

const price: Price = {
  ...{ provider: 'openai', model: 'm', currency: 'USD', effective_from: '2026-01-01' },
  ...{ input_per_million: 0.15, cached_input_per_million: 0.075, output_per_million: 0.6 },
};
const used = (changes: Partial<PricedUsage> = {}): PricedUsage => ({
  ...{ provider: 'openai', model: 'm', day: '2026-02-01' },
  ...{ input_tokens: 1_000, output_tokens: 100, cached_input_tokens: 200 },
  ...changes,
});

describe('what usage costs', () => {
  it('should be exact to the last token', () => {
    // 800 x 0.15 + 200 x 0.075 + 100 x 0.6, per million.
    expect(costOf(used(), [price])).toEqual({ currency: 'USD', picos: 195_000_000n });
    expect(costOf(used({ input_tokens: 1, output_tokens: 0, cached_input_tokens: 0 }), [price])?.picos).toBe(150_000n);
  });

  it('should take cached input as other input where the table says no more', () => {
    const { cached_input_per_million: _none, ...plain } = price;
    expect(costOf(used(), [plain])?.picos).toBe(210_000_000n);
  });

  it('should go by the table first, then by what the agent said, and never by a guess', () => {
    const cost = { micros: 5, currency: 'EUR' };
    expect(costOf(used({ cost }), [price])).toEqual({ currency: 'USD', picos: 195_000_000n });
    expect(costOf(used({ cost }), [])).toEqual({ currency: 'EUR', picos: 5_000_000n });
    expect(costOf(used(), [])).toBeUndefined();
    expect(costOf(used({ day: '2025-12-31' }), [price])).toBeUndefined();
  });

  it('should be the same added up before or after', () => {
    const tokens = fc.nat(1_000_000_000);
    fc.assert(
      fc.property(fc.array(fc.tuple(tokens, tokens), { minLength: 1, maxLength: 20 }), (reports) => {
        const each = reports.map(([input_tokens, output_tokens]) =>
          used({ input_tokens, output_tokens, cached_input_tokens: 0 }),
        );
        const sum = used({
          input_tokens: each.reduce((total, { input_tokens }) => total + input_tokens, 0),
          output_tokens: each.reduce((total, { output_tokens }) => total + output_tokens, 0),
          cached_input_tokens: 0,
        });
        const apart = each.reduce((total, usage) => total + costOf(usage, [price])!.picos, 0n);
        expect(costOf(sum, [price])!.picos).toBe(apart);
      }),
    );
  });
});

describe('money', () => {
  it('should go from numbers to whole millionths and back without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000_000 }), (micros) => {
        expect(microsOf(amountOf(micros))).toBe(micros);
      }),
    );
  });

  it('should be rounded once, half up', () => {
    expect([499_999n, 500_000n, 1_499_999n].map(microsOfPicos)).toEqual([0, 1, 1]);
  });
});
