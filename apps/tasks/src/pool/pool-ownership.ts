import type { CommandShell, LockSession, OwnerLock, Position } from '@ao/event-log';
import { systemMetadata, isRejection } from '@ao/kernel';
import type { Logger } from '@ao/platform';
import { poolAggregate, poolId } from './pool.decider';

export interface PoolOwnershipOptions {
  readonly pool: string;
  /** Of this process. */
  readonly owner: string;
  readonly locks: LockSession;
  readonly shell: CommandShell;
  /** Resolves once this process's view has seen everything up to the position. */
  readonly seen: (position: Position) => Promise<void>;
  /** This process is the owner, until the returned function is called. */
  readonly took: (epoch: number, deposed: () => void) => () => Promise<void>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** A deposed owner lets the others try first. */
const REST_MS = 1_000;
const RETRY_MS = 200;

/**
 * Elects the pool's owner: whoever has the lock takes the pool, reads on until it has seen that, and with it every
 * assignment of its predecessors, and begins. The lock only says who should; the epoch says who may.
 */
export class PoolOwnership {
  private readonly lock: OwnerLock;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: PoolOwnershipOptions) {
    this.lock = options.locks.lock(`tasks.pool.${options.pool}`);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends the ownership, so that a standby takes over at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.lock.release();
    await this.running;
  }

  private async run(): Promise<void> {
    for (;;) {
      let held: AbortSignal;
      try {
        held = await this.lock.acquired();
      } catch {
        return; // given up by `stop`
      }
      const until = AbortSignal.any([held, this.stopping.signal]);
      try {
        await this.own(until);
      } catch (error) {
        this.options.logger.warn({ err: error, pool: this.options.pool }, 'the pool could not be taken');
        await pause(RETRY_MS);
      }
      if (!held.aborted && !this.stopping.signal.aborted) await this.lock.handOver(REST_MS);
    }
  }

  private async own(until: AbortSignal): Promise<void> {
    const { pool, owner, shell, seen, took, logger } = this.options;
    const result = await shell.run(poolAggregate, poolId(pool), {
      type: 'TakePool',
      data: { pool, owner },
      metadata: systemMetadata('tasks'),
    });
    if (isRejection(result)) throw new Error(result.message);
    const over = new Promise<void>((resolve) => {
      until.addEventListener('abort', () => resolve(), { once: true });
      if (until.aborted) resolve();
    });
    await Promise.race([seen(result.position), over]);
    const { state, version } = await shell.state(poolAggregate, poolId(pool), { fresh: true });
    // Another one took it meanwhile: its view is as good, and its epoch is the newer.
    if (until.aborted || state.owner !== owner) return;
    logger.info({ pool, epoch: version }, 'took the dispatch pool');
    let deposed: () => void = () => undefined;
    const wasDeposed = new Promise<void>((resolve) => (deposed = resolve));
    const end = took(version, deposed);
    await Promise.race([wasDeposed, over]);
    logger.info({ pool, epoch: version }, 'gave the dispatch pool up');
    await end();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
