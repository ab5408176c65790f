import { createReadStream } from 'node:fs';
import type { TaskContext } from '@agent-orchestration/sdk';
import { decode, readableText } from '../text/decode';
import {
  extractedFile,
  readJson,
  sourceFile,
  textFile,
  writeJson,
  writeWhole,
  type DocumentPayload,
  type Extracted,
  type ExtractResult,
  type Source,
} from '../work-folder';

/** What is read of one file; the rest is cut off, with a notice. */
export const MOST_BYTES = 8 * 1_024 * 1_024;

/** `document.extract`: from whatever bytes a file holds to plain UTF-8 text in the work folder. */
export async function extract(task: TaskContext): Promise<ExtractResult> {
  const { id, folder } = task.payload as unknown as DocumentPayload;
  const extracted = await readText(id, folder, task);
  await writeJson(extractedFile(folder, id), extracted);
  return 'skipped' in extracted ? { id, skipped: extracted.skipped } : { id };
}

async function readText(id: string, folder: string, task: TaskContext): Promise<Extracted> {
  const { path, file } = await readJson<Source>(sourceFile(folder, id));
  let bytes: Buffer;
  try {
    bytes = await readUpTo(file, MOST_BYTES + 1, task);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { skipped: `cannot be read (${code})` };
  }
  const cut = bytes.length > MOST_BYTES;
  if (bytes.length === 0) return { skipped: 'empty' };
  const decoded = decode(cut ? bytes.subarray(0, MOST_BYTES) : bytes, { cut });
  if (decoded.kind === 'binary') return { skipped: `binary: ${decoded.why}` };
  if (cut) task.log(`${path} is larger than ${MOST_BYTES} bytes; the rest is not indexed`, 'warn');
  await writeWhole(textFile(folder, id), readableText(decoded.text, path));
  return { encoding: decoded.encoding, bytes: Math.min(bytes.length, MOST_BYTES), cut };
}

async function readUpTo(file: string, most: number, task: TaskContext): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of createReadStream(file, { end: most - 1, signal: task.signal })) {
    chunks.push(chunk as Buffer);
    read += (chunk as Buffer).length;
    task.progress(Math.min(99, (read / most) * 100));
  }
  return Buffer.concat(chunks);
}
