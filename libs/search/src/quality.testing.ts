import { textOf, type SearchableText } from './capability-text';
import { CATALOGUE, seededRandom, type QUERIES } from './catalogue.testing';
import type { Embedder, LocalEmbedder } from './embedder';
import { SearchIndex } from './search-index';
import type { WordVectors } from './word-vectors';

export interface Answered {
  readonly query: string;
  readonly wanted: readonly string[];
  /** 1: on top; undefined: not found at all. */
  readonly place: number | undefined;
  /** Of the best capability that was wanted. */
  readonly score: number;
  readonly top: string;
}

/** The catalogue in an index, a capability's name as its id. */
export async function indexOf(
  embedder: Embedder,
  catalogue: readonly SearchableText[] = CATALOGUE,
): Promise<SearchIndex<string>> {
  const index = new SearchIndex<string>(embedder.cosines, (name) => name);
  const texts = catalogue.map(textOf);
  const vectors = await embedder.embed(texts);
  for (const [at, { name }] of catalogue.entries()) {
    index.add(name, texts[at]!);
    index.setVector(texts[at]!, vectors[at]);
  }
  return index;
}

export async function answersOf(embedder: Embedder, queries: typeof QUERIES): Promise<Answered[]> {
  const index = await indexOf(embedder);
  const vectors = await embedder.embed(queries.map(([query]) => query));
  return queries.map(([query, ...wanted], at) => {
    const hits = index.search({ text: query, vector: vectors[at], topK: CATALOGUE.length, minScore: 0 });
    const place = hits.findIndex(({ item }) => wanted.includes(item));
    return {
      ...{ query, wanted, top: hits[0]?.item ?? '' },
      place: place < 0 ? undefined : place + 1,
      score: hits[place]?.score ?? 0,
    };
  });
}

export function hitsWithin(answers: readonly Answered[], places: number): number {
  return answers.filter(({ place }) => place !== undefined && place <= places).length;
}

/** No vectors at all: BM25 alone. */
export const wordsAlone: LocalEmbedder = {
  remote: false,
  id: 'none',
  cosines: { unrelated: 0, same: 1 },
  embed: (texts) => texts.map(() => undefined),
};

/** A control: the same machinery with vectors that mean nothing. */
export function randomWordVectors(vectors: WordVectors, seed: number): WordVectors {
  const random = seededRandom(seed);
  return { words: vectors.words, rows: vectors.rows.map(() => Math.floor(random() * 255) - 127) };
}
