import { STOP_WORDS } from './stop-words';

/** How often a document uses each of its terms. */
export type Terms = Readonly<Record<string, number>>;

export interface Keyword {
  readonly term: string;
  readonly score: number;
}

/** In how many documents each term stands, out of how many. */
export interface Corpus {
  readonly documents: number;
  readonly documentFrequency: Readonly<Record<string, number>>;
}

/** More terms than this say nothing more about a document, and a dictionary must not fill the memory. */
const MOST_TERMS = 5_000;

/**
 * The words of a document that can be keywords: no stop words, no bare numbers, at least three letters (one where the
 * script writes whole words in a letter or two), a plural counted with its singular where both occur.
 */
export function termsOf(frequencies: ReadonlyMap<string, number>): Terms {
  const counted = new Map<string, number>();
  for (const [word, count] of frequencies) {
    const short = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}'-]{1,2}$/u.test(word);
    if (short || word.length > 60 || STOP_WORDS.has(word) || !/\p{L}/u.test(word)) continue;
    const term = singularOf(word, frequencies);
    counted.set(term, (counted.get(term) ?? 0) + count);
  }
  const commonest = [...counted].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, MOST_TERMS);
  // Without a prototype: "constructor" is a word like any other.
  return Object.assign(Object.create(null) as object, Object.fromEntries(commonest));
}

function singularOf(word: string, frequencies: ReadonlyMap<string, number>): string {
  const base = word.replace(/'s$/, '');
  if (base !== word) return base;
  if (word.endsWith('ies') && frequencies.has(`${word.slice(0, -3)}y`)) return `${word.slice(0, -3)}y`;
  if (word.endsWith('s') && !word.endsWith('ss') && frequencies.has(word.slice(0, -1))) return word.slice(0, -1);
  return word;
}

export function corpusOf(documents: Iterable<Terms>): Corpus {
  const documentFrequency = Object.create(null) as Record<string, number>;
  let count = 0;
  for (const terms of documents) {
    count += 1;
    for (const term of Object.keys(terms)) documentFrequency[term] = (documentFrequency[term] ?? 0) + 1;
  }
  return { documents: count, documentFrequency };
}

/**
 * The terms that tell this document from the others, best first: tf-idf with a damped term frequency. A term of every
 * document keeps a little weight, so that a corpus of one document has keywords too.
 */
export function keywordsOf(terms: Terms, corpus: Corpus, most = 8): Keyword[] {
  const scored = Object.entries(terms).map(([term, count]) => {
    const inverse = Math.log((1 + corpus.documents) / (1 + (corpus.documentFrequency[term] ?? 0))) + 0.1;
    return { term, score: Math.round((1 + Math.log(count)) * inverse * 1_000) / 1_000 };
  });
  return best(scored, most);
}

/** The keywords of the whole corpus: the sum of what each document makes of them. */
export function overallKeywords(documents: Iterable<readonly Keyword[]>, most = 30): Keyword[] {
  const sums = new Map<string, number>();
  for (const keywords of documents) {
    for (const { term, score } of keywords) sums.set(term, (sums.get(term) ?? 0) + score);
  }
  const scored = [...sums].map(([term, score]) => ({ term, score: Math.round(score * 1_000) / 1_000 }));
  return best(scored, most);
}

function best(keywords: Keyword[], most: number): Keyword[] {
  return keywords.sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1)).slice(0, most);
}
