import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Worker, type HistoryEvent } from '@agent-orchestration/sdk';
import { freePort } from '@ao/embedded';
import { eventually } from '@ao/testing';

const root = path.resolve(__dirname, '..');
const TERMINAL = ['TaskCompleted', 'TaskFailed', 'TaskCancelled', 'TaskDeadLettered'];
const TARGETS = ['gateway', 'registry', 'discovery', 'tasks', 'nats', 'postgres'] as const;
type Target = (typeof TARGETS)[number];

/** `npm start` on a data folder of its own: the supervised processes are what this test kills. */
class Installation {
  private readonly dataDir = mkdtempSync(path.join(tmpdir(), 'ao-faults-'));
  private readonly output: string[] = [];
  private launcher: ReturnType<typeof spawn> | undefined;

  async start(): Promise<{ url: string; apiKey: string }> {
    const port = await freePort();
    const environment: NodeJS.ProcessEnv = {
      ...process.env,
      ...{ DATA_DIR: this.dataDir, PORT: String(port), COMPAT_PORTS: '0', AGENT_TLS_PORT: '0', LOG_LEVEL: 'warn' },
    };
    for (const name of ['DATABASE_URL', 'MIGRATE_DATABASE_URL', 'NATS_URL', 'BOOTSTRAP_API_KEY'])
      delete environment[name];
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
        expect(this.log()).toContain('agent-orchestration is ready');
      },
      { timeoutMs: 60_000 },
    );
    const { bootstrap_api_key: apiKey } = JSON.parse(
      readFileSync(path.join(this.dataDir, 'credentials.json'), 'utf8'),
    ) as { bootstrap_api_key: string };
    return { url: `http://127.0.0.1:${port}`, apiKey };
  }

  /** Of the process that runs now; the launcher keeps one file per process. */
  pidOf(target: Target): number {
    return (JSON.parse(readFileSync(path.join(this.dataDir, 'run', `${target}.json`), 'utf8')) as { pid: number }).pid;
  }

  /** kill -9; resolves when the supervisor has started it again. */
  async kill(target: Target): Promise<void> {
    const pid = this.pidOf(target);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(this.pidOf(target)).not.toBe(pid), { timeoutMs: 30_000 });
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

/** Submits one task after the other until told to stop; what was acknowledged is on its list. */
class Submitter {
  readonly acknowledged: string[] = [];
  private stopped = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly client: Client) {
    this.running = Promise.all([this.submitAll(), this.submitAll()]);
  }

  async submitted(more: number): Promise<void> {
    const wanted = this.acknowledged.length + more;
    await eventually(() => expect(this.acknowledged.length).toBeGreaterThanOrEqual(wanted), { timeoutMs: 45_000 });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async submitAll(): Promise<void> {
    while (!this.stopped) {
      const { taskId } = await this.client.tasks.submit({
        type: 'square',
        payload: { n: this.acknowledged.length },
        requirements: { capabilities: ['square'] },
        retry: { maxAttempts: 20, initialDelayMs: 100, maxDelayMs: 1_000 },
        leaseSeconds: 10,
      });
      this.acknowledged.push(taskId);
    }
  }
}

describe('kill -9 during a run', () => {
  const installation = new Installation();
  let client: Client;
  const workers: Worker[] = [];

  beforeAll(async () => {
    const { url, apiKey } = await installation.start();
    client = new Client({ baseUrl: url, apiKey, maxRetries: 40, backoff: { baseMs: 50, capMs: 1_000 } });
    for (const n of [1, 2, 3]) {
      const worker = new Worker({
        client,
        agentId: `squarer-${n}`,
        agentType: 'worker',
        capabilities: ['square'],
        concurrency: 4,
        heartbeatIntervalSeconds: 2,
        reconnect: { baseMs: 50, capMs: 1_000 },
        handler: async ({ payload, signal }) => {
          await new Promise((resolve) => setTimeout(resolve, 10 * n));
          signal.throwIfAborted();
          return Number(payload.n) ** 2;
        },
      });
      workers.push(worker);
      await worker.start();
    }
  }, 90_000);

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 1_000 })));
    client?.close();
    await installation.stop();
  }, 60_000);

  it('should lose no acknowledged task and complete each exactly once, whichever process dies', async () => {
    try {
      await killEach();
    } catch (error) {
      if (error instanceof Error) error.message += `\n${installation.log()}`;
      throw error;
    }
  }, 180_000);

  async function killEach(): Promise<void> {
    const submitter = new Submitter(client);
    await submitter.submitted(20);
    for (const target of TARGETS) {
      await installation.kill(target);
      // The run goes on: submitted, dispatched, completed again after each fault.
      await submitter.submitted(30);
      await client.tasks.wait(submitter.acknowledged.at(-1) ?? '', { withinMs: 45_000 });
    }
    await submitter.stop();

    const { acknowledged } = submitter;
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    const wrong: unknown[] = [];
    for (const taskId of acknowledged) {
      await client.tasks.wait(taskId, { withinMs: 30_000 });
      const history = await client.tasks.history(taskId);
      const terminal = history.filter(({ type }) => TERMINAL.includes(type)).map(({ type }) => type);
      if (terminal.join() !== 'TaskCompleted') wrong.push({ taskId, events: history.map(({ type }) => type) });
      expect(leaseOfCompletion(history)).toBe(true);
    }
    expect(wrong).toEqual([]);
    expect(await installation.audit()).toContain('chain verified');
  }
});

/** Whether the task was completed under the lease of its last assignment. */
function leaseOfCompletion(history: readonly HistoryEvent[]): boolean {
  const assigned = history.filter(({ type }) => type === 'TaskAssigned').at(-1);
  const completed = history.find(({ type }) => type === 'TaskCompleted');
  return completed !== undefined && completed.data.lease_token === assigned?.data.lease_token;
}
