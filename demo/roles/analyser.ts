import { readFile } from 'node:fs/promises';
import type { TaskContext } from '@agent-orchestration/sdk';
import { keywordsOf, termsOf, type Corpus, type Terms } from '../text/keywords';
import { countText } from '../text/tokens';
import {
  corpusFile,
  countFile,
  keywordsFile,
  readJson,
  termsFile,
  textFile,
  writeJson,
  type CountResult,
  type DocumentPayload,
} from '../work-folder';

/** `document.count`: the figures of a document, and its terms for the steps after it. */
export async function count(task: TaskContext): Promise<{ id: string; words: number }> {
  const { id, folder } = task.payload as unknown as DocumentPayload;
  const { frequencies, ...figures } = countText(await readFile(textFile(folder, id), 'utf8'));
  await writeJson(termsFile(folder, id), termsOf(frequencies));
  await writeJson(countFile(folder, id), figures satisfies CountResult);
  return { id, words: figures.words };
}

/** `document.keywords`: what tells a document from the others. */
export async function keywords(task: TaskContext): Promise<{ id: string; keywords: number }> {
  const { id, folder } = task.payload as unknown as DocumentPayload;
  const [terms, corpus] = await Promise.all([
    readJson<Terms>(termsFile(folder, id)),
    readJson<Corpus>(corpusFile(folder)),
  ]);
  const found = keywordsOf(terms, corpus);
  await writeJson(keywordsFile(folder, id), found);
  return { id, keywords: found.length };
}
