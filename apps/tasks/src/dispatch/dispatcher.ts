import type { TaskEvent } from '@ao/contracts';
import {
  LogUnavailableError,
  OutcomeUnknownError,
  type CommandResult,
  type CommandShell,
  type RunOptions,
} from '@ao/event-log';
import { isRejection, newId, reject, type Clock, type CommandMetadata } from '@ao/kernel';
import type { Bus } from '@ao/messaging';
import type { Logger } from '@ao/platform';
import type { OpenLease, OpenTask } from '../open-task/open-task';
import { poolStream } from '../pool/pool.decider';
import { taskAggregate } from '../task/task.aggregate';
import type { Assignment } from '../task/task.decider';
import { messageForAgent, sendAssignment, sendToAgent } from './agent-stream';
import type { Match } from './match-maker';
import type { PoolModel } from './pool-model';
import { submissionOf, type Submission, type Submissions, type Submitted } from './submissions';

export interface DispatcherOptions {
  readonly model: PoolModel;
  readonly submissions: Submissions;
  readonly shell: CommandShell;
  readonly bus: Pick<Bus, 'publish' | 'publishText'>;
  readonly clock: Clock;
  readonly strategy: string;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

/** Assignments on their way to the log at once: several batches of group commit. */
const MAX_IN_FLIGHT = 1_024;
const TICK_MS = 500;
const UNAVAILABLE_PAUSE_MS = 250;
const REFUSED_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const LONGEST_SLEEP_MS = 60_000;
/** After so long an append whose outcome is unknown is not on its way any more. */
const UNKNOWN_FOR_MS = 30_000;

const ACTOR = { type: 'system', id: 'dispatcher' } as const;
const POOL_TAKEN = 'pool_taken';

/** An agent for a task that is about to be submitted, and under what condition it gets it. */
export interface Placement extends Pick<RunOptions, 'also' | 'onConflict'> {
  readonly assignment: Assignment;
}

type Order = Omit<Submitted, 'submitted_at'>;

export interface SubmitResult {
  readonly task_id: string;
  readonly submitted_at: string;
  /** Absent: it waits in its queue. */
  readonly lease?: AssignedLease;
}

/**
 * The pool's owner at work: gives ready tasks to free agents, appends each assignment under the pool's epoch, tells the
 * agent, and tells it again while nothing starts. Idle until `begin`.
 *
 * A task that is submitted here while an agent is free for it, and nobody who waits can have that one, is assigned in the
 * unit that submits it: one commit and one message less on its way.
 *
 * Safe beside another owner that is not known yet: each unit of append has the pool's stream at this owner's epoch as a
 * precondition, so that after another has taken the pool nothing more of this one is appended.
 */
export class Dispatcher {
  private epoch: number | undefined;
  private deposed: (() => void) | undefined;
  private inFlight = 0;
  private pausedUntil = 0;
  private wakeTimer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Immediate | undefined;
  private tick: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  /** Of the last assignment that this process appended. */
  private appendedUpTo = 0;
  private seen = 0;
  /** Below it, a model that was seeded anew does not know all assignments of this very process. */
  private mustHaveSeen = 0;
  private waitingUpTo = 0;

  constructor(private readonly options: DispatcherOptions) {}

  get active(): boolean {
    return this.epoch !== undefined;
  }

  /** Starts giving out tasks as the owner of that epoch; `deposed` is called once when another owner is met. */
  begin(epoch: number, deposed: () => void): void {
    this.epoch = epoch;
    this.deposed = deposed;
    this.tick = setInterval(() => this.tellAgain(), TICK_MS);
    this.pump();
  }

