import { NonRetryableError, type Client, type TaskContext } from '@agent-orchestration/sdk';
import { gatherIndex } from '../report/gather-index';
import { gatherWork } from '../report/gather-work';
import { reportHtml } from '../report/html';
import { corpusOf, overallKeywords, type Keyword, type Terms } from '../text/keywords';
import {
  corpusFile,
  countFile,
  extractedFile,
  indexFile,
  keywordsFile,
  readJson,
  sourceFile,
  termsFile,
  writeJson,
  writeWhole,
  type CorpusPayload,
  type CountResult,
  type Extracted,
  type Figures,
  type FoundOut,
  type ReportPayload,
  type RunParameters,
  type Source,
} from '../work-folder';

/** `corpus.weigh`: in how many documents each term stands. */
export async function weigh(task: TaskContext): Promise<{ documents: number; terms: number }> {
  const { folder, documents: ids } = task.payload as unknown as CorpusPayload;
  if (ids.length === 0) throw new NonRetryableError('There is no text document among the files');
  const documents: Terms[] = [];
  for (const [index, id] of ids.entries()) {
    documents.push(await readJson<Terms>(termsFile(folder, id)));
    task.progress((index / ids.length) * 100);
  }
  const corpus = corpusOf(documents);
  await writeJson(corpusFile(folder), corpus);
  return { documents: corpus.documents, terms: Object.keys(corpus.documentFrequency).length };
}

/** `corpus.sum`: everything that was found out in one file, and the figures that are shown to whoever approves. */
export async function sumUp(task: TaskContext): Promise<Figures> {
  const { folder, documents: ids } = task.payload as unknown as CorpusPayload;
  const all: FoundOut[] = [];
  for (const [index, id] of ids.entries()) {
    all.push(await foundOut(folder, id));
    task.progress((index / ids.length) * 100);
  }
  await writeJson(indexFile(folder), all);
  const indexed = all.filter(({ skipped }) => skipped === undefined);
  return {
    documents: indexed.length,
    words: indexed.reduce((sum, { count }) => sum + (count?.words ?? 0), 0),
    keywords: overallKeywords(
      indexed.map(({ keywords }) => keywords ?? []),
      8,
    ).map(({ term }) => term),
  };
}

async function foundOut(folder: string, id: string): Promise<FoundOut> {
  const { path, bytes } = await readJson<Source>(sourceFile(folder, id));
  const extracted = await readJson<Extracted>(extractedFile(folder, id));
  if ('skipped' in extracted) return { path, bytes, skipped: extracted.skipped };
  const [count, keywords] = await Promise.all([
    readJson<CountResult>(countFile(folder, id)),
    readJson<Keyword[]>(keywordsFile(folder, id)),
  ]);
  return { path, bytes, encoding: extracted.encoding, cut: extracted.cut, count, keywords };
}

/** `report.write`: the results, and from the history of each task of the run who did what. */
export async function writeReport(task: TaskContext, client: Client): Promise<{ path: string; bytes: number }> {
  const { run_id } = task.payload as unknown as ReportPayload;
  const run = await client.workflows.runs.get(run_id, { signal: task.signal });
  const { report } = run.parameters as unknown as RunParameters;
  const index = await gatherIndex(run);
  const work = await gatherWork(client, index, (done) => task.progress(done * 90), task.signal);
  const html = reportHtml(index, work);
  await writeWhole(report, html);
  return { path: report, bytes: Buffer.byteLength(html) };
}
