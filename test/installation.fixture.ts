import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@ao/embedded';
import { eventually } from '@ao/testing';
import { readStackFile } from '../apps/launcher/src/stack-file';

const root = path.resolve(__dirname, '..');
const OWN = ['DATABASE_URL', 'MIGRATE_DATABASE_URL', 'NATS_URL', 'BOOTSTRAP_API_KEY'];

/** `npm start` on a data folder of its own, from source: its supervised processes are there to be killed. */
export class Installation {
  private readonly dataDir = mkdtempSync(path.join(tmpdir(), 'ao-faults-'));
  private readonly output: string[] = [];
  private launcher: ReturnType<typeof spawn> | undefined;

  async start(env: Readonly<Record<string, string>> = {}): Promise<{ url: string; apiKey: string }> {
    const port = await freePort();
    const environment: NodeJS.ProcessEnv = {
      ...process.env,
      ...{ DATA_DIR: this.dataDir, PORT: String(port), COMPAT_PORTS: '0', AGENT_TLS_PORT: '0', LOG_LEVEL: 'warn' },
      ...env,
    };
    for (const name of OWN) delete environment[name];
    const launcher = spawn(process.execPath, ['-r', './scripts/register.cjs', 'apps/launcher/src/main.ts'], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.launcher = launcher;
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream.on('data', (chunk: Buffer) => this.output.push(chunk.toString()));
    }
    await eventually(
      () => {
        if (launcher.exitCode !== null) throw new Error(`the launcher ended:\n${this.log()}`);
        if (!this.log().includes('agent-orchestration is ready')) throw new Error(`not ready:\n${this.log()}`);
      },
      { timeoutMs: 90_000 },
    );
    const { bootstrap_api_key: apiKey } = JSON.parse(
      readFileSync(path.join(this.dataDir, 'credentials.json'), 'utf8'),
    ) as { bootstrap_api_key: string };
    return { url: `http://127.0.0.1:${port}`, apiKey };
  }

  /** Of the process that runs now, by its name (`tasks-2`); the launcher keeps one file per process. */
  pidOf(name: string): number {
    return (JSON.parse(readFileSync(path.join(this.dataDir, 'run', `${name}.json`), 'utf8')) as { pid: number }).pid;
  }

  signal(name: string, signal: NodeJS.Signals): void {
    process.kill(this.pidOf(name), signal);
  }

  /** kill -9, or a signal that ends it as well; resolves when the supervisor has started it again. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const pid = this.pidOf(name);
    process.kill(pid, signal);
    await eventually(
      () => {
        if (this.pidOf(name) === pid) throw new Error(`${name} was not started again`);
      },
      { timeoutMs: 60_000 },
    );
  }

  /** Of the process that runs now. Linux. */
  environmentOf(name: string): Record<string, string> {
    const variables = readFileSync(`/proc/${this.pidOf(name)}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean);
    return Object.fromEntries(variables.map((each) => each.split(/=(.*)/s).slice(0, 2) as [string, string]));
  }

  /** Which of these replicas of tasks owns the dispatch pool: only an owner speaks of open leases. Linux. */
  async poolOwner(replicas: readonly string[]): Promise<string | undefined> {
    const owns = await Promise.all(
      replicas.map(async (name) => {
        const { HEALTH_PORT: port } = this.environmentOf(name);
        const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(2_000) });
        return /^ao_open_leases\{/m.test(await response.text());
      }),
    );
    return replicas[owns.indexOf(true)];
  }

  /** Of a database administrator. */
  databaseUrl(): string {
    return readStackFile(this.dataDir)!.environments.ao_auditor!.MIGRATE_DATABASE_URL!;
  }

  async stop(): Promise<void> {
    const { launcher } = this;
    if (launcher && launcher.exitCode === null) {
      const ended = new Promise((resolve) => launcher.once('close', resolve));
      launcher.kill('SIGTERM');
      await ended;
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  log(): string {
    return this.output.join('').slice(-6_000);
  }

  /** What `npm run audit -- verify` says. */
  async audit(): Promise<string> {
    const child = spawn(
      process.execPath,
      ['-r', './scripts/register.cjs', 'apps/launcher/src/operate.main.ts', 'ao_auditor', 'operator/audit', 'verify'],
      {
        cwd: root,
        env: { ...process.env, DATA_DIR: this.dataDir, DATABASE_URL: '' },
      },
    );
    const text: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => text.push(chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    return text.join('');
  }
}
