import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How operators' programs (audit, replay) reach the running stack, with the passwords they need: mode 0600. */
export interface StackFile {
  readonly url: string;
  /** The environment for a program that logs in as this role. */
  readonly environments: Readonly<Record<string, Record<string, string>>>;
}

const fileOf = (dataDir: string) => path.join(dataDir, 'run', 'stack');

export function writeStackFile(dataDir: string, content: StackFile): void {
  writeFileSync(fileOf(dataDir), JSON.stringify(content), { mode: 0o600 });
}

export function removeStackFile(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** `undefined` when none runs; one that was killed may have left its file. */
export function readStackFile(dataDir: string): StackFile | undefined {
  const file = fileOf(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StackFile) : undefined;
}
