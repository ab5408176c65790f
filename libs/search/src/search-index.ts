import { createHash } from 'node:crypto';
import { Bag } from './bag';
import type { Embedder, Vector } from './embedder';
import { LexicalIndex } from './lexical-index';
import { VectorTable } from './vector-table';

/** Of a score, what the vectors say and what the words say. */
const VECTOR_PART = 0.7;

export interface SearchFor<Item> {
  readonly text: string;
  /** Undefined: the words alone decide. */
  readonly vector: Vector | undefined;
  readonly topK: number;
  readonly minScore: number;
  /** Which items may be found; asked only for those that would be. */
  readonly filter?: (item: Item) => boolean;
}

export interface Hit<Item> {
  readonly item: Item;
  /** 0 to 1; see docs/search.md for what it means. */
  readonly score: number;
}

interface Entry<Item> {
  readonly slot: number;
  readonly digest: string;
  /** Whoever says the same: a thousand agents that offer the same capability are one text. */
  readonly items: Bag<Item>;
  embedded: boolean;
}

/**
 * Items by their texts, in memory, searched by words and by vectors. Nothing here waits for anything. Of a text it keeps
 * its words and a digest: who removes an item says again what it was added with.
 */
export class SearchIndex<Item> {
  private readonly entries = new Map<string, Entry<Item>>();
  private readonly bySlot: (Entry<Item> | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly lexical = new LexicalIndex();
  private readonly vectors = new VectorTable();
  private scores = new Float32Array(64);
  private meanings = new Float32Array(64);
  private items = 0;
  private unembedded = 0;

  /** `idOf` tells apart what scores the same. */
  constructor(
    private readonly cosines: Embedder['cosines'],
    private readonly idOf: (item: Item) => string,
  ) {}

  get size(): number {
    return this.items;
  }

  /** Different texts. */
  get texts(): number {
    return this.entries.size;
  }

  /** Texts whose vectors are still to come. */
  get pending(): number {
    return this.unembedded;
  }

  /** Adds what is not here yet; true when the text is new here, so that its vector must be set. */
  add(item: Item, text: string): boolean {
    this.items += 1;
    const digest = digestOf(text);
    const known = this.entries.get(digest);
    if (known) {
      known.items.add(item);
      return false;
    }
    const slot = this.free.pop() ?? this.bySlot.length;
    const entry: Entry<Item> = { slot, digest, items: new Bag(item), embedded: false };
    this.bySlot[slot] = entry;
    this.entries.set(digest, entry);
    this.lexical.add(slot, text);
    this.unembedded += 1;
    if (slot >= this.scores.length) {
      this.scores = new Float32Array(this.scores.length * 2);
      this.meanings = new Float32Array(this.scores.length);
    }
    return true;
  }

  /** The very item that was added, with the text it was added with; any other is passed over. */
  remove(item: Item, text: string): void {
    const entry = this.entries.get(digestOf(text));
    if (!entry?.items.remove(item)) return;
    this.items -= 1;
    if (!entry.items.isEmpty) return;
    this.entries.delete(entry.digest);
    this.bySlot[entry.slot] = undefined;
    this.free.push(entry.slot);
    this.lexical.remove(entry.slot, text);
    this.vectors.remove(entry.slot);
    if (!entry.embedded) this.unembedded -= 1;
  }

  /** Whether the text is here and has no vector yet. */
  wants(text: string): boolean {
    return this.entries.get(digestOf(text))?.embedded === false;
  }

  /** Undefined when the text has no direction. A text that is gone meanwhile is passed over. @throws for a vector of another length */
  setVector(text: string, vector: Vector | undefined): void {
    const entry = this.entries.get(digestOf(text));
    if (!entry) return;
    if (vector) this.vectors.set(entry.slot, vector);
    if (!entry.embedded) this.unembedded -= 1;
    entry.embedded = true;
  }

  /** The best first, equal scores by id; none that scores 0. */
  search({ text, vector, topK, minScore, filter }: SearchFor<Item>): Hit<Item>[] {
    const { scores, meanings, bySlot } = this;
    scores.fill(0);
    this.lexical.score(text, scores);
    if (vector && this.vectors.fits(vector)) this.vectors.cosines(vector, bySlot.length, meanings);
    else meanings.fill(NaN);
    const best = new Best<Item>(topK, minScore, this.idOf);
    for (let slot = 0; slot < bySlot.length; slot += 1) {
      const score = this.blended(scores[slot]!, meanings[slot]!);
      if (!best.takes(score)) continue;
      for (const item of bySlot[slot]?.items ?? []) if (!filter || filter(item)) best.add(item, score);
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

/** Stands for the text, which may be long. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** The best few of many, in order. */
class Best<Item> {
  readonly hits: Hit<Item>[] = [];

  constructor(
    private readonly most: number,
    private readonly least: number,
    private readonly idOf: (item: Item) => string,
  ) {}

  takes(score: number): boolean {
    return score > 0 && score >= this.least && (this.hits.length < this.most || score >= this.hits.at(-1)!.score);
  }

  add(item: Item, score: number): void {
    const hit = { item, score };
    const last = this.hits.at(-1);
    if (this.hits.length === this.most && last && !this.isBefore(hit, last)) return;
    if (this.hits.length === this.most) this.hits.pop();
    let place = this.hits.length;
    while (place > 0 && this.isBefore(hit, this.hits[place - 1]!)) place -= 1;
    this.hits.splice(place, 0, hit);
  }

  private isBefore(one: Hit<Item>, other: Hit<Item>): boolean {
    return one.score > other.score || (one.score === other.score && this.idOf(one.item) < this.idOf(other.item));
  }
}
