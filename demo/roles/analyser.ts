import { readFile } from 'node:fs/promises';
import type { TaskContext } from '@agent-orchestration/sdk';
import { keywordsOf, termsOf, type Corpus, type Terms } from '../text/keywords';
import { countText } from '../text/tokens';
import {
  corpusFile,
  readJson,
  termsFile,
  textFile,
  writeWhole,
  type CountResult,
  type DocumentPayload,
  type KeywordsResult,
} from '../work-folder';

/** `document.count`: the figures of a document, and its terms for the steps after it. */
export async function count(task: TaskContext): Promise<CountResult> {
  const { id, folder } = task.payload as unknown as DocumentPayload;
  const { frequencies, ...figures } = countText(await readFile(textFile(folder, id), 'utf8'));
  await writeWhole(termsFile(folder, id), JSON.stringify(termsOf(frequencies)));
  return figures;
}

/** `document.keywords`: what tells a document from the others. */
export async function keywords(task: TaskContext): Promise<KeywordsResult> {
  const { id, folder } = task.payload as unknown as DocumentPayload;
  const [terms, corpus] = await Promise.all([
    readJson<Terms>(termsFile(folder, id)),
    readJson<Corpus>(corpusFile(folder)),
  ]);
  return { keywords: keywordsOf(terms, corpus) };
}
