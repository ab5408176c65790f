import { readFileSync } from 'node:fs';
import path from 'node:path';

const ASSETS = path.join(__dirname, '..', 'assets');
export const DIMENSIONS = 100;

/** Word vectors as they are in the asset: a row per word, the most frequent first. */
export interface WordVectors {
  readonly words: readonly string[];
  readonly rows: Int8Array;
}

/** About 5 MB. @throws when the two files do not belong together */
export function readWordVectors(folder = ASSETS): WordVectors {
  const words = readFileSync(path.join(folder, 'vocab.txt'), 'utf8').trimEnd().split('\n');
  const bytes = readFileSync(path.join(folder, 'vectors.i8'));
  if (bytes.length !== words.length * DIMENSIONS)
    throw new Error(`Expected ${words.length * DIMENSIONS} bytes of word vectors, but found ${bytes.length}`);
  return { words, rows: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** What all words have in common: it says nothing about any, and hides what differs ("all but the top", Mu et al. 2018). */
export interface CommonPart {
  readonly mean: Float32Array;
  readonly directions: readonly Float32Array[];
}

const DIRECTIONS = 2;
/** The frequent words tell it well enough; and power iteration is near its end after as many rounds. */
const SAMPLE = 5_000;
const ROUNDS = 12;

/** The mean of the words, and the directions in which they differ most. 20 ms. */
export function commonPartOf({ words, rows }: WordVectors): CommonPart {
  const mean = new Float32Array(DIMENSIONS);
  const unit = new Float32Array(DIMENSIONS);
  for (let rank = 0; rank < words.length; rank += 1) {
    unitRow(rows, rank, unit);
    for (let k = 0; k < DIMENSIONS; k += 1) mean[k]! += unit[k]! / words.length;
  }
  const count = Math.min(SAMPLE, words.length);
  const sample = Array.from({ length: count }, (_, rank) => {
    const row = unitRow(rows, rank, new Float32Array(DIMENSIONS));
    for (let k = 0; k < DIMENSIONS; k += 1) row[k]! -= mean[k]!;
    return row;
  });
  const directions: Float32Array[] = [];
  while (directions.length < DIRECTIONS) {
    let direction = Float32Array.from({ length: DIMENSIONS }, (_, k) => Math.sin(k + 1));
    for (let round = 0; round < ROUNDS; round += 1) {
      const next = new Float32Array(DIMENSIONS);
      for (const row of sample) addScaled(next, row, dot(row, direction));
      const length = Math.sqrt(dot(next, next)) || 1;
      direction = next.map((value) => value / length);
    }
    for (const row of sample) addScaled(row, direction, -dot(row, direction));
    directions.push(direction);
  }
  return { mean, directions };
}

/** One word's vector at unit length, into `target`. */
export function unitRow(rows: Int8Array, rank: number, target: Float32Array): Float32Array {
  const from = rank * DIMENSIONS;
  let square = 0;
  for (let k = 0; k < DIMENSIONS; k += 1) square += rows[from + k]! ** 2;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (let k = 0; k < DIMENSIONS; k += 1) target[k] = rows[from + k]! * scale;
  return target;
}

export function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < one.length; k += 1) sum += one[k]! * other[k]!;
  return sum;
}

export function addScaled(target: Float32Array, vector: Float32Array, scale: number): void {
  for (let k = 0; k < target.length; k += 1) target[k]! += vector[k]! * scale;
}
