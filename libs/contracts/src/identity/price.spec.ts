import { PriceTable, priceOf, type Price } from './price';

const price = (model: string, effective_from: string, input_per_million = 1, provider = 'openai'): Price => ({
  ...{ provider, model, input_per_million, output_per_million: 2, currency: 'USD', effective_from },
});

describe('the price of a model', () => {
  const table = [
    price('gpt-4o', '2026-01-01', 1),
    price('gpt-4o', '2026-03-01', 2),
    price('gpt-4o-*', '2026-01-01', 3),
    price('gpt-*', '2026-01-01', 4),
    price('gpt-4o-mini', '2026-06-01', 5),
    price('*', '2026-01-01', 6, 'local'),
  ];
  const cost = (model: string, day: string, provider = 'openai') =>
    priceOf(table, { provider, model, day })?.input_per_million;

  it.each([
    ['the one of its day', 'gpt-4o', '2026-02-28', 1],
    ['the newer from its first day on', 'gpt-4o', '2026-03-01', 2],
    ['the longest beginning', 'gpt-4o-audio', '2026-02-01', 3],
    ['any beginning', 'gpt-3', '2026-02-01', 4],
    ['what its name begins with while the exact one does not hold yet', 'gpt-4o-mini', '2026-05-31', 3],
    ['the exact one', 'gpt-4o-mini', '2026-06-01', 5],
    ['none before the first', 'gpt-4o', '2025-12-31', undefined],
    ['none of another name', 'o1', '2026-06-01', undefined],
  ])('should be %s', (_what, model, day, expected) => {
    expect(cost(model, day)).toBe(expected);
  });

  it('should be that of its own provider', () => {
    expect([cost('gpt-4o', '2026-02-01', 'local'), cost('gpt-4o', '2026-02-01', 'azure')]).toEqual([6, undefined]);
  });

  it.each([
    ['text', 'free'],
    ['a negative price', [price('m', '2026-01-01', -1)]],
    ['a seventh decimal', [price('m', '2026-01-01', 0.0000001)]],
    ['a star in the middle', [price('m*n', '2026-01-01')]],
    ['no month of the calendar', [price('m', '2026-13-01')]],
    ['no day of the calendar', [price('m', '2026-02-30')]],
    ['a time', [price('m', '2026-01-01T00:00:00Z')]],
    ['a currency of small letters', [{ ...price('m', '2026-01-01'), currency: 'usd' }]],
    ['the same twice', [price('m', '2026-01-01', 1), price('m', '2026-01-01', 2)]],
    ['more than fits an event', Array.from({ length: 400 }, (_, at) => price(`${at}`.padEnd(200, 'x'), '2026-01-01'))],
  ])('rejects a table with %s', (_what, value) => {
    expect(PriceTable.safeParse(value).success).toBe(false);
  });

  it('should be kept as it was written', () => {
    const written = [{ ...price('m', '2026-01-01', 0.15), cached_input_per_million: 0.000001 }];
    expect(PriceTable.parse(written)).toEqual(written);
  });
});
