import { z } from 'zod';

/** ISO 4217. */
export const Currency = z.string().regex(/^[A-Z]{3}$/);

const MICROS = 1_000_000;

/**
 * An amount of money as the API takes it: a number with at most six decimals. Within the project money is whole
 * millionths (`micros`), which add up exactly.
 */
export const amount = (most: number) =>
  z
    .number()
    .min(0)
    .max(most)
    .refine((value) => Math.round(value * MICROS) / MICROS === value, 'must have at most six decimals');

/** Whole millionths of an `amount`. */
export const microsOf = (value: number): number => Math.round(value * MICROS);

/** Whole millionths as the API shows them. */
export const amountOf = (micros: number): number => micros / MICROS;

/** A million times a millionth: what a token costs whose million has a price in micros. */
const PICOS_PER_MICRO = 1_000_000n;

/** Costs are added up in picos (10⁻¹² of the currency) and rounded once, half up, when they are told. */
export const microsOfPicos = (picos: bigint): number => Number((picos + PICOS_PER_MICRO / 2n) / PICOS_PER_MICRO);

export const picosOf = (micros: number): bigint => BigInt(micros) * PICOS_PER_MICRO;
