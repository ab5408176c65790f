import { cancelRun, sendSignal, startRun } from '@ao/contracts';
import type { WorkflowsClient } from '../workflow.fixture';
import type { StartedRun } from './run-history.checks';
import { SHAPES } from './run-shapes';

const STARTERS = 16;

export interface RunStartersOptions {
  readonly client: WorkflowsClient;
  /** Of each shape. */
  readonly workflows: ReadonlyMap<string, string>;
  readonly random: () => number;
}

/** Start one run after the other, as far as they are allowed to; whatever is not answered is asked for again. */
export class RunStarters {
  readonly journal: StartedRun[] = [];
  private next = 0;
  private allowed = 0;
  private stopped = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly options: RunStartersOptions) {
    this.running = Promise.all(Array.from({ length: STARTERS }, () => this.startAll()));
  }

  allow(more: number): void {
    this.allowed += more;
  }

  get answered(): number {
    return this.journal.length;
  }

  /** @throws what a starter met that it must not meet */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async startAll(): Promise<void> {
    while (!this.stopped) {
      if (this.next < this.allowed) await this.start(this.next++);
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private async start(n: number): Promise<void> {
    const { client, workflows, random } = this.options;
    const shape = SHAPES[n % SHAPES.length]!;
    const sent = { payload: { n }, sent_by: null };
    const paid = () => client.insist(sendSignal, { ...sent, name: 'paid', correlation: `order ${n}` });
    const isEarly = random() < 0.5;
    if (shape.signal === 'by_correlation' && isEarly) await paid();
    const workflow_id = workflows.get(shape.name)!;
    const { run_id } = await client.insist(startRun, { workflow_id, parameters: { n }, started_by: null });
    if (shape.signal === 'by_correlation' && !isEarly) await paid();
    if (shape.signal === 'by_run') await client.insist(sendSignal, { ...sent, run_id, name: 'go' });
    if (shape.cancelled) await client.insist(cancelRun, { run_id, reason: 'the campaign wants it so' });
    this.journal.push({ run_id, shape: shape.name, ends: shape.ends(n) });
  }
}
