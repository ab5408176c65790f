import {
  evolveBreaker,
  type BreakerDocument,
  type BreakerEvent,
  type BreakerKind,
  type BreakerStateName,
} from '@ao/contracts';
import type { Gate, GateListener, Hold, Running } from '../dispatch/gate';
import type { OpenTask } from '../open-task/open-task';
import { scopeKey } from './guard-index';

/** A breaker that holds tasks back, or lets few of them through. */
interface Holding {
  breaker: BreakerDocument;
  /** The tasks that agents got although it had opened: what it has let through to try. */
  readonly through: Set<string>;
}

/**
 * The breakers of this process, as dispatching asks them. What a half-open one lets through is counted from the tasks that
 * enter after it opened; after a start, of which the tables do not say it, from all that are out.
 */
export class BreakerGate implements Gate {
  private readonly breakers = new Map<string, BreakerDocument>();
  private readonly holding = new Map<string, Map<string, Holding>>();

  constructor(private readonly listener: GateListener) {}

  /** Starts anew from what the table holds. */
  load(breakers: Iterable<BreakerDocument>): void {
    const gone = new Set(this.breakers.keys());
    for (const breaker of breakers) {
      gone.delete(breaker.breaker_id);
      this.set(breaker.breaker_id, breaker);
    }
    for (const breakerId of gone) this.set(breakerId, undefined);
  }

  apply(event: BreakerEvent): void {
    const { breaker_id } = event.data;
    this.set(breaker_id, evolveBreaker(this.breakers.get(breaker_id), event));
  }

  /** How many there are in each state. */
  countByState(): Map<BreakerStateName, number> {
    const counts = new Map<BreakerStateName, number>();
    for (const { state } of this.breakers.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return counts;
  }

  holds(task: OpenTask): Hold | undefined {
    if (this.holding.size === 0) return undefined;
    return this.holdBy('task_type', task.type) ?? this.holdBy('target', task.concurrency_key);
  }

  holdsAgent(agentId: string): Hold | undefined {
    return this.holdBy('agent', agentId);
  }

  entered(task: OpenTask, agentId: string): void {
    for (const holding of this.guarding(task, agentId)) {
      holding.through.add(task.task_id);
      if (holding.breaker.scope.kind === 'agent') this.listener.agentChanged(agentId);
    }
  }

  left(task: OpenTask, agentId: string): void {
    for (const holding of this.guarding(task, agentId)) {
      if (holding.through.delete(task.task_id)) this.tell(holding.breaker);
    }
  }

  reloaded(running: Iterable<Running>): void {
    for (const guarded of this.holding.values()) for (const { through } of guarded.values()) through.clear();
    for (const { task, agent_id } of running) this.entered(task, agent_id);
  }

  private set(breakerId: string, breaker: BreakerDocument | undefined): void {
    const before = this.breakers.get(breakerId);
    if (breaker) this.breakers.set(breakerId, breaker);
    else this.breakers.delete(breakerId);
    const known = breaker ?? before;
    if (!known) return;
    const { kind, value } = known.scope;
    const key = scopeKey(kind, value);
    const guarded = this.holding.get(key) ?? new Map<string, Holding>();
    const holding = guarded.get(breakerId);
    if (!breaker || breaker.state === 'closed' || breaker.state === 'forced_closed') guarded.delete(breakerId);
    else if (holding) holding.breaker = breaker;
    else guarded.set(breakerId, { breaker, through: new Set() });
    if (guarded.size > 0) this.holding.set(key, guarded);
    else this.holding.delete(key);
    if ((before?.state ?? 'closed') !== (breaker?.state ?? 'closed')) this.tell(known);
  }

  /** Whoever was held asks again; that it is held again costs little. */
  private tell({ breaker_id, scope }: BreakerDocument): void {
    if (scope.kind === 'agent') this.listener.agentChanged(scope.value);
    else this.listener.freed(holdKey(breaker_id));
  }

  private holdBy(kind: BreakerKind, value: string | undefined): Hold | undefined {
    if (value === undefined || this.holding.size === 0) return undefined;
    for (const holding of this.holding.get(scopeKey(kind, value))?.values() ?? []) {
      const why = whyHeld(holding);
      if (why === undefined) continue;
      const { breaker_id, name } = holding.breaker;
      return { code: 'circuit_open', detail: `circuit breaker '${name}' ${why}`, key: holdKey(breaker_id) };
    }
    return undefined;
  }

  private *guarding(task: OpenTask, agentId: string): Iterable<Holding> {
    if (this.holding.size === 0) return;
    const { type, concurrency_key } = task;
    yield* this.holding.get(scopeKey('agent', agentId))?.values() ?? [];
    yield* this.holding.get(scopeKey('task_type', type))?.values() ?? [];
    if (concurrency_key !== undefined) yield* this.holding.get(scopeKey('target', concurrency_key))?.values() ?? [];
  }
}

function holdKey(breakerId: string): string {
  return `breaker ${breakerId}`;
}

function whyHeld({ breaker, through }: Holding): string | undefined {
  const { state, retry_at, half_open_max } = breaker;
  switch (state) {
    case 'open':
      return `is open until ${retry_at}`;
    case 'forced_open':
      return 'is forced open';
    case 'half_open':
      return through.size < half_open_max ? undefined : `is half-open and tries ${half_open_max} at a time`;
    default:
      return undefined;
  }
}
