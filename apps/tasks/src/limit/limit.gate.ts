import {
  DISPATCH_LIMIT_SCOPES,
  EVERY_VALUE,
  evolveDispatchLimit,
  priorityBand,
  type DispatchLimitDocument,
  type DispatchLimitEvent,
  type DispatchLimitScope,
} from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { Gate, GateListener, Hold, Running } from '../dispatch/gate';
import type { OpenTask } from '../open-task/open-task';
import { TokenBucket } from './token-bucket';

/** From that many on, those that say nothing any more are forgotten. */
const BUCKETS_KEPT = 10_000;

/** What is known of the values of one scope. */
class Scope {
  /** By value. */
  readonly limits = new Map<string, DispatchLimitDocument>();
  readonly running = new Map<string, number>();
  readonly buckets = new Map<string, TokenBucket>();

  limitOf(value: string): DispatchLimitDocument | undefined {
    return this.limits.get(value) ?? this.limits.get(EVERY_VALUE);
  }

  count(value: string, by: 1 | -1): void {
    const running = (this.running.get(value) ?? 0) + by;
    if (running > 0) this.running.set(value, running);
    else this.running.delete(value);
  }

  bucketOf(value: string, limit: DispatchLimitDocument, now: number): TokenBucket | undefined {
    const { rate } = limit;
    if (!rate) return undefined;
    const known = this.buckets.get(value);
    if (known?.rate.tasks === rate.tasks && known.rate.per_seconds === rate.per_seconds) return known;
    if (this.buckets.size >= BUCKETS_KEPT) {
      for (const [old, bucket] of this.buckets) if (bucket.isFull(now)) this.buckets.delete(old);
    }
    const bucket = new TokenBucket(rate, now);
    this.buckets.set(value, bucket);
    return bucket;
  }
}

/**
 * Holds tasks back whose type, concurrency key or queue is at its limit. What runs is what agents have by their leases,
 * and what is on its way to them; a rate counts what was given out, also when the assignment did not come about. Rates
 * are kept in memory alone: a replica that starts anew begins with full ones, one that takes over as a standby does not.
 */
export class LimitGate implements Gate {
  private readonly scopes: Readonly<Record<DispatchLimitScope, Scope>> = {
    task_type: new Scope(),
    concurrency_key: new Scope(),
    queue: new Scope(),
  };
  /** Keys by which tasks may be held now. */
  private readonly holding = new Set<string>();
  private size = 0;

  constructor(
    private readonly clock: Clock,
    private readonly listener: GateListener,
  ) {}

  /** By scope and value. */
  all(): (DispatchLimitDocument & { running?: number })[] {
    return DISPATCH_LIMIT_SCOPES.flatMap((scope) => {
      const { limits, running } = this.scopes[scope];
      const sorted = [...limits.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
      return sorted.map((limit) =>
        limit.value === EVERY_VALUE ? limit : { ...limit, running: running.get(limit.value) ?? 0 },
      );
    });
  }

  load(limits: Iterable<DispatchLimitDocument>): void {
    for (const scope of Object.values(this.scopes)) scope.limits.clear();
    for (const limit of limits) this.scopes[limit.scope].limits.set(limit.value, limit);
    this.changed();
  }

  apply(event: DispatchLimitEvent): void {
    const { scope, value } = event.data;
    const { limits } = this.scopes[scope];
    const limit = evolveDispatchLimit(limits.get(value), event);
    if (limit) limits.set(value, limit);
    else limits.delete(value);
    this.changed();
  }

  holds(task: OpenTask): Hold | undefined {
    if (this.size === 0) return undefined;
    for (const scope of DISPATCH_LIMIT_SCOPES) {
      const value = valueOf(scope, task);
      const hold = value === undefined ? undefined : this.holdOf(scope, value);
      if (hold) return hold;
    }
    return undefined;
  }

  entered(task: OpenTask): void {
    for (const scope of DISPATCH_LIMIT_SCOPES) {
      const value = valueOf(scope, task);
      if (value === undefined) continue;
      const known = this.scopes[scope];
      known.count(value, 1);
      const limit = this.size === 0 ? undefined : known.limitOf(value);
      if (limit?.rate) known.bucketOf(value, limit, this.clock.now())!.take(this.clock.now());
    }
  }

  left(task: OpenTask): void {
    for (const scope of DISPATCH_LIMIT_SCOPES) {
      const value = valueOf(scope, task);
      if (value === undefined) continue;
      this.scopes[scope].count(value, -1);
      if (this.holding.size > 0) this.free(concurrencyKey(scope, value));
    }
  }

  reloaded(running: Iterable<Running>): void {
    for (const scope of Object.values(this.scopes)) scope.running.clear();
    for (const { task } of running) {
      for (const scope of DISPATCH_LIMIT_SCOPES) {
        const value = valueOf(scope, task);
        if (value !== undefined) this.scopes[scope].count(value, 1);
      }
    }
    this.holding.clear();
  }

  private holdOf(scope: DispatchLimitScope, value: string): Hold | undefined {
    const known = this.scopes[scope];
    const limit = known.limitOf(value);
    if (!limit) return undefined;
    const { max_concurrent, rate } = limit;
    const running = known.running.get(value) ?? 0;
    if (max_concurrent !== undefined && running >= max_concurrent) {
      const detail = `${running} tasks of ${scope} '${value}' are with agents, and no more than ${max_concurrent} may be`;
      return this.held({ code: 'concurrency_limit', detail, key: concurrencyKey(scope, value) });
    }
    const now = this.clock.now();
    const until = known.bucketOf(value, limit, now)?.next(now);
    if (until === undefined) return undefined;
    const detail = `of ${scope} '${value}' no more than ${rate!.tasks} tasks are given out in ${rate!.per_seconds} s`;
    return this.held({ code: 'rate_limit', detail, key: `rate ${scope} ${value}`, until });
  }

  private held(hold: Hold): Hold {
    this.holding.add(hold.key);
    return hold;
  }

  private free(key: string): void {
    if (this.holding.delete(key)) this.listener.freed(key);
  }

  private changed(): void {
    this.size = Object.values(this.scopes).reduce((sum, { limits }) => sum + limits.size, 0);
    for (const key of [...this.holding]) this.free(key);
  }
}

function valueOf(scope: DispatchLimitScope, task: OpenTask): string | undefined {
  switch (scope) {
    case 'task_type':
      return task.type;
    case 'concurrency_key':
      return task.concurrency_key;
    case 'queue':
      return priorityBand(task.priority);
  }
}

const concurrencyKey = (scope: DispatchLimitScope, value: string) => `concurrency ${scope} ${value}`;
