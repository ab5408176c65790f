import type { ModelPosition } from '@ao/contracts';

/** Between two announcements of one model on the bus: each costs a message here and one at every replica. */
const ANNOUNCE_EVERY_MS = 5;

/**
 * Tells how far the models are: those who wait in this process at once, the other replicas at most every few
 * milliseconds. Only the latest position counts, so what is passed over meanwhile is not missed.
 */
export class ModelAnnouncer {
  private readonly due = new Map<string, { timer: NodeJS.Timeout; latest: number | undefined }>();

  constructor(
    private readonly here: (position: ModelPosition) => void,
    private readonly everywhere: (position: ModelPosition) => void,
    private readonly everyMs = ANNOUNCE_EVERY_MS,
  ) {}

  announce(position: ModelPosition): void {
    this.here(position);
    const waiting = this.due.get(position.model);
    if (waiting) waiting.latest = position.position;
    else this.publish(position);
  }

  /** Sends what still waits. */
  close(): void {
    for (const [model, { timer, latest }] of this.due) {
      clearTimeout(timer);
      if (latest !== undefined) this.everywhere({ model, position: latest });
    }
    this.due.clear();
  }

  private publish(position: ModelPosition): void {
    this.everywhere(position);
    const { model } = position;
    const timer = setTimeout(() => {
      const latest = this.due.get(model)?.latest;
      this.due.delete(model);
      if (latest !== undefined) this.publish({ model, position: latest });
    }, this.everyMs);
    this.due.set(model, { timer, latest: undefined });
  }
}
