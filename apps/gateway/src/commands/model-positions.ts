import type { ModelPosition } from '@ao/contracts';

interface Waiter {
  readonly position: number;
  readonly resolve: (reached: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

/** False: the model is kept by another process. */
type Keeper = (model: string, position: number, timeoutMs: number) => boolean;

export interface ModelPositionsOptions {
  /** Tells the process that keeps a model that somebody waits for it here: it would rest otherwise. */
  readonly tellKeeper?: (wanted: ModelPosition) => void;
  readonly pollAfterMs?: number;
}

/**
 * How far each read model has come, as its owner announces it. Writes wait here until the models they touch show them.
 * An announcement may be lost: `poll` asks the checkpoints while somebody waits, so that a loss costs a moment only.
 */
export class ModelPositions {
  private readonly positions = new Map<string, number>();
  private readonly waiters = new Map<string, Set<Waiter>>();
  private polling: NodeJS.Timeout | undefined;
  private keeper: Keeper | undefined;
  private readonly tellKeeper: (wanted: ModelPosition) => void;
  private readonly pollAfterMs: number;

  constructor(
    /** Reads the positions from where their owner commits them. */
    private readonly read: () => Promise<readonly ModelPosition[]>,
    { tellKeeper = () => undefined, pollAfterMs = 200 }: ModelPositionsOptions = {},
  ) {
    this.tellKeeper = tellKeeper;
    this.pollAfterMs = pollAfterMs;
  }

  announced({ model, position }: ModelPosition): void {
    if (position <= this.positionOf(model)) return;
    this.positions.set(model, position);
    const waiters = this.waiters.get(model);
    if (!waiters) return;
    for (const waiter of waiters) {
      if (waiter.position > position) continue;
      waiters.delete(waiter);
      clearTimeout(waiter.timer);
      waiter.resolve(true);
    }
  }

  /** Tells whoever keeps the models here that somebody waits for one. */
  onAwaited(keeper: Keeper): void {
    this.keeper = keeper;
  }

  positionOf(model: string): number {
    return this.positions.get(model) ?? 0;
  }

  /** True once the model has everything up to `position`; false when `timeoutMs` pass first. Never rejects. */
  async reached(model: string, position: number, timeoutMs: number): Promise<boolean> {
    if (this.positionOf(model) >= position) return true;
    return new Promise((resolve) => {
      const waiters = this.waitersOf(model);
      const waiter: Waiter = {
        position,
        resolve,
        timer: setTimeout(() => {
          waiters.delete(waiter);
          resolve(this.positionOf(model) >= position);
        }, timeoutMs),
      };
      waiters.add(waiter);
      if (!this.keeper?.(model, position, timeoutMs)) this.tellKeeper({ model, position });
      this.pollWhileAwaited();
    });
  }

  /** Lets everyone go who still waits. */
  close(): void {
    clearTimeout(this.polling);
    for (const waiters of this.waiters.values()) {
      for (const waiter of waiters) {
        clearTimeout(waiter.timer);
        waiter.resolve(false);
      }
      waiters.clear();
    }
  }

  private waitersOf(model: string): Set<Waiter> {
    let waiters = this.waiters.get(model);
    if (!waiters) this.waiters.set(model, (waiters = new Set()));
    return waiters;
  }

  private pollWhileAwaited(): void {
    if (this.polling) return;
    this.polling = setTimeout(() => {
      void this.refresh().finally(() => {
        this.polling = undefined;
        if ([...this.waiters.values()].some((waiters) => waiters.size > 0)) this.pollWhileAwaited();
      });
    }, this.pollAfterMs);
  }

  /** Takes the positions from where they are committed; what cannot be read now is heard later. */
  async refresh(): Promise<void> {
    try {
      for (const position of await this.read()) this.announced(position);
    } catch {
      // Postgres is away: the waiters' own bounds end the wait.
    }
  }
}
