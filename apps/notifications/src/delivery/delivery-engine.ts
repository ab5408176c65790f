import type { DeliveryTarget } from '@ao/contracts';
import type { LockSession, OwnerLock } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { createWake } from '@ao/timers';
import { Attempts, type MadeAttempt } from './attempts';
import type { DeliveryMetrics } from './delivery.metrics';
import type { DeliveryStore, QueuedDelivery, WaitingTarget } from './delivery.store';
import type { AttemptResult, Sender } from './delivery.types';
import { endedAttempt } from './ended-attempt';
import { createRecorder } from './recorder';
import { Taken } from './taken';
import { TargetQueues } from './target-queues';

export interface DeliveryEngineOptions {
  readonly store: DeliveryStore;
  readonly locks: LockSession;
  readonly clock: Clock;
  readonly metrics: DeliveryMetrics;
  readonly senders: ReadonlyMap<DeliveryTarget['kind'], Sender>;
  readonly limits?: Partial<EngineLimits>;
  readonly onError: (error: unknown, what: string) => void;
}

export interface EngineLimits {
  readonly perTarget: number;
  readonly overall: number;
  readonly perQueue: number;
  /** Rows in memory that wait for their turn, of all targets. */
  readonly queued: number;
  /** The longest sleep in milliseconds: how late something is found that another replica added. */
  readonly pollMs: number;
  /** How long an attempt may take, and a stopping engine waits for those under way. */
  readonly attemptMs: number;
  readonly drainMs: number;
}

/** Each webhook some sockets, all together what a process may well hold open. */
const LIMITS: EngineLimits = {
  ...{ perTarget: 8, overall: 256, perQueue: 128, queued: 5_000 },
  ...{ pollMs: 400, attemptMs: 15_000, drainMs: 10_000 },
};
/** Attempts that ended and are not written yet: while Postgres is away, nothing more is sent than that. */
const MOST_UNWRITTEN = 1_000;
const ENDED_TRIES = 3;
/** After a fault on this side the target rests so long, and after so many in a row it counts as an attempt. */
const FAULT_REST_MS = 1_000;
const FAULTS = 5;
const MOST_THROWN = 10_000;
const FAULT = 'It could not be sent: the log of notifications says why';

// One engine among the replicas sends: the owner of a lock. It reads what is due, target by target, into short queues; each
// attempt that ends is written with the others that ended meanwhile; only then may the delivery be read again. What a dead
// owner had under way is still pending in the table, so its successor sends it again under the same id. An owner that was
// stopped past its lock may do that as well, and what it writes too late is left out by the compare in its statement.

export class DeliveryEngine {
  private readonly limits: EngineLimits;
  private readonly queues: TargetQueues<QueuedDelivery>;
  private readonly lock: OwnerLock;
  private readonly wake = createWake();
  /** In the queues, at work, or not yet written. */
  private readonly taken = new Taken();
  private readonly attempts: Attempts;
  private readonly recorder;
  private readonly atWork = new Set<Promise<void>>();
  /** How often in a row a sender threw for a delivery. */
  private readonly thrown = new Map<string, number>();
  private owner: AbortSignal | undefined;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(private readonly options: DeliveryEngineOptions) {
    this.limits = { ...LIMITS, ...options.limits };
    this.attempts = new Attempts({ ...options, attemptMs: this.limits.attemptMs });
    this.queues = new TargetQueues(this.limits);
    this.lock = options.locks.lock('notifications.deliveries');
    this.recorder = createRecorder({
      store: options.store,
      onError: (error) => options.onError(error, 'attempts could not be written'),
      recorded: (attempts, targets) => {
        for (const { target_id, delivery_id } of attempts) this.taken.delete(target_id, delivery_id);
        for (const { target, gone } of targets) if (gone) this.forget(target.id);
        for (const [kind, sender] of options.senders) {
          const own = targets.filter(({ target }) => target.kind === kind);
          if (own.length > 0) sender.fared?.(own);
        }
        this.pump();
      },
    });
  }

