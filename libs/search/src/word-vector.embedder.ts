import { normalized, type LocalEmbedder, type Vector } from './embedder';
import { GLOSSARY } from './glossary';
import {
  addScaled,
  commonPartOf,
  DIMENSIONS,
  dot,
  readWordVectors,
  unitRow,
  type CommonPart,
  type WordVectors,
} from './word-vectors';
import { tellingWords, wordsOf } from './words';

/** Smooth inverse frequency (Arora et al. 2017): a word of relative frequency f weighs a / (a + f). */
const SMOOTHING = 3e-3;
/** How much of an unknown word its beginning must be, in letters and in parts, to say what it is about. */
const LEAST_BEGINNING = 5;
const LEAST_PART = 0.65;
const LONGEST_REST = 4;
const MOST_KIN = 8;
const KIN_WEIGHT = 0.5;

/** Cosines measured over the tuning half (docs/search.md): unrelated texts lie around the first, paraphrases reach the second. */
const COSINES = { unrelated: 0.1, same: 0.75 };

/** Words whose meaning is kept, half a kilobyte each: a fleet's vocabulary is small. */
const MOST_MET = 4_096;

interface Meaning {
  /** Unit length. */
  readonly vector: Vector;
  readonly weight: number;
}

/** The default: the mean of the words' vectors, weighted by how rare they are. In the process, some microseconds per text. */
export function wordVectorEmbedder(vectors: WordVectors = readWordVectors()): LocalEmbedder {
  const lexicon = new Lexicon(vectors, commonPartOf(vectors));
  return {
    id: 'words glove-40k-100d/2',
    remote: false,
    cosines: COSINES,
    embed: (texts) => texts.map((text) => meaningOf(text, lexicon)),
  };
}

function meaningOf(text: string, lexicon: Lexicon): Vector | undefined {
  const sum = new Float32Array(DIMENSIONS);
  for (const word of new Set(tellingWords(wordsOf(text)))) {
    const meaning = lexicon.meaningOf(word);
    if (meaning) addScaled(sum, meaning.vector, meaning.weight);
  }
  return normalized(sum);
}

/** Words to meanings: of the vocabulary, of the glossary, or by how an unknown word begins. */
class Lexicon {
  private readonly rankOf: ReadonlyMap<string, number>;
  private readonly alphabetical: readonly string[];
  private readonly harmonic: number;
  private readonly met = new Map<string, Meaning | undefined>();

  constructor(
    private readonly vectors: WordVectors,
    private readonly common: CommonPart,
  ) {
    this.rankOf = new Map(vectors.words.map((word, rank) => [word, rank]));
    this.alphabetical = vectors.words.filter((word) => /^[a-z]{5,}$/.test(word)).sort();
    this.harmonic = Math.log(vectors.words.length) + 0.58;
  }

  meaningOf(word: string): Meaning | undefined {
    if (this.met.has(word)) return this.met.get(word);
    const meaning = this.lookUp(word);
    if (this.met.size >= MOST_MET) this.met.clear();
    this.met.set(word, meaning);
    return meaning;
  }

  private lookUp(word: string): Meaning | undefined {
    const told = this.inOtherWords(word);
    if (told) return this.mixed(told.flatMap((part) => this.rankOf.get(part) ?? []));
    const rank = this.rankOf.get(word) ?? this.rankOf.get(word.replace(/e?s$/, ''));
    if (rank !== undefined) return this.mixed([rank]);
    const kin = this.mixed(this.kinOf(word));
    return kin && { ...kin, weight: kin.weight * KIN_WEIGHT };
  }

  private inOtherWords(word: string): readonly string[] | undefined {
    for (const form of [word, word.replace(/s$/, '')])
      if (Object.hasOwn(GLOSSARY, form)) return GLOSSARY[form]!.split(' ');
    return undefined;
  }

  private mixed(ranks: readonly number[]): Meaning | undefined {
    const sum = new Float32Array(DIMENSIONS);
    const own = new Float32Array(DIMENSIONS);
    let weight = 0;
    for (const rank of ranks) {
      unitRow(this.vectors.rows, rank, own);
      addScaled(own, this.common.mean, -1);
      for (const direction of this.common.directions) addScaled(own, direction, -dot(own, direction));
      const rarity = this.rarityOf(rank);
      addScaled(sum, own, rarity);
      weight += rarity / ranks.length;
    }
    const vector = normalized(sum);
    return vector && { vector, weight };
  }

  /** By Zipf's law: the word of rank r has a frequency of about 1 / (r H). */
  private rarityOf(rank: number): number {
    return SMOOTHING / (SMOOTHING + 1 / ((rank + 3) * this.harmonic));
  }

  /** Known words that share the longest beginning: "summarize" is near "summary". None: only its letters can match. */
  private kinOf(word: string): number[] {
    const least = Math.max(LEAST_BEGINNING, Math.ceil(word.length * LEAST_PART));
    for (let length = word.length; length >= least; length -= 1) {
      const beginning = word.slice(0, length);
      const kin: number[] = [];
      for (let at = this.firstFrom(beginning); kin.length < MOST_KIN; at += 1) {
        const candidate = this.alphabetical[at];
        if (!candidate?.startsWith(beginning)) break;
        if (candidate.length <= length + LONGEST_REST) kin.push(this.rankOf.get(candidate)!);
      }
      if (kin.length > 0) return kin;
    }
    return [];
  }

  private firstFrom(beginning: string): number {
    let low = 0;
    let high = this.alphabetical.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.alphabetical[middle]! < beginning) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
