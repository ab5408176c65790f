import type { Exit } from '@ao/embedded';
import type { PidFiles } from './pid-files';

/** A process as the supervisor sees it, whatever it is. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Asks it to end in its own clean way and waits; kills it when that takes too long. */
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
}

export interface Supervised {
  readonly name: string;
  /** Of the present process; `undefined` between an end and the next start. */
  pid(): number | undefined;
  /** Stops and starts it again at once. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Without a clean way: what cannot be asked any more. */
  kill(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Who ran this long was well: the next pause is short again. */
const WELL_AFTER_MS = 30_000;

/**
 * Starts a process and starts it again whenever it ends by itself, after pauses of 0.1 s, 0.2 s … 10 s. The first start
 * is awaited: its failure is the caller's.
 */
export async function supervise(options: {
  name: string;
  /** Must hand the pid to `spawned` as soon as there is one. */
  start: (spawned: (pid: number) => void) => Promise<Running>;
  pidFiles: PidFiles;
  say: (line: string) => void;
}): Promise<Supervised> {
  const { name, start, pidFiles, say } = options;
  let stopping = false;
  let restarting = false;
  let current: Running | undefined;
  let wake: () => void = () => undefined;

  const begin = async () => {
    const running = await start((pid) => pidFiles.record(name, pid));
    current = running;
    return running;
  };

  let running = await begin();
  const watching = (async () => {
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const since = Date.now();
      const exit = await running.exited;
      pidFiles.forget(name, running.pid);
      current = undefined;
      if (stopping) return;
      if (Date.now() - since > WELL_AFTER_MS) pause = FIRST_PAUSE_MS;
      if (!restarting) say(`${name} ended (${describe(exit)}), starting it again in ${pause / 1000} s`);
      for (;;) {
        if (!restarting) await new Promise<void>((resolve) => (wake = once(resolve, pause)));
        if (stopping) return;
        restarting = false;
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        try {
          running = await begin();
          break;
        } catch (error) {
          say(`${name} did not start: ${(error as Error).message} Next try in ${pause / 1000} s.`);
        }
        if (stopping) return;
      }
      if (stopping) await running.stop();
    }
  })();

  const end = async (how: (running: Running) => Promise<unknown>) => {
    stopping = true;
    wake();
    if (current) await how(current);
    await watching;
  };
  return {
    name,
    pid: () => current?.pid,
    restart: async () => {
      restarting = true;
      if (current) await current.stop();
      else wake();
    },
    stop: () => end((process) => process.stop()),
    kill: () => end((process) => process.kill()),
  };
}

/** Calls after the pause, or earlier by what it returns; one time in all. */
function once(resolve: () => void, pauseMs: number): () => void {
  const timer = setTimeout(resolve, pauseMs);
  return () => {
    clearTimeout(timer);
    resolve();
  };
}

function describe({ code, signal }: Exit): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
}
