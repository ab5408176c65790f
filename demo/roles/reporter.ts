import type { Client, TaskContext } from '@agent-orchestration/sdk';
import { gatherWork } from '../report/gather-work';
import { reportHtml } from '../report/html';
import { corpusOf, type Terms } from '../text/keywords';
import {
  corpusFile,
  readJson,
  termsFile,
  writeWhole,
  type ReportPayload,
  type RunIndex,
  type WeighPayload,
} from '../work-folder';

/** `corpus.weigh`: in how many documents each term stands. */
export async function weigh(task: TaskContext): Promise<{ documents: number; terms: number }> {
  const { folder, ids } = task.payload as unknown as WeighPayload;
  const list = await readJson<string[]>(ids);
  const documents: Terms[] = [];
  for (const [index, id] of list.entries()) {
    documents.push(await readJson<Terms>(termsFile(folder, id)));
    task.progress((index / list.length) * 100);
  }
  const corpus = corpusOf(documents);
  await writeWhole(corpusFile(folder), JSON.stringify(corpus));
  return { documents: corpus.documents, terms: Object.keys(corpus.documentFrequency).length };
}

/** `report.write`: the results, and from the history of each task who did what. */
export async function writeReport(task: TaskContext, client: Client): Promise<{ path: string; bytes: number }> {
  const { index, report } = task.payload as unknown as ReportPayload;
  const run = await readJson<RunIndex>(index);
  const work = await gatherWork(client, run, (done) => task.progress(done * 90), task.signal);
  const html = reportHtml(run, work);
  await writeWhole(report, html);
  return { path: report, bytes: Buffer.byteLength(html) };
}
