import { NonRetryableError, type TaskHandler } from '@agent-orchestration/sdk';
import { countsOf, heaviest, sentencesOf, tellingWords, wordsOf } from './sentences';
import { listIn, numberIn, objectIn, textIn } from './task-input';

/** The most parts that a map takes. */
const MOST_PARTS = 1_000;

/** Splits documents at the ends of their sentences into parts of about so many words. */
export const split: TaskHandler = ({ payload }) => {
  const most = numberIn(payload, 'words_per_part', 1, 100_000);
  const documents = listIn(payload, 'documents').map((document, index) => {
    const text = textIn(document, 'text');
    return { index, title: textIn(document, 'title'), words: wordsOf(text).length, sentences: sentencesOf(text) };
  });
  const parts = documents.flatMap(({ index, sentences }) =>
    partsOf(sentences, most).map((text, part) => ({ document: index, part, text })),
  );
  if (parts.length > MOST_PARTS)
    throw new NonRetryableError(`these are ${parts.length} parts, and ${MOST_PARTS} are the most`);
  return {
    documents: documents.map(({ index, title, words, sentences }) => ({
      index,
      title,
      words,
      sentences: sentences.length,
    })),
    parts,
  };
};

function partsOf(sentences: readonly string[], most: number): string[] {
  const parts: string[] = [];
  let words = 0;
  for (const sentence of sentences) {
    const more = wordsOf(sentence).length;
    if (parts.length === 0 || words + more > most) {
      parts.push(sentence);
      words = more;
    } else {
      parts[parts.length - 1] += ` ${sentence}`;
      words += more;
    }
  }
  return parts;
}

/** Keeps the sentences that hold most of what the part is about: words count as often as they stand in it. */
export const summarise: TaskHandler = ({ payload }) => {
  const part = objectIn(payload, 'part');
  const text = textIn(part, 'text');
  const counts = countsOf(text);
  const weightOf = (sentence: string) => {
    const words = tellingWords(sentence);
    const weight = words.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0);
    // By the root of the length: long sentences are not the best by themselves.
    return words.length === 0 ? 0 : weight / Math.sqrt(words.length);
  };
  const sentences = heaviest(sentencesOf(text), weightOf, numberIn(payload, 'sentences', 1, 100));
  const keywords = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 5);
  return {
    document: numberIn(part, 'document', 0, MOST_PARTS),
    part: numberIn(part, 'part', 0, MOST_PARTS),
    words: wordsOf(text).length,
    summary: sentences.join(' '),
    keywords: Object.fromEntries(keywords),
  };
};

/** One summary per document, with its figures. */
export const merge: TaskHandler = ({ payload }) => {
  const summaries = listIn(payload, 'summaries');
  const documents = listIn(payload, 'documents').map((document) => {
    const own = summaries
      .filter((summary) => summary['document'] === document['index'])
      .sort((a, b) => Number(a['part']) - Number(b['part']));
    const counts = new Map<string, number>();
    for (const { keywords } of own)
      for (const [word, count] of Object.entries(keywords as Record<string, number>))
        counts.set(word, (counts.get(word) ?? 0) + count);
    const keywords = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 5);
    const summary = own
      .map((one) => String(one['summary']))
      .filter(Boolean)
      .join('\n');
    return {
      title: textIn(document, 'title'),
      words: numberIn(document, 'words', 0, 1e9),
      parts: own.length,
      summary_words: wordsOf(summary).length,
      keywords: keywords.map(([word]) => word),
      summary,
    };
  });
  return { documents, words: documents.reduce((sum, { words }) => sum + words, 0) };
};
