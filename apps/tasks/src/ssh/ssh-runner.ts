import type { TaskOutcome } from '@ao/contracts';
import type { CommandResult, Position } from '@ao/event-log';
import { isRejection, isoTime, type Clock } from '@ao/kernel';
import type { Logger } from '@ao/platform';
import type { LeaseKey } from '../lease/lease.store';
import type { TaskTelemetry } from '../telemetry/telemetry.writer';
import type { SshExecutor, SshWatch } from './ssh-executor';
import { SshFailure } from './ssh-failure';
import type { EndedLease, SshQueue } from './ssh-queue';
import { POOL_TAKEN, SSH_RUNNER, type SshOrder, type SshTasks } from './ssh-tasks';

export interface SshRunnerOptions {
  readonly queue: SshQueue;
  readonly tasks: SshTasks;
  readonly executor: Pick<SshExecutor, 'execute'>;
  readonly clock: Clock;
  readonly renew: (leases: readonly LeaseKey[]) => Promise<unknown>;
  /** Resolves once the queue has everything up to the position. */
  readonly seen: (position: Position) => Promise<void>;
  /** Of a task that the runner has. */
  readonly watch: (taskId: string) => SshWatch;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

/** A lease lasts so long without a renewal: so soon after a crash the run that it cut off is told as failed. */
export const SSH_LEASE_SECONDS = 30;
const RENEW_MS = (SSH_LEASE_SECONDS * 1_000) / 3;
const PAUSE_MS = 500;
const LONGEST_SLEEP_MS = 60_000;

interface Run {
  readonly lease: LeaseKey;
  /** Of the assignment in the log. */
  readonly position: Position;
  readonly stop: AbortController;
  /** The lease is over: there is nothing to report under it. */
  over: boolean;
}

/**
 * Carries out the commands of the SSH pool: while this process owns the pool it takes one after another, as the queue lets
 * them through, and runs them under leases of its own. A run that has begun goes on when the pool is lost, as its lease does.
 * Nothing is begun twice.
 */
export class SshRunner {
  private readonly running = new Map<string, Run>();
  private readonly taken = new Set<Promise<void>>();
  private owned: { readonly epoch: number; readonly deposed: () => void } | undefined;
  private waking: NodeJS.Timeout | undefined;
  private pumping: NodeJS.Immediate | undefined;
  private renewing: NodeJS.Timeout | undefined;

  constructor(private readonly options: SshRunnerOptions) {}

  get active(): boolean {
    return this.owned !== undefined;
  }

  /** In this process. */
  runs(taskId: string): boolean {
    return this.running.has(taskId);
  }

  begin(epoch: number, deposed: () => void): void {
    this.owned = { epoch, deposed };
    this.pump();
  }

  /** Begins nothing more. */
  end(): void {
    this.owned = undefined;
    clearTimeout(this.waking);
  }

  /** Lets what runs come to its end for so long, and kills the rest. */
  async drain(graceMs: number): Promise<void> {
    this.end();
    const timer = setTimeout(() => {
      for (const { stop } of this.running.values())
        stop.abort(new SshFailure('runner_stopped', 'The process that ran it was stopped'));
    }, graceMs);
    await Promise.all(this.taken);
    clearTimeout(timer);
    clearInterval(this.renewing);
  }

  /** For those who may call in the middle of a change of the queue. */
  pumpSoon(): void {
    this.pumping ??= setImmediate(() => {
      this.pumping = undefined;
      this.pump();
    });
  }

  /** Begins whatever may begin now; called whenever the queue has changed. */
  pump(): void {
    const { queue, clock } = this.options;
    clearTimeout(this.waking);
    while (this.owned) {
      const task = queue.next(clock.now());
      if (!task) break;
      const run = this.take(task.task_id, this.owned.epoch).finally(() => {
        this.taken.delete(run);
        this.pump();
      });
      this.taken.add(run);
    }
    const due = this.owned && queue.due(clock.now());
    if (due === undefined) return;
    const sleep = Math.min(Math.max(1, due - clock.now()), LONGEST_SLEEP_MS);
    this.waking = setTimeout(() => this.pump(), sleep);
  }