  /** Gives out nothing more; resolves when everything on its way to the log has its outcome. */
  async end(): Promise<void> {
    this.epoch = undefined;
    this.deposed = undefined;
    clearInterval(this.tick);
    clearTimeout(this.wakeTimer);
    this.wakeTimer = undefined;
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** The model has followed the log up to the position. */
  followed(position: number): void {
    this.seen = position;
    this.pump();
  }

  /** The model was seeded anew, at a position that may be behind. */
  reseeded(position: number): void {
    this.seen = position;
    this.mustHaveSeen = this.appendedUpTo;
    this.pump();
  }

  /** Gives out whatever can be given out now; called whenever the model has changed. */
  pump(): void {
    if (this.epoch === undefined || this.seen < this.mustHaveSeen) return;
    const { model, clock } = this.options;
    const now = clock.now();
    const pauses = now < this.pausedUntil;
    model.wake();
    while (!pauses && this.inFlight < MAX_IN_FLIGHT) {
      const match = model.reserve();
      if (!match) break;
      void this.assign(match, this.epoch);
    }
    clearTimeout(this.wakeTimer);
    const due = pauses ? Math.max(this.pausedUntil, model.due() ?? 0) : (model.due() ?? Infinity);
    this.wakeTimer = setTimeout(() => this.pump(), Math.min(Math.max(1, due - now), LONGEST_SLEEP_MS));
  }

  /** `append` submits the task, with the placement if there is one; `task`: as it will be then. */
  async submit(
    task: OpenTask,
    order: Order,
    metadata: CommandMetadata,
    append: (placement?: Placement) => Promise<CommandResult<SubmitResult>>,
  ): Promise<CommandResult<SubmitResult>> {
    const { epoch } = this;
    const match = this.place(task);
    if (match && epoch !== undefined) {
      const result = await this.submitTo(match, epoch, order, metadata, append);
      if (result !== undefined) return result;
    }
    const result = await append();
    if (!isRejection(result)) this.queued(result.position);
    return result;
  }

  /** A task that was submitted here waits in its queue: before the model has seen it, none that comes later is placed. */
  queued(position: number): void {
    this.waitingUpTo = Math.max(this.waitingUpTo, position);
  }

  /** Something was let go, perhaps in the middle of an event: gives out what can be given out after it. */
  pumpSoon(): void {
    if (this.epoch === undefined || this.soon !== undefined) return;
    this.soon = setImmediate(() => {
      this.soon = undefined;
      this.pump();
    });
  }

  /** Something happened to a task while an agent had it, which the agent may have to hear. */
  whileLeased(event: TaskEvent, lease: OpenLease): void {
    const message = this.active ? messageForAgent(event, lease) : undefined;
    if (message) sendToAgent(this.options.bus, lease.agent_id, message);
  }

  private place(task: OpenTask): Match | undefined {
    if (this.epoch === undefined || this.seen < Math.max(this.mustHaveSeen, this.waitingUpTo)) return undefined;
    this.pump();
    if (this.inFlight >= MAX_IN_FLIGHT || this.options.clock.now() < this.pausedUntil) return undefined;
    return this.options.model.reserveFor(task);
  }

  /** Undefined: nothing was appended, because another took the pool. */
  private async submitTo(
    match: Match,
    epoch: number,
    order: Order,
    metadata: CommandMetadata,
    append: (placement: Placement) => Promise<CommandResult<SubmitResult>>,
  ): Promise<CommandResult<SubmitResult> | undefined> {
    const { task_id } = match.task;
    const { model } = this.options;
    this.inFlight += 1;
    try {
      const placement = this.placementOf(match, epoch);
      const outcome = await append(placement);
      const lease = isRejection(outcome) ? undefined : outcome.result.lease;
      if (!isRejection(outcome) && lease?.lease_token === placement.assignment.lease_token) {
        this.placed(task_id, outcome.position);
        const record = { metadata, position: outcome.position - 1 };
        const submission = submissionOf(record, { ...order, submitted_at: outcome.result.submitted_at });
        this.tell(task_id, openLease(lease), submission);
        return outcome;
      }
      // Refused, or a repetition of what was submitted before.
      model.withdraw(task_id);
      if (isRejection(outcome) && outcome.code === POOL_TAKEN) return void this.step(epoch);
      return outcome;
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) model.withdraw(task_id);
      // Should it have been appended, the model hears of it; until then the agent's seat stays taken.
      else setTimeout(() => model.withdraw(task_id), UNKNOWN_FOR_MS).unref();
      throw error;
    } finally {
      this.landed();
    }
  }

  /** The assignment is in the log. A model that was seeded anew meanwhile may have passed it already. */
  private placed(taskId: string, position: number): void {
    const { model } = this.options;
    this.appendedUpTo = Math.max(this.appendedUpTo, position);
    model.settle(taskId, 'appended');
    if (this.seen >= position) model.withdraw(taskId);
  }

