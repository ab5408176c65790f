import type { ModelPosition } from '@ao/contracts';

/** From the first news to the message that tells the other replicas, in milliseconds. */
const GATHER_MS = 5;

/**
 * Tells how far the models are: those who wait in this process at once, the other replicas a few milliseconds later, all
 * models in one message. Only the latest position of each counts.
 */
export class ModelAnnouncer {
  private readonly due = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly here: (position: ModelPosition) => void,
    private readonly everywhere: (positions: readonly ModelPosition[]) => void,
    private readonly gatherMs = GATHER_MS,
  ) {}

  announce(position: ModelPosition): void {
    this.here(position);
    this.due.set(position.model, position.position);
    this.timer ??= setTimeout(() => this.publish(), this.gatherMs);
  }

  /** Sends what still waits. */
  close(): void {
    if (this.timer) this.publish();
  }

  private publish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const positions = [...this.due].map(([model, position]) => ({ model, position }));
    this.due.clear();
    this.everywhere(positions);
  }
}
