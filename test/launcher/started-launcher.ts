import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@ao/testing';

const root = path.resolve(__dirname, '../..');
const READY_MS = 90_000;

/** A launcher as a process of its own, as `npm start` makes it, from source. */
export interface StartedLauncher {
  readonly output: readonly string[];
  readonly exited: Promise<number | null>;
  /** The URL of the API, once everything is ready. */
  ready(): Promise<string>;
  signal(signal: NodeJS.Signals): void;
}

const launchers = new Set<ChildProcess>();

export function startLauncher(env: Readonly<Record<string, string>>): StartedLauncher {
  const child = spawn(
    process.execPath,
    ['-r', path.join(root, 'scripts/register.cjs'), path.join(root, 'apps/launcher/src/main.ts')],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, COMPAT_PORTS: '0', AGENT_TLS_PORT: '0', ...env },
    },
  );
  launchers.add(child);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => output.push(line));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  void exited.then(() => launchers.delete(child));
  return {
    output,
    exited,
    ready: async () => {
      const line = await eventually(
        () => {
          if (child.exitCode !== null) return 'ended';
          const found = output.find((text) => text.startsWith('  API  '));
          if (!found) throw new Error(`the launcher is not ready:\n${output.join('\n')}`);
          return found;
        },
        { timeoutMs: READY_MS },
      );
      if (line === 'ended') throw new Error(`the launcher ended:\n${output.join('\n')}`);
      return /http:\/\/\S+/.exec(line)![0];
    },
    signal: (signal) => child.kill(signal),
  };
}

/** What a failed test left running. */
export async function endLaunchers(dataDir: string): Promise<void> {
  for (const child of launchers) child.kill('SIGKILL');
  for (const { pid } of processesOf(dataDir)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      continue;
    }
  }
  await eventually(() => expect(processesOf(dataDir).filter(({ pid }) => isAlive(pid))).toEqual([]));
}

/** What the launcher's pid files name. */
export function processesOf(dataDir: string): { name: string; pid: number }[] {
  const folder = path.join(dataDir, 'run');
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
  return files.map(
    (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { name: string; pid: number },
  );
}

export function pidOf(dataDir: string, name: string): number {
  const found = processesOf(dataDir).find((process) => process.name === name);
  if (!found) throw new Error(`${name} does not run`);
  return found.pid;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
