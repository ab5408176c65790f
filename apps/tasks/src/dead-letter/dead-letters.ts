import type { CommandShell, RunningOwned, Subscriptions } from '@ao/event-log';
import type { FiredTimer, Timers } from '@ao/timers';
import type { Pool } from 'pg';
import { DeadLetterStore } from './dead-letter.store';
import { deadLetterSubscription } from './dead-letter.subscription';
import { goOnWithDeadLetterRetry } from './go-on-with-dead-letter-retry';

/** The table of dead letters and the retries that go through it, wired. */
export class DeadLetters {
  readonly store: DeadLetterStore;
  /** Does the next part of a retry, when its timer is due. */
  readonly goOn: (timer: FiredTimer) => Promise<void>;
  private running: RunningOwned | undefined;

  constructor(pool: Pool, shell: CommandShell) {
    this.store = new DeadLetterStore(pool);
    this.goOn = goOnWithDeadLetterRetry({ store: this.store, shell });
  }

  async start(subscriptions: Subscriptions, timers: Pick<Timers, 'schedule'>): Promise<void> {
    this.running = await subscriptions.owned(deadLetterSubscription(timers));
  }

  /** The table has everything up to `position`. */
  async reached(position: number, timeoutMs: number): Promise<void> {
    await this.running?.reached(position, timeoutMs);
  }
}
