import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RuntimeUser } from './runtime-user';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server started as a direct child, in a process group of its own so that a Ctrl-C in the terminal does not reach it. */
export interface Daemon {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. Never rejects. */
  readonly exited: Promise<Exit>;
  readonly running: () => boolean;
  /** Its last lines of output, for messages about a failed start. */
  readonly lastLines: () => string[];
  signal(signal: NodeJS.Signals): void;
}

const REMEMBERED_LINES = 30;
const LAST_WORDS_MS = 250;

export function startDaemon(options: {
  command: string;
  args: readonly string[];
  cwd: string;
  user?: RuntimeUser;
  env?: NodeJS.ProcessEnv;
  log?: (line: string) => void;
  /** End it (SIGKILL) when this process is gone, even by kill -9: for tests. A launcher finds its orphans by pid files instead. */
  endWithParent?: boolean;
}): Daemon {
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
  });
  const lines: string[] = [];
  const hear = (line: string) => {
    if (line.trim() !== '') lines.push(line);
    if (lines.length > REMEMBERED_LINES) lines.shift();
    options.log?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hear);
  let ended = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      hear(error.message);
      ended = true;
      resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('exit', (code, signal) => {
      ended = true;
      // `close` brings the last lines of output, but a grandchild may hold the pipe open.
      setTimeout(() => resolve({ code, signal }), LAST_WORDS_MS);
    });
  });
  if (options.endWithParent && child.pid !== undefined) {
    const keeper = keepUntilParentEnds(child.pid);
    void exited.then(() => keeper.kill('SIGKILL'));
  }
  return {
    pid: child.pid ?? -1,
    exited,
    running: () => !ended,
    lastLines: () => [...lines],
    signal: (signal) => {
      if (!ended) child.kill(signal);
    },
  };
}

/** A shell that waits for the end of its standard input, which comes when this process ends, and then ends `pid`. */
function keepUntilParentEnds(pid: number): ChildProcess {
  const keeper = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -KILL "$1" 2>/dev/null', 'keeper', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.on('error', () => undefined);
  keeper.unref();
  (keeper.stdin as unknown as { unref?: () => void }).unref?.();
  return keeper;
}

/** Asks by a signal, then waits; after `patienceMs` kills. */
export async function endDaemon(daemon: Daemon, signal: NodeJS.Signals, patienceMs: number): Promise<Exit> {
  daemon.signal(signal);
  const timer = setTimeout(() => daemon.signal('SIGKILL'), patienceMs);
  try {
    return await daemon.exited;
  } finally {
    clearTimeout(timer);
  }
}
