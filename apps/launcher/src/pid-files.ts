import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from '@ao/embedded';
import { identify, isAlive, type ProcessIdentity } from './process-identity';

type Recorded = ProcessIdentity & { readonly name: string };

/** How an orphan is asked to end, in this order; then it is killed. Postgres last: the others may still write. */
const ENDINGS: readonly { matches: (name: string) => boolean; signal: NodeJS.Signals; patienceMs: number }[] = [
  { matches: (name) => name !== 'nats' && name !== 'postgres', signal: 'SIGTERM', patienceMs: 5_000 },
  { matches: (name) => name === 'nats', signal: 'SIGTERM', patienceMs: 3_000 },
  // Fast, not immediate: its checkpoint saves the next start a recovery.
  { matches: (name) => name === 'postgres', signal: 'SIGINT', patienceMs: 20_000 },
];

/** The processes of the running launcher, one file each, so that the next one finds them when this one is killed. */
export class PidFiles {
  private readonly folder: string;

  constructor(dataDir: string) {
    this.folder = path.join(dataDir, 'run');
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** To be called right after the spawn: until then a killed launcher leaves a process that nobody knows. */
  record(name: string, pid: number): void {
    const identity = identify(pid);
    if (identity) writeFileSync(this.file(name), JSON.stringify({ name, ...identity }));
  }

  forget(name: string, pid: number): void {
    if (this.read(this.file(name))?.pid === pid) rmSync(this.file(name), { force: true });
  }

  /** Ends what a killed launcher left running: only the very processes it had started, never another with the same pid. */
  async endOrphans(say: (line: string) => void): Promise<void> {
    const files = readdirSync(this.folder).filter((file) => file.endsWith('.json'));
    const recorded = files.flatMap((file) => this.read(path.join(this.folder, file)) ?? []);
    for (const { matches, signal, patienceMs } of ENDINGS) {
      const orphans = recorded.filter((orphan) => matches(orphan.name) && isAlive(orphan));
      await Promise.all(
        orphans.map(async (orphan) => {
          say(`ending ${orphan.name} (process ${orphan.pid}), left by a launcher that was killed`);
          await end(orphan, signal, patienceMs);
        }),
      );
    }
    for (const file of files) rmSync(path.join(this.folder, file), { force: true });
  }

  private file(name: string): string {
    return path.join(this.folder, `${name}.json`);
  }

  private read(file: string): Recorded | undefined {
    try {
      const { name, pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
      return { name, pid, started };
    } catch {
      return undefined;
    }
  }
}

async function end(orphan: Recorded, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  for (const [asked, patience] of [
    [signal, patienceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    try {
      if (isAlive(orphan)) process.kill(orphan.pid, asked);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') break;
    }
    const deadline = Date.now() + patience;
    while (isAlive(orphan) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    if (!isAlive(orphan)) return;
  }
  throw new StartupError(
    `${orphan.name} (process ${orphan.pid}) of an earlier start still runs and cannot be ended by this user: end it with kill ${orphan.pid}, then start again.`,
  );
}
