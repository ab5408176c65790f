/** Letters and digits, joined by single apostrophes or hyphens: "don't", "group-commit", "utf-8". */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu;
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

let segmenter: Intl.Segmenter | undefined;

/** The words of a text, in order, lower case. */
export function* words(text: string): Generator<string> {
  for (const [match] of text.matchAll(WORD)) {
    const word = match.toLowerCase().replaceAll('’', "'");
    if (!UNSPACED.test(word)) {
      yield word;
      continue;
    }
    segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
    for (const { segment, isWordLike } of segmenter.segment(word)) if (isWordLike) yield segment;
  }
}

export interface TextFigures {
  readonly words: number;
  readonly uniqueWords: number;
  readonly lines: number;
  readonly characters: number;
}

/** The figures of a text, and how often it uses each word. */
export function countText(text: string): TextFigures & { readonly frequencies: Map<string, number> } {
  const frequencies = new Map<string, number>();
  let count = 0;
  for (const word of words(text)) {
    count += 1;
    frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  }
  const lines = text === '' ? 0 : text.split(/\r\n|\r|\n/).length - (/[\r\n]$/.test(text) ? 1 : 0);
  return { words: count, uniqueWords: frequencies.size, lines, characters: [...text].length, frequencies };
}
