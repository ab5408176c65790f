import {
  endDaemon,
  freePort,
  HEALTH_PORTS,
  portIsFree,
  startDaemon,
  StartupError,
  type Daemon,
  type ServiceName,
} from '@ao/embedded';
import type { PidFiles } from './pid-files';
import { programOf, root } from './programs';
import { supervise, type Supervised } from './supervisor';

/** A service drains within 25 s of its SIGTERM. */
const DRAIN_MS = 28_000;
const READY_MS = 60_000;

export interface ServiceProcess {
  readonly service: ServiceName;
  /** The service's; from its second replica on with a number: `tasks-2`. */
  readonly name: string;
  /** Of the present process: another one if its port was taken by somebody in the meantime. */
  healthUrl(): string;
  readonly supervised: Supervised;
  /** Resolves when it is ready; rejects with its last word if it ends before. */
  ready(): Promise<void>;
}

/** Between the look at a port and the service's listening somebody else may take it; then the next start gets another. */
const PORT_TAKEN = /^Port \d+ is taken/;

export async function startServiceProcess(options: {
  service: ServiceName;
  /** From 1. The first has the service's usual port, if it is free. */
  replica: number;
  env: NodeJS.ProcessEnv;
  pidFiles: PidFiles;
  say: (name: string, line: string) => void;
}): Promise<ServiceProcess> {
  const { service, replica, env, pidFiles, say } = options;
  const name = replica === 1 ? service : `${service}-${replica}`;
  const usual = HEALTH_PORTS[service];
  let healthPort = replica === 1 && (await portIsFree(usual)) ? usual : await freePort();
  let current: Daemon | undefined;
  const supervised = await supervise({
    name,
    pidFiles,
    say: (line) => say('launcher', line),
    start: async (spawned) => {
      if (current && PORT_TAKEN.test(lastWord(current))) healthPort = await freePort();
      const daemon = startDaemon({
        command: process.execPath,
        args: programOf(service, 'main'),
        cwd: root,
        env: { ...env, HEALTH_PORT: String(healthPort), HEALTH_HOST: '127.0.0.1' },
        log: (line) => say(name, line),
      });
      spawned(daemon.pid);
      current = daemon;
      return {
        pid: daemon.pid,
        exited: daemon.exited,
        stop: () => endDaemon(daemon, 'SIGTERM', DRAIN_MS),
        kill: () => endDaemon(daemon, 'SIGKILL', 1_000),
      };
    },
  });
  const healthUrl = () => `http://127.0.0.1:${healthPort}`;
  return {
    service,
    name,
    healthUrl,
    supervised,
    ready: () =>
      ready(
        name,
        () => current!,
        () => `${healthUrl()}/health/ready`,
      ),
  };
}

async function ready(name: string, daemon: () => Daemon, url: () => string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let last = 'it does not answer';
  while (Date.now() < deadline) {
    const process = daemon();
    if (!process.running()) {
      await process.exited;
      const word = lastWord(process);
      if (!PORT_TAKEN.test(word) || word.includes(' set PORT '))
        throw new StartupError(`${name} did not start: ${word}`);
    } else {
      try {
        const response = await fetch(url(), { signal: AbortSignal.timeout(2_000) });
        const body = await response.text();
        const itsOwn = response.headers.get('x-process-id') === String(process.pid);
        if (response.ok && itsOwn) return;
        last = itsOwn ? `${response.status} ${body.slice(0, 300)}` : 'somebody else answers on its port';
      } catch (error) {
        last = (error as Error).message;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new StartupError(
    `${name} is not ready after ${READY_MS / 1000} s (${url()}: ${last}); its lines above say why.`,
  );
}

/** The sentence a service ends with: the message of its last JSON line, or of the error that Node printed. */
function lastWord(daemon: Daemon): string {
  const lines = daemon.lastLines().reverse();
  const thrown = lines.find((line) => /^[A-Za-z]*Error\b.*: /.test(line));
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    try {
      const { msg } = JSON.parse(line) as { msg?: unknown };
      if (typeof msg === 'string') return thrown ?? msg;
    } catch {
      continue;
    }
  }
  return thrown ?? lines.find((line) => !/^\s|^Node\.js v|^}/.test(line)) ?? 'it ended without a word';
}
