import type { Vector } from './embedder';

/** Of the query's largest component; the sum over 8,192 of them times 127 stays below 2^31. */
const QUERY_STEPS = 2_000;

/** A table of 300,000 vectors that doubled would waste up to 30 MB. */
const GROWTH = 1.25;

/**
 * Vectors in slots, a signed byte per component (the largest is 127) and one scale each: a quarter of the memory, and a
 * cosine is off by less than 0.01.
 */
export class VectorTable {
  private dimensions = 0;
  private rows = new Int8Array(0);
  /** The query in whole steps. */
  private query = new Int32Array(0);
  /** 0: the slot has no vector. */
  private scales = new Float32Array(64);

  /** @throws for a vector of another length than the first */
  set(slot: number, vector: Vector): void {
    if (this.dimensions === 0) {
      this.dimensions = vector.length;
      this.rows = new Int8Array(this.scales.length * this.dimensions);
      this.query = new Int32Array(this.dimensions);
    }
    if (vector.length !== this.dimensions)
      throw new Error(`Expected a vector of ${this.dimensions} components, but got ${vector.length}`);
    if (slot >= this.scales.length) this.grow(slot + 1);
    let largest = 0;
    for (const value of vector) largest = Math.max(largest, Math.abs(value));
    const scale = largest / 127;
    this.scales[slot] = scale;
    if (scale === 0) return;
    const from = slot * this.dimensions;
    for (let k = 0; k < this.dimensions; k += 1) this.rows[from + k] = Math.round(vector[k]! / scale);
  }

  remove(slot: number): void {
    if (slot < this.scales.length) this.scales[slot] = 0;
  }

  fits(vector: Vector): boolean {
    return this.dimensions === vector.length;
  }

  /**
   * Into `cosines`, for every slot below `slots`, the cosine of its vector and the query's (both of unit length), and
   * NaN where a slot has none. Whole numbers all the way: four times as fast as with fractions.
   */
  cosines(query: Vector, slots: number, cosines: Float32Array): void {
    const { rows, dimensions } = this;
    let largest = 0;
    for (const value of query) largest = Math.max(largest, Math.abs(value));
    const scale = largest / QUERY_STEPS || 1;
    for (let k = 0; k < dimensions; k += 1) this.query[k] = Math.round(query[k]! / scale);
    const { query: steps, scales } = this;
    for (let slot = 0; slot < slots; slot += 1) {
      const own = slot < scales.length ? scales[slot]! : 0;
      if (own === 0) {
        cosines[slot] = NaN;
        continue;
      }
      let sum = 0;
      for (let k = 0, at = slot * dimensions; k < dimensions; k += 1, at += 1)
        sum = (sum + Math.imul(rows[at]!, steps[k]!)) | 0;
      cosines[slot] = sum * own * scale;
    }
  }

  private grow(least: number): void {
    const size = Math.max(least, Math.ceil(this.scales.length * GROWTH));
    const scales = new Float32Array(size);
    scales.set(this.scales);
    this.scales = scales;
    const rows = new Int8Array(size * this.dimensions);
    rows.set(this.rows);
    this.rows = rows;
  }
}
