import { ApiError, Client, UnavailableError } from '@agent-orchestration/sdk';
import { eventually } from '@ao/testing';
import { TASK_TYPE, type Access } from './agents';
import type { Submission } from './history.checks';

const SUBMITTERS = 16;
const PATIENCE_MS = 120_000;

export interface SubmittersOptions extends Access {
  readonly seed: number;
  readonly leaseSeconds: number;
  /** Each answer, or its absence, as it is noted. */
  readonly noted: (submission: Submission) => void;
}

/** Submit one task after the other, as far as they are allowed to; each call is repeated under its idempotency key. */
export class Submitters {
  readonly journal: Submission[] = [];
  private readonly client: Client;
  private next = 0;
  private allowed = 0;
  private stopped = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly options: SubmittersOptions) {
    const { url, apiKey } = options;
    this.client = new Client({ baseUrl: url, apiKey, maxRetries: 60, backoff: { baseMs: 50, capMs: 1_000 } });
    this.running = Promise.all(Array.from({ length: SUBMITTERS }, () => this.submitAll()));
  }

  allow(more: number): void {
    this.allowed += more;
  }

  /** Resolves when so many have been answered, or given up as unknown. */
  async answered(count: number): Promise<void> {
    await eventually(
      () => {
        if (this.journal.length < count)
          throw new Error(`${this.journal.length} of ${count} submissions were answered`);
      },
      { timeoutMs: PATIENCE_MS },
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    this.client.close();
  }

  private async submitAll(): Promise<void> {
    while (!this.stopped) {
      if (this.next < this.allowed) this.note(await this.submit(this.next++));
      else await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private async submit(n: number): Promise<Submission> {
    const { seed, leaseSeconds } = this.options;
    try {
      const { taskId } = await this.client.tasks.submit(
        {
          type: TASK_TYPE,
          payload: { n },
          requirements: { capabilities: [TASK_TYPE] },
          // Faults cost attempts as well; those that fail every time must still come to an end.
          retry: { maxAttempts: 8, initialDelayMs: 100, maxDelayMs: 1_000 },
          leaseSeconds,
        },
        { idempotencyKey: `campaign-${seed}-${n}` },
      );
      return { n, outcome: 'acknowledged', taskId };
    } catch (error) {
      return { n, outcome: error instanceof ApiError && !(error instanceof UnavailableError) ? 'refused' : 'unknown' };
    }
  }

  private note(submission: Submission): void {
    this.journal.push(submission);
    this.options.noted(submission);
  }
}
