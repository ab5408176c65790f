import { spawn } from 'node:child_process';
import { programOf } from '../apps/launcher/src/programs';
import type { Stack } from '../apps/launcher/src/stack';
import { DemoError } from './documents';

/** Has the whole log verified by the operator's own tool, under the auditor's role. @throws DemoError with its last word */
export async function verifyAudit(stack: Stack): Promise<{ events: number }> {
  const child = spawn(process.execPath, [...programOf('operator', 'audit.main'), 'verify'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...stack.operatorEnvironment('ao_auditor') },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const text = output.join('').trim();
  const events = /(\d[\d,]*) events/.exec(text)?.[1];
  if (code !== 0 || events === undefined)
    throw new DemoError(`The audit of the log failed: ${text || `exit code ${code}`}`);
  return { events: Number(events.replaceAll(',', '')) };
}
