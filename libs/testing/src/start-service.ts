import path from 'node:path';
import { endDaemon, freePort, startDaemon, type Daemon, type Exit } from '@ao/embedded';
import { opened } from './open-resources';

const root = path.resolve(__dirname, '../../..');
const OUTPUT_LINES = 5_000;

export interface StartedService {
  readonly name: string;
  readonly pid: number;
  readonly healthPort: number;
  readonly healthUrl: string;
  /** What it wrote so far, one entry per line; the last 5,000. */
  readonly output: readonly string[];
  readonly exited: Promise<Exit>;
  /** Resolves when /health/ready answers 200; rejects with its output when it ends or `timeoutMs` (30,000) pass first. */
  ready(timeoutMs?: number): Promise<void>;
  /** kill -9. */
  kill(): Promise<Exit>;
  /** SIGTERM and wait: its drain. */
  stop(): Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

export interface ServiceOptions {
  /** Default: `src/main.ts` of the app. */
  readonly main?: string;
  /** Command-line arguments after the main file. */
  readonly args?: readonly string[];
}

/**
 * Starts `apps/<name>/src/main.ts` as a child process, from source, so that no build can be stale. Its environment is
 * `env` and what a program needs to run at all; nothing else of this process' own.
 */
export async function startService(
  name: string,
  env: Readonly<Record<string, string>>,
  options: ServiceOptions = {},
): Promise<StartedService> {
  const healthPort = env.HEALTH_PORT ? Number(env.HEALTH_PORT) : await freePort();
  const output: string[] = [];
  const daemon = startDaemon({
    command: process.execPath,
    args: [
      ...['-r', path.join(root, 'scripts/register.cjs'), '--enable-source-maps'],
      path.join(root, 'apps', name, options.main ?? 'src/main.ts'),
      ...(options.args ?? []),
    ],
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test', HEALTH_PORT: String(healthPort), ...env },
    log: (line) => {
      output.push(line);
      if (output.length > OUTPUT_LINES) output.shift();
    },
    endWithParent: true,
  });
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  const closed = opened(`service ${name} (process ${daemon.pid})`, () => endDaemon(daemon, 'SIGKILL', 1_000));
  void daemon.exited.then(closed);
  return {
    name,
    pid: daemon.pid,
    healthPort,
    healthUrl,
    output,
    exited: daemon.exited,
    ready: (timeoutMs = 30_000) => ready(name, daemon, `${healthUrl}/health/ready`, timeoutMs, output),
    kill: () => endDaemon(daemon, 'SIGKILL', 5_000),
    stop: () => endDaemon(daemon, 'SIGTERM', 30_000),
    signal: (signal) => daemon.signal(signal),
  };
}

async function ready(name: string, daemon: Daemon, url: string, timeoutMs: number, output: string[]): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last = 'nobody answered';
  while (daemon.running() && performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      last = `${response.status} ${await response.text()}`;
      if (response.ok) return;
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const state = daemon.running() ? `was not ready after ${timeoutMs} ms (${last})` : 'ended while it started';
  throw new Error(`${name} ${state}:\n${output.slice(-30).join('\n')}`);
}