  /** Calls `duties` each time this process becomes the owner; they end with the signal, when it is not any more. */
  start(duties: (owner: AbortSignal) => Promise<unknown>): void {
    this.running ??= this.run(duties);
  }

  nudge(): void {
    this.wake.ring();
  }

  /** Sends once, outside of the queues. @throws what the sender throws: a fault on this side */
  attempt(delivery: QueuedDelivery): Promise<MadeAttempt> {
    return this.attempts.make(delivery);
  }

  /** Takes nothing more, lets what is under way end, and writes it. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake.ring();
    const gaveUp = this.lock.held() ? undefined : this.lock.release();
    await this.running;
    const late = setTimeout(() => this.attempts.cut(), this.limits.drainMs);
    await Promise.all(this.atWork);
    clearTimeout(late);
    await this.recorder.stop(5_000);
    await (gaveUp ?? this.lock.release());
    this.wake.off();
  }

  private async run(duties: (owner: AbortSignal) => Promise<unknown>): Promise<void> {
    while (!this.stopping) {
      let held: AbortSignal;
      try {
        held = await this.lock.acquired();
      } catch {
        return; // given up by `stop`
      }
      const ended = new AbortController();
      this.owner = AbortSignal.any([held, ended.signal]);
      held.addEventListener('abort', this.wake.ring);
      const done = duties(this.owner);
      this.wake.ring();
      await this.own(this.owner);
      ended.abort();
      held.removeEventListener('abort', this.wake.ring);
      this.forget();
      this.options.metrics.oldestDueSeconds.set(0);
      await done;
      this.options.metrics.pending.set(0);
    }
  }

  private async own(owner: AbortSignal): Promise<void> {
    let failures = 0;
    for (;;) {
      await this.wake.next();
      if (owner.aborted || this.stopping) return;
      try {
        await this.look();
        failures = 0;
      } catch (error) {
        this.options.onError(error, 'due deliveries could not be read');
        this.wake.within(Math.min(2_000, 50 * 2 ** Math.min(failures++, 10)));
      }
    }
  }

  /** Fills the queues and sets the alarm for what comes next. */
  private async look(): Promise<void> {
    const { store, metrics } = this.options;
    const began = performance.now();
    const targets = await store.waiting();
    // With very many targets a look takes its time: never more than a tenth of all of it.
    this.wake.within(Math.max(this.limits.pollMs, (performance.now() - began) * 10));
    const sendable = targets.filter(({ held }) => !held);
    for (const { target_id, held } of targets) if (held) this.forget(target_id);
    let oldest = 0;
    for (const { due_in } of sendable) {
      if (due_in > 0) this.wake.within(due_in);
      else oldest = Math.max(oldest, -due_in);
    }
    metrics.oldestDueSeconds.set(oldest / 1_000);
    await this.fill(sendable.filter(({ due_in }) => due_in <= 0));
    this.pump();
  }

  /** First targets that are well; those that fail leave half of all room to them. */
  private async fill(due: readonly WaitingTarget[]): Promise<void> {
    const wanted = due.filter(({ target_id }) => this.queues.room(target_id) > 0);
    // Where not all find room, others do the next time.
    if (wanted.length * this.limits.perQueue > this.limits.queued) wanted.sort(() => Math.random() - 0.5);
    for (const failing of [false, true]) {
      const ids = wanted.filter((target) => target.failing === failing).map(({ target_id }) => target_id);
      await this.fillQueues(ids, failing);
    }
  }

  private async fillQueues(wanted: readonly string[], failing: boolean): Promise<void> {
    const most = failing ? this.limits.queued / 2 : this.limits.queued;
    for (const group of groupsByRoom(wanted, (id) => this.queues.room(id))) {
      const ids = group.ids.slice(0, Math.max(0, Math.floor((most - this.queues.queued) / group.room)));
      if (ids.length === 0) continue;
      const rows = await this.options.store.due(ids, this.taken.of(ids), group.room);
      if (this.owner?.aborted || this.stopping) return;
      const byTarget = new Map<string, QueuedDelivery[]>(ids.map((id) => [id, []]));
      for (const row of rows) byTarget.get(row.target.id)!.push(row);
      for (const [id, own] of byTarget) {
        for (const { delivery_id } of own) this.taken.add(id, delivery_id);
        this.queues.add(id, own, own.length >= group.room, failing);
      }
    }
  }

