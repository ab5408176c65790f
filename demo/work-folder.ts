import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Corpus, Keyword, Terms } from './text/keywords';

/**
 * What the agents hand each other goes through files of one folder; the tasks only name them. Whoever repeats a task
 * writes the same file again, and a reader sees the old one or the new one, never half of one.
 */
export async function writeWhole(file: string, content: string): Promise<void> {
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, content);
  await rename(draft, file);
}

export async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

export const textFile = (folder: string, id: string) => path.join(folder, `${id}.txt`);
export const termsFile = (folder: string, id: string) => path.join(folder, `${id}.terms.json`);
export const corpusFile = (folder: string) => path.join(folder, 'corpus.json');
export const indexFile = (folder: string) => path.join(folder, 'index.json');

/** The kinds of task, in the order in which a document passes them. */
export const KINDS = [
  'document.extract',
  'document.count',
  'corpus.weigh',
  'document.keywords',
  'report.write',
] as const;
export type Kind = (typeof KINDS)[number];

export interface ExtractPayload {
  readonly id: string;
  readonly path: string;
  readonly file: string;
  readonly folder: string;
}
export type ExtractResult =
  { readonly skipped: string } | { readonly encoding: string; readonly bytes: number; readonly cut: boolean };

export interface DocumentPayload {
  readonly id: string;
  readonly path: string;
  readonly folder: string;
}
export interface CountResult {
  readonly words: number;
  readonly uniqueWords: number;
  readonly lines: number;
  readonly characters: number;
}

export interface WeighPayload {
  readonly folder: string;
  /** File with the JSON list of document ids. */
  readonly ids: string;
}
export interface KeywordsResult {
  readonly keywords: readonly Keyword[];
}

export interface ReportPayload {
  readonly index: string;
  readonly report: string;
}

export type { Corpus, Terms };

/** What the run knows of one file when the report is written. */
export interface IndexedDocument {
  readonly path: string;
  readonly bytes: number;
  readonly skipped?: string;
  readonly encoding?: string;
  readonly cut?: boolean;
  readonly count?: CountResult;
  readonly keywords?: readonly Keyword[];
  readonly taskIds: readonly string[];
}

export interface RunIndex {
  readonly folder: string;
  readonly startedAt: string;
  readonly documents: readonly IndexedDocument[];
  /** Tasks of the run that belong to no document. */
  readonly taskIds: readonly string[];
  /** The agent whose process was killed on purpose. */
  readonly killed: { readonly agent: string; readonly at: string } | null;
  readonly notes: readonly string[];
}
