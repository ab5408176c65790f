import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { endDaemon, startDaemon, type Daemon, type Exit } from './daemon';
import { freePort } from './ports';
import { StartupError } from './startup-error';

const START_ATTEMPTS = 5;

export interface NatsOptions {
  /** The nats-server program, see `findNatsServer`. */
  readonly program: string;
  /** Keeps the configuration file (mode 0600: it holds passwords). Made when it is missing. */
  readonly dir: string;
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** The configuration for the port it got: `natsServerConfig` of messaging. */
  readonly config: (port: number) => string;
  readonly log?: (line: string) => void;
  /** Called with the pid as soon as there is one, before the server is ready. */
  readonly onSpawn?: (pid: number) => void;
  /** Ends with this process even when that is killed: for tests. */
  readonly endWithParent?: boolean;
}

export interface RunningNats {
  readonly port: number;
  readonly pid: number;
  /** Without credentials. */
  readonly url: string;
  stop(): Promise<Exit>;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<Exit>;
  readonly exited: Promise<Exit>;
}

/**
 * Starts a nats-server on 127.0.0.1; resolves when it answers (about 50 ms).
 * @throws StartupError with one sentence on what to do
 */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  mkdirSync(options.dir, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const file = path.join(options.dir, 'nats.conf');
    writeFileSync(file, options.config(port), { mode: 0o600 });
    const name = `ao-${randomUUID()}`;
    const server = startDaemon({
      command: options.program,
      args: ['-c', file, '-a', '127.0.0.1', '-p', String(port), '-n', name],
      cwd: options.dir,
      ...(options.log && { log: options.log }),
      ...(options.endWithParent && { endWithParent: true }),
    });
    options.onSpawn?.(server.pid);
    if (await answers(server, port, name)) {
      return {
        port,
        pid: server.pid,
        url: `nats://127.0.0.1:${port}`,
        stop: () => endDaemon(server, 'SIGTERM', 5_000),
        kill: () => endDaemon(server, 'SIGKILL', 5_000),
        exited: server.exited,
      };
    }
    await endDaemon(server, 'SIGKILL', 1_000);
    const reason = server.lastLines().at(-1) ?? 'it ended without a word';
    const taken = server.lastLines().some((line) => line.includes('address already in use'));
    if (!(taken && options.port === undefined) || attempt === START_ATTEMPTS) {
      throw new StartupError(`nats-server did not start on port ${port}: ${reason}`);
    }
  }
}

async function answers(server: Daemon, port: number, name: string): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (server.running() && Date.now() < deadline) {
    if (await Promise.race([natsAnswers('127.0.0.1', port, name), server.exited.then(() => false)])) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

/**
 * Whether a NATS server answers there within a second: it speaks first, `INFO {"server_name": …}`. With a name, whether
 * it is that one: whoever else holds the port may speak as well.
 */
export function natsAnswers(host: string, port: number, name?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (data) => {
      const greeting = data.toString('latin1');
      end(greeting.startsWith('INFO ') && (name === undefined || greeting.includes(name)));
    });
  });
}
