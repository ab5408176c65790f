import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client, Task, TaskSubmission } from '@agent-orchestration/sdk';
import { DemoError, type FoundFile } from './documents';
import { forEachOf } from './for-each-of';
import {
  indexFile,
  type CountResult,
  type ExtractResult,
  type IndexedDocument,
  type KeywordsResult,
  type Kind,
  type RunIndex,
} from './work-folder';

export interface ConductorOptions {
  readonly client: Client;
  /** Names the run: the same run submits nothing twice. */
  readonly runId: string;
  readonly files: readonly FoundFile[];
  /** Where the agents hand files on. */
  readonly workFolder: string;
  readonly folder: string;
  readonly reportFile: string;
  readonly notes: readonly string[];
  readonly signal: AbortSignal;
  readonly expected: (kind: Kind, count: number) => void;
  readonly completed: (kind: Kind, task: Task) => void;
  /** Told when the report is written, so that it is in it. */
  readonly killed: () => RunIndex['killed'];
}

/** How many documents are followed at once. */
const AT_ONCE = 64;
/** Soon again: the loss of an agent is part of the show. */
const RETRY = { maxAttempts: 5, initialDelayMs: 200, maxDelayMs: 5_000 };

/** Mutable while the run goes on. */
interface Progressing {
  file: FoundFile;
  taskIds: string[];
  extract?: Exclude<ExtractResult, { skipped: string }>;
  skipped?: string;
  count?: CountResult;
  keywords?: KeywordsResult['keywords'];
}

/**
 * Indexes the files by tasks: extract, then count, for each document as it comes; then weigh all; then the keywords of
 * each; then the report. Returns the index that the report was made from.
 */
export async function conduct(options: ConductorOptions): Promise<RunIndex> {
  const { client, files, workFolder, expected, signal } = options;
  const startedAt = new Date().toISOString();
  const documents: Progressing[] = files.map((file) => ({ file, taskIds: [] }));
  const runTaskIds: string[] = [];

  expected('document.extract', files.length);
  expected('document.count', files.length);
  expected('corpus.weigh', 1);
  expected('document.keywords', files.length);
  expected('report.write', 1);

  const payloadOf = ({ file }: Progressing) => ({ id: file.id, path: file.path, folder: workFolder });
  const extractions = documents.map((document) =>
    submission('document.extract', { ...payloadOf(document), file: document.file.file }, 'normal'),
  );
  const submitted = await client.tasks.submitMany(extractions, { idempotencyKey: `${options.runId}-extract`, signal });
  let readable = files.length;
  await forEachOf(documents, AT_ONCE, async (document, index) => {
    const extracted = await ended<ExtractResult>(options, 'document.extract', submitted[index]?.taskId ?? '', document);
    if ('skipped' in extracted.result) {
      document.skipped = extracted.result.skipped;
      readable -= 1;
      expected('document.count', readable);
      expected('document.keywords', readable);
      return;
    }
    document.extract = extracted.result;
    document.count = (await run<CountResult>(options, 'document.count', payloadOf(document), document)).result;
  });

  const texts = documents.filter(({ skipped }) => skipped === undefined);
  if (texts.length === 0) throw new DemoError(`There is no text document in '${options.folder}'`);
  const ids = path.join(workFolder, 'ids.json');
  await writeFile(ids, JSON.stringify(texts.map(({ file }) => file.id)));
  const weighed = await run(options, 'corpus.weigh', { folder: workFolder, ids });
  runTaskIds.push(weighed.taskId);

  await forEachOf(texts, AT_ONCE, async (document) => {
    const done = await run<KeywordsResult>(options, 'document.keywords', payloadOf(document), document);
    document.keywords = done.result.keywords;
  });

  const index: RunIndex = {
    folder: options.folder,
    startedAt,
    documents: documents.map(indexed),
    taskIds: runTaskIds,
    killed: options.killed(),
    notes: options.notes,
  };
  await writeFile(indexFile(workFolder), JSON.stringify(index));
  await run(options, 'report.write', { index: indexFile(workFolder), report: options.reportFile });
  return index;
}

function submission(kind: Kind, payload: object, priority: TaskSubmission['priority']): TaskSubmission {
  // An agent's capabilities are the kinds of task it does.
  return { type: kind, payload: { ...payload }, priority, requirements: { capabilities: [kind] }, retry: RETRY };
}

async function run<Result>(
  options: ConductorOptions,
  kind: Kind,
  payload: object,
  document?: Progressing,
): Promise<Task<Result>> {
  const { client, runId, signal } = options;
  // What is nearer to its end goes first, so that documents finish one by one instead of all at once.
  const { taskId } = await client.tasks.submit(submission(kind, payload, 'high'), {
    idempotencyKey: `${runId}-${kind}-${document?.file.id ?? 'all'}`,
    signal,
  });
  return ended<Result>(options, kind, taskId, document);
}

async function ended<Result>(
  options: ConductorOptions,
  kind: Kind,
  taskId: string,
  document?: Progressing,
): Promise<Task<Result>> {
  document?.taskIds.push(taskId);
  const task = await options.client.tasks.wait<Result>(taskId, { withinMs: 600_000, signal: options.signal });
  if (task.status !== 'completed') {
    const what = document ? `${kind} of '${document.file.path}'` : kind;
    const why = task.failure?.message ?? task.reason ?? 'no reason given';
    throw new DemoError(`The task ${what} (${taskId}) ended as ${task.status}: ${why}`);
  }
  options.completed(kind, task);
  return task;
}

function indexed({ file, taskIds, extract, skipped, count, keywords }: Progressing): IndexedDocument {
  const { path: name, bytes } = file;
  return { path: name, bytes, skipped, encoding: extract?.encoding, cut: extract?.cut, count, keywords, taskIds };
}
