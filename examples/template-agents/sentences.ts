/** Words that say nothing of what a text is about. */
const COMMON = new Set(
  (
    'a an and are as at be been but by can did do does for from had has have how in is it its more most much no not of on or ' +
    'our out so some such than that the their them then there these they this those to was we were what when where which who ' +
    'why will with would you your'
  ).split(' '),
);

/** In lower case, without marks. */
export const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];

/** The words that a text is about. */
export const tellingWords = (text: string): string[] =>
  wordsOf(text).filter((word) => word.length > 2 && !COMMON.has(word));

export const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?])\s+|\n{2,}/)
    .map((sentence) => sentence.trim().replaceAll(/\s+/g, ' '))
    .filter((sentence) => wordsOf(sentence).length > 0);

/** How often each telling word stands in a text. */
export function countsOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of tellingWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The sentences that weigh most, in the order of the text; those that weigh nothing are none of them. */
export function heaviest(sentences: readonly string[], weightOf: (sentence: string) => number, most: number): string[] {
  return sentences
    .map((sentence, index) => ({ sentence, index, weight: weightOf(sentence) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
    .slice(0, most)
    .sort((a, b) => a.index - b.index)
    .map(({ sentence }) => sentence);
}
