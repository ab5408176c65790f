import type { DeliveryTarget } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { DeliveryMetrics } from './delivery.metrics';
import type { AttemptResult, DueDelivery, Sender } from './delivery.types';

export interface AttemptsOptions {
  readonly senders: ReadonlyMap<DeliveryTarget['kind'], Sender>;
  readonly clock: Clock;
  readonly metrics: DeliveryMetrics;
  /** How long one may take. */
  readonly attemptMs: number;
}

export interface MadeAttempt {
  readonly result: AttemptResult;
  /** Postgres' time, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly now: number;
}

/** A sender that has not obeyed its signal so long after the end of its time is given up. */
const GRACE_MS = 2_000;
const TIMEOUT: AttemptResult = { delivered: false, error: 'timeout', detail: 'No answer came in time' };

/** Sends one thing at a time, within its time. */
export class Attempts {
  private readonly underWay = new Set<AbortController>();
  private cutOff = false;

  constructor(private readonly options: AttemptsOptions) {}

  /** Those that ended without success may not have had their time. */
  get wereCut(): boolean {
    return this.cutOff;
  }

  /** @throws what the sender throws: a fault on this side */
  async make(delivery: DueDelivery): Promise<MadeAttempt> {
    const { clock, metrics } = this.options;
    const startedAt = clock.now();
    const began = performance.now();
    const result = await this.send(delivery);
    const took = performance.now() - began;
    metrics.attempt(delivery.target.kind, result, took);
    return { result, startedAt, now: startedAt + took };
  }

  /** Ends what is under way. */
  cut(): void {
    this.cutOff = true;
    for (const attempt of this.underWay) attempt.abort();
  }

  private async send(delivery: DueDelivery): Promise<AttemptResult> {
    const sender = this.options.senders.get(delivery.target.kind);
    if (!sender) return { delivered: false, error: 'not_configured', detail: 'Nobody sends to such targets' };
    const attempt = new AbortController();
    this.underWay.add(attempt);
    const late = setTimeout(() => attempt.abort(), this.options.attemptMs);
    let grace: NodeJS.Timeout | undefined;
    const overdue = new Promise<AttemptResult>((resolve) => {
      attempt.signal.addEventListener('abort', () => (grace = setTimeout(() => resolve(TIMEOUT), GRACE_MS)));
    });
    try {
      return await Promise.race([sender.send(delivery, attempt.signal), overdue]);
    } catch (error) {
      if (attempt.signal.aborted) return TIMEOUT;
      throw error;
    } finally {
      clearTimeout(late);
      clearTimeout(grace);
      this.underWay.delete(attempt);
    }
  }
}
