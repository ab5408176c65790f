import path from 'node:path';
import { endDaemon, freePort, startDaemon, type Daemon, type Exit } from '@ao/embedded';
import { opened } from './open-resources';

const root = path.resolve(__dirname, '../../..');
const OUTPUT_LINES = 5_000;
/** Between the look at a port and the service's listening somebody else may take it; it is then started at another one. */
const PORT_TAKEN = /^Port \d+ is taken .* HEALTH_PORT /;

export interface StartedService {
  readonly name: string;
  /** This, its port and its end are of the process that runs now: `ready` starts another one when its port was taken. */
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
  const output: string[] = [];
  const start = async () => {
    const healthPort = env.HEALTH_PORT ? Number(env.HEALTH_PORT) : await freePort();
    const daemon = startDaemon({
      command: process.execPath,
      args: [
        ...['-r', path.join(root, 'scripts/register.cjs'), '--enable-source-maps'],
        path.join(root, 'apps', name, options.main ?? 'src/main.ts'),
        ...(options.args ?? []),
      ],
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_ENV: 'test',
        HEALTH_PORT: String(healthPort),
        ...env,
      },
      log: (line) => {
        output.push(line);
        if (output.length > OUTPUT_LINES) output.shift();
      },
      endWithParent: true,
    });
    const closed = opened(`service ${name} (process ${daemon.pid})`, () => endDaemon(daemon, 'SIGKILL', 1_000));
    void daemon.exited.then(closed);
    return { daemon, healthPort };
  };
  let current = await start();
  const healthUrl = () => `http://127.0.0.1:${current.healthPort}`;
  return {
    name,
    get pid() {
      return current.daemon.pid;
    },
    get healthPort() {
      return current.healthPort;
    },
    get healthUrl() {
      return healthUrl();
    },
    output,
    get exited() {
      return current.daemon.exited;
    },
    ready: async (timeoutMs = 60_000) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const { daemon } = current;
        const why = await whyNotReady(daemon, `${healthUrl()}/health/ready`, deadline);
        if (why === undefined) return;
        if (daemon.running())
          throw new Error(`${name} was not ready after ${timeoutMs} ms (${why}):\n${lastOf(output)}`);
        await daemon.exited;
        if (env.HEALTH_PORT || !PORT_TAKEN.test(daemon.lastLines().at(-1) ?? ''))
          throw new Error(`${name} ended while it started:\n${lastOf(output)}`);
        current = await start();
      }
    },
    kill: () => endDaemon(current.daemon, 'SIGKILL', 5_000),
    stop: () => endDaemon(current.daemon, 'SIGTERM', 30_000),
    signal: (signal) => current.daemon.signal(signal),
  };
}

const lastOf = (output: readonly string[]) => output.slice(-30).join('\n');

/** Undefined when it is ready; what was heard last when it ended or the deadline passed before. */
async function whyNotReady(daemon: Daemon, url: string, deadline: number): Promise<string | undefined> {
  let last = 'nobody answered';
  while (daemon.running() && performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      last = `${response.status} ${await response.text()}`;
      const itsOwn = response.headers.get('x-process-id') === String(daemon.pid);
      if (response.ok && itsOwn) return undefined;
      if (!itsOwn) last = 'somebody else answers on its port';
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return last;
}