  /** Somebody ended the lease, or something did: a command that still runs under it is killed. */
  ended({ task_id, lease_token, by }: EndedLease): void {
    const run = this.running.get(task_id);
    if (!run || run.lease.lease_token !== lease_token) return;
    run.over = true;
    run.stop.abort(new SshFailure('runner_stopped', `Its lease was ended by ${by}`));
  }

  /** After the queue was seeded anew, with all up to the position: what ended unheard is killed as well. */
  reseeded(seen: Position): void {
    for (const [task_id, { lease, position }] of this.running) {
      const { lease_token } = lease;
      const isHeld = this.options.queue.leaseOf(task_id)?.lease_token === lease_token;
      if (position <= seen && !isHeld) this.ended({ task_id, lease_token, by: 'an event that was missed' });
    }
    this.pump();
  }

  /** Never rejects. */
  private async take(taskId: string, epoch: number): Promise<void> {
    const { queue, tasks, seen, logger } = this.options;
    try {
      const order = await tasks.orderOf(taskId);
      const assigned = await tasks.assign(order, epoch);
      if (!isRejection(assigned)) {
        const { lease_token, revision } = assigned.result;
        // It may have been changed between the look at it and the assignment.
        const newest = revision === undefined ? order : await tasks.orderOf(taskId);
        const told = await this.hold(newest, lease_token, assigned.position);
        // Until the queue has seen how it ended, it would be taken again.
        await seen(told && !isRejection(told) ? told.position : assigned.position);
      } else if (assigned.code === POOL_TAKEN) this.step(epoch);
      // Something else happened to the task; the event that tells what is on its way.
      else await pause(PAUSE_MS);
    } catch (error) {
      logger.error({ err: error, task_id: taskId }, 'an SSH command could not be run');
      await pause(PAUSE_MS);
    }
    queue.settle(taskId);
  }

  /** Resolves with what was told last of the lease; undefined when there was nothing to tell. */
  private async hold(order: SshOrder, lease_token: string, position: Position): Promise<CommandResult | undefined> {
    const { task_id } = order;
    if (!this.owned) return this.options.tasks.giveBack(order, lease_token);
    const lease = { task_id, lease_token, agent_id: SSH_RUNNER };
    const run: Run = { lease, position, stop: new AbortController(), over: false };
    this.running.set(task_id, run);
    this.renewing ??= setInterval(() => this.renewAll(), RENEW_MS);
    try {
      return await this.run(order, run);
    } finally {
      this.running.delete(task_id);
    }
  }

  private async run(order: SshOrder, run: Run): Promise<CommandResult | undefined> {
    const { tasks, executor, watch } = this.options;
    const { lease_token } = run.lease;
    if (!order.isUntouched) return tasks.complete(order, lease_token, NOT_REPEATED);
    const started = await tasks.start(order, lease_token);
    if (isRejection(started) || run.over) return undefined;
    const outcome = await executor.execute(order.payload, order.asked, run.stop.signal, watch(order.task_id));
    return run.over ? undefined : tasks.complete(order, lease_token, outcome);
  }

  private renewAll(): void {
    const leases = [...this.running.values()].map(({ lease }) => lease);
    if (leases.length === 0) return;
    this.options.renew(leases).catch((err: unknown) => {
      this.options.logger.warn({ err }, 'the leases of SSH commands could not be renewed; the next try follows');
    });
  }

  private step(epoch: number): void {
    if (this.owned?.epoch !== epoch) return;
    const { deposed } = this.owned;
    this.end();
    deposed();
  }
}

const NOT_REPEATED: TaskOutcome = {
  success: false,
  failure: {
    class: 'not_repeatable',
    message: 'A command is run once, as it was asked for: ask for it again through its SSH connection',
    retryable: false,
  },
};

/** Reports of a run as the telemetry of tasks has them. */
export function watchOf(task_id: string, clock: Clock, take: (reports: TaskTelemetry) => void): SshWatch {
  const agent_id = SSH_RUNNER;
  return {
    progress: (progress, message) => take({ agent_id, progress: [{ task_id, progress, message }], logs: [] }),
    log: (lines) => {
      const timestamp = isoTime(clock.now());
      take({ agent_id, progress: [], logs: [{ task_id, entries: lines.map((line) => ({ ...line, timestamp })) }] });
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
