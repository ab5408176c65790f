import type { Embedder, Vector } from './embedder';
import { LexicalIndex } from './lexical-index';
import { VectorTable } from './vector-table';

/** Of a score, what the vectors say and what the words say. */
const VECTOR_PART = 0.7;

export interface SearchFor {
  readonly text: string;
  /** Undefined: the words alone decide. */
  readonly vector: Vector | undefined;
  readonly topK: number;
  readonly minScore: number;
  /** Which entries may be found; asked only for those that would be. */
  readonly filter?: (id: string) => boolean;
}

export interface Hit {
  readonly id: string;
  /** 0 to 1; see docs/search.md for what it means. */
  readonly score: number;
}

interface Entry {
  readonly slot: number;
  readonly text: string;
  /** Whoever says the same: a thousand agents that offer the same capability are one text. */
  readonly ids: Set<string>;
  embedded: boolean;
}

/** Texts by id, in memory, searched by words and by vectors. Nothing here waits for anything. */
export class SearchIndex {
  private readonly entries = new Map<string, Entry>();
  private readonly bySlot: (Entry | undefined)[] = [];
  private readonly byId = new Map<string, Entry>();
  private readonly free: number[] = [];
  private readonly lexical = new LexicalIndex();
  private readonly vectors = new VectorTable();
  private scores = new Float32Array(64);
  private meanings = new Float32Array(64);
  private unembedded = 0;

  constructor(private readonly cosines: Embedder['cosines']) {}

  get size(): number {
    return this.byId.size;
  }

  /** Different texts. */
  get texts(): number {
    return this.entries.size;
  }

  /** Texts whose vectors are still to come. */
  get pending(): number {
    return this.unembedded;
  }

  /** Adds or replaces; true when the text is new here, so that its vector must be set. */
  put(id: string, text: string): boolean {
    const before = this.byId.get(id);
    if (before?.text === text) return false;
    if (before) this.remove(id);
    const known = this.entries.get(text);
    if (known) {
      known.ids.add(id);
      this.byId.set(id, known);
      return false;
    }
    const slot = this.free.pop() ?? this.bySlot.length;
    const entry: Entry = { slot, text, ids: new Set([id]), embedded: false };
    this.bySlot[slot] = entry;
    this.entries.set(text, entry);
    this.byId.set(id, entry);
    this.lexical.add(slot, text);
    this.unembedded += 1;
    if (slot >= this.scores.length) {
      this.scores = new Float32Array(this.scores.length * 2);
      this.meanings = new Float32Array(this.scores.length);
    }
    return true;
  }

  remove(id: string): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    this.byId.delete(id);
    entry.ids.delete(id);
    if (entry.ids.size > 0) return;
    this.entries.delete(entry.text);
    this.bySlot[entry.slot] = undefined;
    this.free.push(entry.slot);
    this.lexical.remove(entry.slot, entry.text);
    this.vectors.remove(entry.slot);
    if (!entry.embedded) this.unembedded -= 1;
  }

  /** Whether the text is here and has no vector yet. */
  wants(text: string): boolean {
    return this.entries.get(text)?.embedded === false;
  }

  /** Undefined when the text has no direction. A text that is gone meanwhile is passed over. @throws for a vector of another length */
  setVector(text: string, vector: Vector | undefined): void {
    const entry = this.entries.get(text);
    if (!entry) return;
    if (vector) this.vectors.set(entry.slot, vector);
    if (!entry.embedded) this.unembedded -= 1;
    entry.embedded = true;
  }

  /** The best first, equal scores by id; none that scores 0. */
  search({ text, vector, topK, minScore, filter }: SearchFor): Hit[] {
    const { scores, meanings, bySlot } = this;
    scores.fill(0);
    this.lexical.score(text, scores);
    if (vector && this.vectors.fits(vector)) this.vectors.cosines(vector, bySlot.length, meanings);
    else meanings.fill(NaN);
    const best = new Best(topK, minScore);
    for (let slot = 0; slot < bySlot.length; slot += 1) {
      const score = this.blended(scores[slot]!, meanings[slot]!);
      if (!best.takes(score)) continue;
      for (const id of bySlot[slot]?.ids ?? []) if (!filter || filter(id)) best.add({ id, score });
    }
    return best.hits;
  }

  /** A text without a vector, or a query without one, is judged by the words alone. */
  private blended(words: number, cosine: number): number {
    if (Number.isNaN(cosine)) return words;
    const { unrelated, same } = this.cosines;
    const meaning = Math.min(1, Math.max(0, (cosine - unrelated) / (same - unrelated)));
    return VECTOR_PART * meaning + (1 - VECTOR_PART) * words;
  }
}

/** The best few of many, in order. */
class Best {
  readonly hits: Hit[] = [];

  constructor(
    private readonly most: number,
    private readonly least: number,
  ) {}

  takes(score: number): boolean {
    return score > 0 && score >= this.least && (this.hits.length < this.most || score >= this.hits.at(-1)!.score);
  }

  add(hit: Hit): void {
    const last = this.hits.at(-1);
    if (this.hits.length === this.most && last && !isBefore(hit, last)) return;
    if (this.hits.length === this.most) this.hits.pop();
    let place = this.hits.length;
    while (place > 0 && isBefore(hit, this.hits[place - 1]!)) place -= 1;
    this.hits.splice(place, 0, hit);
  }
}

function isBefore(one: Hit, other: Hit): boolean {
  return one.score > other.score || (one.score === other.score && one.id < other.id);
}
