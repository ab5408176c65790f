/** Longest text that is looked at, in UTF-16 units; what is behind is not searched. */
export const LONGEST_TEXT = 8_192;

const RUNS = /[\p{L}\p{N}]+/gu;
const CAMEL = /(\p{Ll}|\p{N})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu;

/** Words that say nothing about what is wanted. Short on purpose: rare words weigh more by themselves. */
const FILLERS = new Set(
  (
    'a an and any are as at be been but by can could did do does for from get give had has have he her here his how i if in into is it ' +
    'its just let like me my need no not of on or our out please she should so some somebody someone something than that the their ' +
    'them then there these they this those to up us want was we were what when where whether which who whom why will with would you your'
  ).split(' '),
);

/** The words of a text in order, lower-case; names split at dots, dashes, underscores and camel case. */
export function wordsOf(text: string): string[] {
  const parts = text.slice(0, LONGEST_TEXT).normalize('NFKC').replace(CAMEL, '$1$2 ').toLowerCase().match(RUNS) ?? [];
  return parts.filter((word) => word.length <= 64);
}

/** The words that carry meaning; all of them if there are none else. */
export function tellingWords(words: readonly string[]): readonly string[] {
  const telling = words.filter((word) => word.length > 1 && !FILLERS.has(word));
  return telling.length > 0 ? telling : words;
}

const ENDINGS: readonly (readonly [ending: string, instead: string, least: number])[] = [
  ['izations', 'iz', 2],
  ['ization', 'iz', 2],
  ['ifications', 'ify', 2],
  ['ification', 'ify', 2],
  ['ations', 'at', 3],
  ['ation', 'at', 3],
  ['itions', '', 4],
  ['ition', '', 4],
  ['ements', '', 4],
  ['ement', '', 4],
  ['ions', '', 4],
  ['ion', '', 4],
  ['ments', '', 4],
  ['ment', '', 4],
  ['ness', '', 4],
  ['ings', '', 3],
  ['ing', '', 3],
  ['ies', 'y', 2],
  ['ied', 'y', 2],
  ['ers', '', 4],
  ['er', '', 4],
  ['ed', '', 3],
  ['es', '', 3],
  ['ly', '', 4],
  ['s', '', 3],
];

/** The part that the forms of a word share: a key to match by, not a word. */
export function stemOf(word: string): string {
  let stem = word;
  for (const [ending, instead, least] of ENDINGS) {
    if (!word.endsWith(ending) || word.length - ending.length < least || word.endsWith('ss')) continue;
    stem = word.slice(0, -ending.length) + instead;
    break;
  }
  const last = stem.at(-1);
  // "running" and "run", "nicest" apart: doubled consonants of an ending that was cut.
  if (stem !== word && stem.length > 3 && last === stem.at(-2) && !'aeiouls'.includes(last ?? ''))
    stem = stem.slice(0, -1);
  return stem.length > 3 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
}
