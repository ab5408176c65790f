import { PostingList } from './posting-list';
import { stemOf, tellingWords, wordsOf } from './words';

/** BM25's usual constants: how soon repetition stops to count, and how much long texts pay for their length. */
const K1 = 1.2;
const B = 0.5;
/** A posting is `slot * COUNTS + count`: one whole number, in the order of the slots. */
const COUNTS = 16;
/** Words of one query that are looked up. */
const MOST_WORDS = 64;

/**
 * BM25 over texts in slots (small whole numbers that the owner gives out and takes back). Scores are parts of what a
 * text of average length would get that has every word of the query once: 1 is that, and no score is above 1.
 */
export class LexicalIndex {
  private readonly postings = new Map<string, PostingList>();
  private lengths = new Uint16Array(64);
  private texts = 0;
  private words = 0;

  add(slot: number, text: string): void {
    if (slot >= this.lengths.length) {
      const larger = new Uint16Array(Math.max(slot + 1, this.lengths.length * 2));
      larger.set(this.lengths);
      this.lengths = larger;
    }
    const { counts, length } = countsOf(text);
    this.lengths[slot] = length;
    this.texts += 1;
    this.words += length;
    for (const [stem, count] of counts) {
      const list = this.postings.get(stem);
      const posting = slot * COUNTS + Math.min(count, COUNTS - 1);
      if (list) list.insert(posting);
      else this.postings.set(stem, new PostingList(posting));
    }
  }

  /** `text` is what was added at this slot. */
  remove(slot: number, text: string): void {
    const { counts, length } = countsOf(text);
    this.texts -= 1;
    this.words -= length;
    for (const stem of counts.keys()) {
      const list = this.postings.get(stem);
      if (!list) continue;
      list.removeFrom(slot * COUNTS);
      if (list.length === 0) this.postings.delete(stem);
    }
  }

  /** Adds to `scores`, which is all zero, the score of each slot that has a word of the query. */
  score(query: string, scores: Float32Array): void {
    const stems = [...new Set(tellingWords(wordsOf(query)).map(stemOf))].slice(0, MOST_WORDS);
    const lists = stems.map((stem) => this.postings.get(stem) ?? { length: 0, at: () => 0 });
    const weights = lists.map((list) => Math.log(1 + (this.texts - list.length + 0.5) / (list.length + 0.5)));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const average = this.words / Math.max(1, this.texts) || 1;
    for (const [at, list] of lists.entries()) {
      const weight = weights[at]! / whole;
      for (let index = 0; index < list.length; index += 1) {
        const posting = list.at(index);
        const slot = Math.floor(posting / COUNTS);
        const count = posting % COUNTS;
        const length = 1 - B + (B * this.lengths[slot]!) / average;
        scores[slot] = Math.min(1, scores[slot]! + (weight * count * (K1 + 1)) / (count + K1 * length));
      }
    }
  }
}

function countsOf(text: string): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>();
  const words = tellingWords(wordsOf(text));
  for (const word of words) {
    const stem = stemOf(word);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return { counts, length: words.length };
}
