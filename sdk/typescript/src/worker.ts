import { EventEmitter } from 'node:events';
import { Client } from './client';
import { delay } from './backoff';
import {
  ApiError,
  LeaseLostError,
  LeaseSupersededError,
  NotFoundError,
  OrchestrationError,
  TaskCancelledError,
  TaskEndedError,
  WorkerStoppedError,
} from './errors';
import type { AgentFrame, Failure, ServerFrame, StreamedTask, UsageReport, Welcome } from './frames';
import { LeaseKeeper } from './lease-keeper';
import { LoadMeter } from './load-meter';
import { Outbox } from './outbox';
import { RecentSet } from './recent-set';
import { TaskRun } from './task-run';
import { TaskSocket } from './task-socket';
import type { WorkerEvents, WorkerOptions } from './worker.types';

const MOST_LOG_LINES_KEPT = 1_000;
/** How long `stop` still waits for answers after the last handler has settled or been aborted. */
const FLUSH_MS = 3_000;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * An agent that takes tasks from the control plane and runs them: registers, keeps its task stream open for ever, runs
 * at most `concurrency` handlers at once, renews their leases, and reports each outcome until it is acknowledged.
 *
 * A task is run at least once; its completion counts once. What a handler must not do twice, it makes idempotent by
 * `taskId`.
 */
export class Worker extends EventEmitter<WorkerEvents> {
  /** Resolves when the worker has stopped; rejects when it ended by itself (credentials refused, superseded). */
  readonly ended: Promise<void>;
  private readonly client: Client;
  private readonly ownsClient: boolean;
  private readonly concurrency: number;
  /** Tasks in hand at most, with those that wait for a slot. */
  private readonly credit: number;
  private readonly socket: TaskSocket;
  private readonly outbox: Outbox;
  private readonly leases: LeaseKeeper;
  private readonly load = new LoadMeter();
  /** In hand, by lease token. */
  private readonly runs = new Map<string, TaskRun>();
  /** The newest run of each task in hand. */
  private readonly byTask = new Map<string, TaskRun>();
  private readonly waiting = new Set<TaskRun>();
  /** Lease tokens that are over: a late repetition of their assignment is recognised. */
  private readonly over = new RecentSet(10_000);
  private readonly unsentLogs: AgentFrame[] = [];
  private running = 0;
  private abandoned = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  private phase: 'new' | 'started' | 'stopping' | 'ended' = 'new';
  private end!: (error?: Error) => void;