  /** Never rejects. */
  private async assign(match: Match, epoch: number): Promise<void> {
    const { task_id } = match.task;
    const { model, clock, logger } = this.options;
    this.inFlight += 1;
    try {
      const submission = await this.options.submissions.of(task_id);
      const outcome = await this.append(match, epoch, submission);
      if (!isRejection(outcome)) {
        this.appendedUpTo = Math.max(this.appendedUpTo, outcome.position);
        model.settle(task_id, 'appended');
        const { revision = 0 } = outcome.result;
        const lease = openLease(outcome.result);
        if (submission.revision === revision) this.tell(task_id, lease, submission);
        // It was changed between the look at it and the assignment.
        else void this.tellOne({ task_id, lease }, () => this.options.submissions.newest(task_id));
      } else if (outcome.code === POOL_TAKEN) {
        model.settle(task_id, { retryAt: clock.now() });
        this.step(epoch);
      } else {
        // Something else happened to the task; the event that tells what is on its way.
        model.settle(task_id, { retryAt: clock.now() + REFUSED_PAUSE_MS });
      }
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) logger.error({ err: error, task_id }, 'an assignment failed');
      this.pausedUntil = clock.now() + UNAVAILABLE_PAUSE_MS;
      model.settle(task_id, { retryAt: this.pausedUntil });
    } finally {
      this.landed();
    }
  }

  private landed(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) for (const resolve of this.idle.splice(0)) resolve();
    // When full, `pump` left off in the middle; when something was put back, it must be taken up again.
    if (this.inFlight === MAX_IN_FLIGHT - 1 || this.inFlight === 0) this.pump();
  }

  private placementOf({ task, agent_id, candidates, candidate_count }: Match, epoch: number): Placement {
    const { strategy, model } = this.options;
    return {
      assignment: { agent_id, lease_token: newId(), epoch, reason: { strategy, candidates, candidate_count } },
      also: [{ stream_id: poolStream(model.pool), expected_version: epoch, events: [] }],
      onConflict: () =>
        reject('precondition_failed', POOL_TAKEN, `Expected to assign task '${task.task_id}', but the pool was taken`),
    };
  }

  private async append(match: Match, epoch: number, { origin }: Submission): Promise<CommandResult<AssignedLease>> {
    const { shell, model } = this.options;
    const { task_id } = match.task;
    const metadata: CommandMetadata = { command_id: newId(), actor: ACTOR, ...origin };
    const { assignment, ...precondition } = this.placementOf(match, epoch);
    const data = { task_id, pool: model.pool, ...assignment };
    for (let pause = REFUSED_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await shell.run(taskAggregate, task_id, { type: 'AssignTask', data, metadata }, precondition);
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError)) throw error;
        // The same command id gets the first outcome, whatever it was; until it is known the agent's seat stays taken.
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  private step(epoch: number): void {
    if (this.epoch !== epoch) return;
    const { deposed } = this;
    this.epoch = undefined;
    this.deposed = undefined;
    deposed?.();
  }

  private tell(taskId: string, lease: OpenLease, submission: Submission): void {
    const { bus, model } = this.options;
    if (model.roster.isConnected(lease.agent_id)) sendAssignment(bus, taskId, lease, submission);
  }

  private tellAgain(): void {
    const { model, clock } = this.options;
    model.roster.expireConnections(clock.now());
    for (const task of model.tellAgain()) {
      void this.tellOne(task, () => this.options.submissions.of(task.task_id));
    }
    this.pump();
  }

  /** Never rejects. */
  private async tellOne(
    { task_id, lease }: Pick<OpenTask, 'task_id' | 'lease'>,
    submission: () => Submission | Promise<Submission>,
  ): Promise<void> {
    const { model, logger } = this.options;
    if (!lease || !model.roster.isConnected(lease.agent_id)) return;
    try {
      this.tell(task_id, lease, await submission());
    } catch (error) {
      logger.warn({ err: error, task_id }, 'an assignment could not be sent; the next try follows');
    }
  }
}

function openLease({ agent_id, lease_token, attempt, lease_expires_at }: AssignedLease): OpenLease {
  return { agent_id, lease_token, attempt, started: false, expires_at: lease_expires_at };
}

export interface AssignedLease {
  readonly agent_id: string;
  readonly attempt: number;
  readonly lease_token: string;
  readonly lease_expires_at: string;
  /** How often the task was changed before; absent: never. */
  readonly revision?: number;
}