  private pump(): void {
    while (!this.stopping && !this.owner?.aborted && this.recorder.waiting() < MOST_UNWRITTEN) {
      const delivery = this.queues.next();
      if (!delivery) break;
      const work = this.deliver(delivery).finally(() => this.atWork.delete(work));
      this.atWork.add(work);
    }
  }

  private async deliver(delivery: QueuedDelivery): Promise<void> {
    const sender = this.options.senders.get(delivery.target.kind);
    const made = await this.attempts.make(delivery).catch((error: unknown) => this.failedHere(delivery, error));
    if (!made) {
      this.queues.ended(delivery.target.id, false, FAULT_REST_MS);
      this.taken.delete(delivery.target.id, delivery.delivery_id);
      this.wake.within(FAULT_REST_MS);
      return;
    }
    this.thrown.delete(delivery.delivery_id);
    const { result, startedAt, now } = made;
    // When a rest is over is found by the regular looks.
    const rest = result.delivered ? 0 : (result.retry_after_ms ?? 0);
    const low = this.queues.ended(delivery.target.id, result.delivered, rest);
    if (this.attempts.wereCut && !result.delivered) {
      this.taken.delete(delivery.target.id, delivery.delivery_id); // cut off by the end of this process: whoever comes next sends it
      return;
    }
    const end = { startedAt, now, random: Math.random(), holdsWhenGone: sender?.holdsWhenGone ?? false };
    const ended = endedAttempt(delivery, result, end);
    if (ended.state !== 'pending') await this.tellEnd(sender, delivery, result);
    this.recorder.add(ended);
    if (low) this.wake.ring();
    this.pump();
  }

  /**
   * What a sender throws is a fault on this side (Postgres is away), and no attempt: undefined, and the delivery is taken up
   * again soon. After some times it counts as one, so that a delivery that breaks its sender comes to an end.
   */
  private failedHere({ delivery_id }: QueuedDelivery, error: unknown): MadeAttempt | undefined {
    this.options.onError(error, 'a sender failed');
    const times = (this.thrown.get(delivery_id) ?? 0) + 1;
    this.thrown.delete(delivery_id);
    if (times >= FAULTS) {
      const now = this.options.clock.now();
      return { startedAt: now, now, result: { delivered: false, error: 'not_configured', detail: FAULT } };
    }
    this.thrown.set(delivery_id, times);
    if (this.thrown.size > MOST_THROWN) this.thrown.delete(this.thrown.keys().next().value!);
    return undefined;
  }

  private async tellEnd(sender: Sender | undefined, delivery: QueuedDelivery, result: AttemptResult): Promise<void> {
    for (let left = sender?.ended ? ENDED_TRIES : 0; left > 0; left -= 1) {
      try {
        return await sender!.ended!(delivery, result);
      } catch (error) {
        this.options.onError(error, 'the end of a delivery could not be told');
      }
    }
  }

  /** What is queued for a target (for all) is left in the table. */
  private forget(targetId?: string): void {
    for (const { target, delivery_id } of this.queues.clear(targetId)) this.taken.delete(target.id, delivery_id);
  }
}

/** Targets that want the same number of rows can be asked for together. */
function groupsByRoom(ids: readonly string[], roomOf: (id: string) => number): { room: number; ids: string[] }[] {
  const groups = new Map<number, string[]>();
  for (const id of ids) {
    const room = roomOf(id);
    const group = groups.get(room);
    if (group) group.push(id);
    else groups.set(room, [id]);
  }
  return [...groups].map(([room, members]) => ({ room, ids: members }));
}
