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

export const writeJson = (file: string, value: unknown): Promise<void> => writeWhole(file, JSON.stringify(value));

export async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

export const sourceFile = (folder: string, id: string) => path.join(folder, `${id}.source.json`);
export const textFile = (folder: string, id: string) => path.join(folder, `${id}.txt`);
export const extractedFile = (folder: string, id: string) => path.join(folder, `${id}.extracted.json`);
export const countFile = (folder: string, id: string) => path.join(folder, `${id}.count.json`);
export const termsFile = (folder: string, id: string) => path.join(folder, `${id}.terms.json`);
export const keywordsFile = (folder: string, id: string) => path.join(folder, `${id}.keywords.json`);
export const corpusFile = (folder: string) => path.join(folder, 'corpus.json');
export const indexFile = (folder: string) => path.join(folder, 'index.json');
/** Who was killed on purpose: only the demo itself knows that. */
export const killedFile = (folder: string) => path.join(folder, 'killed.json');

/** What a run of the workflow is started with. */
export interface RunParameters {
  /** Ids of the files, in their order. */
  readonly documents: readonly string[];
  /** What is indexed: its name, for the approval and the report. */
  readonly folder: string;
  readonly work_folder: string;
  /** The file that the report is written to. */
  readonly report: string;
  /** What the report is to say besides. */
  readonly notes: readonly string[];
}

/** Where a document comes from; written by the demo before the run starts. */
export interface Source {
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

/** Payload of the tasks that are done for one document. */
export interface DocumentPayload {
  readonly id: string;
  readonly folder: string;
}
export type Extracted =
  { readonly skipped: string } | { readonly encoding: string; readonly bytes: number; readonly cut: boolean };
/** A run keeps a thousand of these in one value of 128 KiB at most; the rest is in the work folder. */
export type ExtractResult = { readonly id: string; readonly skipped?: string };

export interface CountResult {
  readonly words: number;
  readonly uniqueWords: number;
  readonly lines: number;
  readonly characters: number;
}

export interface CorpusPayload {
  readonly folder: string;
  /** Ids. */
  readonly documents: readonly string[];
}

/** What is approved, and what a run gives back. */
export interface Figures {
  readonly documents: number;
  readonly words: number;
  readonly keywords: readonly string[];
}

export interface ReportPayload {
  readonly run_id: string;
}

export type { Corpus, Terms };

/** What the agents found out about one file. */
export interface FoundOut {
  readonly path: string;
  readonly bytes: number;
  readonly skipped?: string;
  readonly encoding?: string;
  readonly cut?: boolean;
  readonly count?: CountResult;
  readonly keywords?: readonly Keyword[];
}

export interface IndexedDocument extends FoundOut {
  readonly taskIds: readonly string[];
}

/** Everything that a report is made from but the history of the tasks. */
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