  constructor(private readonly options: WorkerOptions) {
    super();
    if (!options.client && options.baseUrl === undefined) throw new OrchestrationError('give a client or a baseUrl');
    if (!options.handler && !options.handlers) throw new OrchestrationError('give a handler or handlers');
    const { concurrency = 1, prefetch = 0 } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10_000) {
      throw new OrchestrationError(`concurrency must be a whole number from 1 to 10,000, not ${concurrency}`);
    }
    if (!Number.isInteger(prefetch) || prefetch < 0 || concurrency + prefetch > 10_000) {
      throw new OrchestrationError(`prefetch must be a whole number, with concurrency at most 10,000, not ${prefetch}`);
    }
    this.ownsClient = !options.client;
    this.client = options.client ?? new Client({ ...options, baseUrl: options.baseUrl ?? '' });
    this.concurrency = concurrency;
    this.credit = concurrency + prefetch;
    this.ended = new Promise<void>((resolve, reject) => {
      this.end = (error) => (error ? reject(error) : resolve());
    });
    this.ended.catch(() => undefined); // Whoever awaits it still sees the error; who does not is told by the event.
    const send = (frame: AgentFrame) => this.socket.send(frame);
    this.outbox = new Outbox(send);
    this.leases = new LeaseKeeper(send, (token, why) => this.leaseLost(token, why));
    this.socket = new TaskSocket({
      url: this.client.streamUrl(options.agentId),
      headers: this.client.authorization(),
      backoff: options.reconnect ?? { baseMs: 200, capMs: 5_000 },
      quietMs: options.quietMs ?? 10_000,
      register: () => this.register(),
    });
    this.socket.on('open', (welcome) => this.opened(welcome));
    this.socket.on('frame', (frame) => this.received(frame));
    this.socket.on('closed', (why) => this.emit('disconnected', why));
    this.socket.on('retry', (why, delayMs) => this.emit('reconnecting', { why, delayMs }));
    this.socket.on('fatal', (error) => this.finish(error));
  }

  /**
   * Resolves once connected; keeps trying while the control plane cannot be reached.
   * @throws ApiError when it refuses the registration or the credentials
   */
  async start(): Promise<void> {
    if (this.phase !== 'new') throw new OrchestrationError('a worker can be started once');
    this.phase = 'started';
    const connected = new Promise<void>((resolve) => this.once('connected', () => resolve()));
    this.socket.connect();
    await Promise.race([connected, this.ended]);
  }

  /**
   * Takes no new task, lets those in hand finish for at most `graceMs` (default 10 s), aborts and returns the rest, and
   * tells the control plane that the agent is gone.
   */
  async stop({ graceMs = 10_000 }: { graceMs?: number } = {}): Promise<void> {
    if (this.phase === 'ended' || this.phase === 'stopping') return this.ended.catch(() => undefined);
    const wasStarted = this.phase === 'started';
    this.phase = 'stopping';
    this.sendCredit();
    for (const run of this.waiting) this.giveBack(run, 'the agent stops');
    await this.settled(() => this.running === 0, graceMs);
    for (const run of this.runs.values()) {
      if (run.state !== 'running') continue;
      this.abandon(run, new WorkerStoppedError('the worker stops and its grace has passed'));
      this.giveBack(run, 'the agent stopped before the task was done');
    }
    if (this.socket.isOpen) await this.settled(() => this.outbox.size === 0, FLUSH_MS);
    this.socket.end();
    // Otherwise the agent would count as present, and be given tasks, until its heartbeats are missed.
    if (wasStarted) {
      await this.client.agents
        .setStatus(this.options.agentId, 'stale', undefined, { timeoutMs: 2_000, signal: AbortSignal.timeout(2_500) })
        .catch(() => undefined);
    }
    this.finish(undefined);
  }

  private async register(): Promise<void> {
    // An id of the control plane: somebody has made the agent already, and said what it is.
    if (UUID.test(this.options.agentId)) return;
    const { agentId, agentType, capabilities, services, endpoints, metadata, version, tags } = this.options;
    await this.client.agents.register({
      ...{ agentId, agentType, capabilities, services, endpoints, metadata, version, tags },
      maxConcurrentTasks: this.credit,
      heartbeatIntervalSeconds: this.options.heartbeatIntervalSeconds,
    });
  }

  private opened(welcome: Welcome): void {
    this.sendCredit();
    this.outbox.resend();
    this.leases.renewAll();
    for (const frame of this.unsentLogs.splice(0)) this.socket.send(frame);
    clearInterval(this.heartbeat);
    this.heartbeat = setInterval(() => this.beat(), welcome.heartbeatInterval * 1_000);
    this.beat();
    this.emit('connected', { agentId: welcome.agentId, epoch: welcome.epoch });
  }

  private received(frame: ServerFrame): void {
    if (frame.type === 'task_assigned') this.assigned(frame.task);
    else if (frame.type === 'task_cancelled') this.cancelled(frame.taskId, frame.reason);
    else if (frame.type === 'ack' || frame.type === 'error') {
      if (!this.leases.answered(frame)) this.outbox.answered(frame);
    }
  }

  private assigned(task: StreamedTask): void {
    if (this.runs.has(task.leaseToken) || this.over.has(task.leaseToken)) return;
    // The same task under a new lease: the control plane has given up on the old one.
    const earlier = this.byTask.get(task.taskId);
    if (earlier) this.abandon(earlier, new LeaseLostError('the task was assigned anew'));
    const run = new TaskRun(
      task,
      (frame) => this.tell(frame),
      (of, reports) => this.deliverUsage(of, reports),
    );
    this.runs.set(task.leaseToken, run);
    this.byTask.set(task.taskId, run);
    this.waiting.add(run);
    this.leases.keep(task);
    if (this.phase === 'started') this.startWaiting();
    else this.giveBack(run, 'the agent stops');
  }

  private startWaiting(): void {
    for (const run of this.waiting) {
      if (this.running >= this.concurrency || this.phase !== 'started') return;
      this.waiting.delete(run);
      void this.execute(run);
    }
  }

  private async execute(run: TaskRun): Promise<void> {
    run.state = 'running';
    this.running += 1;
    this.outbox
      .deliver({ type: 'task_started', ...run.lease })
      .catch((error: unknown) => this.startRefused(run, error));
    this.emit('started', run.context);
    const outcome = await run.execute(this.handlerOf(run.task.taskType));
    this.running -= 1;
    if (run.state === 'running') void this.report(run, outcome);
    else this.slotFreed();
    this.startWaiting();
  }

  private handlerOf(type: string) {
    const { handlers, handler } = this.options;
    return handlers && Object.hasOwn(handlers, type) ? handlers[type] : handler;
  }

  /** Until acknowledged or refused; the lease is renewed meanwhile, because until then the task is this worker's. */
  private async report(run: TaskRun, outcome: { result: unknown } | { failure: Failure }): Promise<void> {
    run.state = 'reporting';
    try {
      if ('failure' in outcome) {
        await this.outbox.deliver({ type: 'task_complete', ...run.lease, success: false, error: outcome.failure });
        this.emit('failed', run.context, outcome.failure);
      } else {
        await this.outbox.deliver({ type: 'task_complete', ...run.lease, success: true, result: outcome.result });
        this.emit('completed', run.context, outcome.result);
      }
    } catch (error) {
      const unfit = error instanceof ApiError && [400, 413, 422].includes(error.status);
      if (unfit && 'result' in outcome) {
        const message = `the result was refused: ${error.message}`.slice(0, 4_096);
        return this.report(run, { failure: { class: 'ResultRefused', message, retryable: false } });
      }
      this.emit('refused', run.context, error as Error);
    }
    this.forget(run);
  }

  private startRefused(run: TaskRun, error: unknown): void {
    const leaseOver =
      error instanceof LeaseSupersededError || error instanceof TaskEndedError || error instanceof NotFoundError;
    if (leaseOver && run.state === 'running') this.abandon(run, new LeaseLostError(error.message, { cause: error }));
  }

  private cancelled(taskId: string, reason: string): void {
    const run = this.byTask.get(taskId);
    if (run) this.abandon(run, new TaskCancelledError(reason));
  }

  private leaseLost(leaseToken: string, why: string): void {
    const run = this.runs.get(leaseToken);
    // A finished task's outcome is still delivered: whether it counts is for the control plane to say.
    if (run && run.state !== 'reporting')
      this.abandon(run, new LeaseLostError(`Task ${run.task.taskId} was lost: ${why}`));
  }

  /** Its result is not wanted any more. The handler keeps its slot until it settles, so the credit shrinks by it. */
  private abandon(run: TaskRun, reason: Error): void {
    if (run.state === 'abandoned' || run.state === 'reporting') return;
    const wasRunning = run.state === 'running';
    run.abandon(reason);
    this.forget(run);
    if (!wasRunning) return;
    this.abandoned += 1;
    this.sendCredit();
    this.emit('aborted', run.context, reason);
  }

  private slotFreed(): void {
    this.abandoned -= 1;
    this.sendCredit();
  }

  private giveBack(run: TaskRun, reason: string): void {
    this.outbox.deliver({ type: 'task_return', ...run.lease, reason }).catch(() => undefined);
    this.forget(run);
  }

  private forget(run: TaskRun): void {
    this.runs.delete(run.task.leaseToken);
    this.waiting.delete(run);
    if (this.byTask.get(run.task.taskId) === run) this.byTask.delete(run.task.taskId);
    this.over.add(run.task.leaseToken);
    this.leases.release(run.task.leaseToken);
  }

  private sendCredit(): void {
    const credit = this.phase === 'started' ? Math.max(0, this.credit - this.abandoned) : 0;
    this.socket.send({ type: 'ready', maxConcurrentTasks: credit });
  }

  private beat(): void {
    this.socket.send({ type: 'heartbeat', loadMetrics: this.load.read(this.running, this.waiting.size) });
  }

  private tell(frame: AgentFrame): void {
    if (this.socket.send(frame) || frame.type !== 'task_log') return;
    if (this.unsentLogs.length >= MOST_LOG_LINES_KEPT) this.unsentLogs.shift();
    this.unsentLogs.push(frame);
  }

  private deliverUsage(run: TaskRun, reports: readonly UsageReport[]): void {
    this.outbox
      .deliver({ type: 'task_usage', ...run.lease, reports })
      .catch((error: unknown) => this.emit('usageRefused', run.context, error as Error));
  }

  private async settled(condition: () => boolean, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!condition() && performance.now() < deadline) await delay(10);
  }

  private finish(error: Error | undefined): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    clearInterval(this.heartbeat);
    for (const run of this.runs.values()) {
      if (run.state !== 'reporting') run.abandon(error ?? new WorkerStoppedError('the worker has stopped'));
    }
    this.runs.clear();
    this.leases.clear();
    this.outbox.clear();
    this.socket.end();
    if (this.ownsClient) this.client.close();
    this.end(error);
    this.emit('ended', error);
  }
}
