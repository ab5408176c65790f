import { Client, Worker, type HistoryEvent } from '@agent-orchestration/sdk';
import { eventually } from '@ao/testing';
import { Installation } from './installation.fixture';

const TERMINAL = [
  'TaskCompleted',
  'TaskFailed',
  'TaskCancelled',
  'TaskDeadLettered',
  'TaskExpired',
  'TaskResultAccepted',
];
const TARGETS = ['gateway', 'registry', 'discovery', 'tasks', 'nats', 'postgres'] as const;

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
