import type { Clock } from '@ao/kernel';
import { pause, type OwnerLock } from '@ao/event-log';
import { ListeningSince } from './liveness.sweep';

const RETRY_MS = 250;

export interface SweepOwnerOptions {
  readonly lock: OwnerLock;
  readonly clock: Clock;
  /** One look; resolves with the milliseconds until the next. */
  look(listeningSince: number): Promise<number>;
  /** False while beats may be going past this service. */
  isListening(): boolean;
  onFailure(error: unknown): void;
  onOwner(owner: boolean): void;
}

/**
 * Looks for silence for as long as this process is the elected one. Two at once would do no harm, since the decider
 * checks every transition; one is enough.
 */
export class SweepOwner {
  private readonly stopped = new AbortController();
  private listening: ListeningSince | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: SweepOwnerOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Something may not have been heard: silence counts from now. */
  interrupt(): void {
    this.listening?.interrupt();
  }

  /** Hands the work over to another replica. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.options.lock.release();
    await this.running;
  }

  private async run(): Promise<void> {
    const { lock, onOwner } = this.options;
    while (!this.stopped.signal.aborted) {
      const owner = await lock.acquired().catch(() => undefined);
      if (!owner) return;
      onOwner(true);
      await this.sweep(owner);
      onOwner(false);
    }
  }

  private async sweep(owner: AbortSignal): Promise<void> {
    const { clock, look, isListening, onFailure } = this.options;
    const until = AbortSignal.any([owner, this.stopped.signal]);
    const listening = (this.listening = new ListeningSince(clock));
    while (!until.aborted) {
      let pauseMs = RETRY_MS;
      if (!isListening()) listening.interrupt();
      else {
        try {
          pauseMs = await look(listening.look());
        } catch (error) {
          // Postgres was away: beats of other replicas may be waiting there.
          listening.interrupt();
          if (!until.aborted) onFailure(error);
        }
      }
      await pause(pauseMs, until);
    }
  }
}
