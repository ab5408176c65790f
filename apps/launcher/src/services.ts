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
  readonly name: ServiceName;
  readonly healthUrl: string;
  readonly supervised: Supervised;
  /** Resolves when it is ready; rejects with its last word if it ends before. */
  ready(): Promise<void>;
}

/** The health port of the docs, or a free one when somebody has it. */
export async function healthPortFor(service: ServiceName): Promise<number> {
  const usual = HEALTH_PORTS[service];
  return (await portIsFree(usual)) ? usual : freePort();
}

export async function startServiceProcess(options: {
  name: ServiceName;
  env: NodeJS.ProcessEnv;
  healthPort: number;
  pidFiles: PidFiles;
  say: (name: string, line: string) => void;
}): Promise<ServiceProcess> {
  const { name, env, healthPort, pidFiles, say } = options;
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  let first: Daemon | undefined;
  const supervised = await supervise({
    name,
    pidFiles,
    say: (line) => say('launcher', line),
    start: async (spawned) => {
      const daemon = startDaemon({
        command: process.execPath,
        args: programOf(name, 'main'),
        cwd: root,
        env: { ...env, HEALTH_PORT: String(healthPort), HEALTH_HOST: '127.0.0.1' },
        log: (line) => say(name, line),
      });
      spawned(daemon.pid);
      first ??= daemon;
      return {
        pid: daemon.pid,
        exited: daemon.exited,
        stop: () => endDaemon(daemon, 'SIGTERM', DRAIN_MS),
        kill: () => endDaemon(daemon, 'SIGKILL', 1_000),
      };
    },
  });
  return { name, healthUrl, supervised, ready: () => ready(name, first!, `${healthUrl}/health/ready`) };
}

async function ready(name: string, daemon: Daemon, url: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let last = 'it does not answer';
  while (Date.now() < deadline) {
    if (!daemon.running()) {
      await daemon.exited;
      throw new StartupError(`${name} did not start: ${lastWord(daemon)}`);
    }
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      last = `${response.status} ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new StartupError(`${name} is not ready after ${READY_MS / 1000} s (${url}: ${last}); its lines above say why.`);
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
