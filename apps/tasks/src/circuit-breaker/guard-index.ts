import { EVERY, type BreakerDocument, type BreakerKind } from '@ao/contracts';
import { breakerId, policyOf, type MadeBreaker } from './breaker.decider';

/** What is said of a task, and who has it. */
export interface TaskTraits {
  readonly type: string;
  /** Its concurrency key. */
  readonly target?: string;
}

/** A breaker that a task's outcome concerns. */
export interface Guard {
  readonly breaker_id: string;
  /** Undefined: one that a breaker for `*` would make. */
  readonly breaker: BreakerDocument | undefined;
  readonly made?: MadeBreaker;
}

/** The breakers there are, by what they guard. Changes with their events. */
export class GuardIndex {
  private readonly breakers = new Map<string, BreakerDocument>();
  private readonly byScope = new Map<string, Set<string>>();
  /** Those for `*`. */
  private readonly makers = new Map<string, BreakerDocument>();

  constructor(breakers: Iterable<BreakerDocument> = []) {
    for (const breaker of breakers) this.set(breaker.breaker_id, breaker);
  }

  get size(): number {
    return this.breakers.size;
  }

  get(breakerId: string): BreakerDocument | undefined {
    return this.breakers.get(breakerId);
  }

  set(breakerId: string, breaker: BreakerDocument | undefined): void {
    const before = this.breakers.get(breakerId);
    if (before) {
      this.byScope.get(scopeKey(before.scope.kind, before.scope.value))?.delete(breakerId);
      this.makers.delete(breakerId);
      this.breakers.delete(breakerId);
    }
    if (!breaker) return;
    const { kind, value } = breaker.scope;
    this.breakers.set(breakerId, breaker);
    if (value === EVERY) this.makers.set(breakerId, breaker);
    else if (breaker.made_by === null) {
      const key = scopeKey(kind, value);
      this.byScope.set(key, (this.byScope.get(key) ?? new Set()).add(breakerId));
    }
  }

  /** Whether any of them goes by what the submission of a task says. */
  get needsTraits(): boolean {
    for (const { scope } of this.breakers.values()) if (scope.kind !== 'agent') return true;
    return false;
  }

  /** Those that guard the agent, and the type and the target of the task, as far as they are known. */
  of(agentId: string, traits: TaskTraits | undefined): Guard[] {
    return [
      ...this.guards('agent', agentId),
      ...this.guards('task_type', traits?.type),
      ...this.guards('target', traits?.target),
    ];
  }

  hasMaker(name: string): boolean {
    return this.makers.has(breakerId(name));
  }

  madeBy(name: string): BreakerDocument[] {
    return [...this.breakers.values()].filter(({ made_by }) => made_by === name);
  }

  private guards(kind: BreakerKind, value: string | undefined): Guard[] {
    if (value === undefined || value === EVERY || this.breakers.size === 0) return [];
    const guards: Guard[] = [];
    for (const id of this.byScope.get(scopeKey(kind, value)) ?? []) {
      guards.push({ breaker_id: id, breaker: this.breakers.get(id) });
    }
    for (const maker of this.makers.values()) {
      if (maker.scope.kind !== kind) continue;
      const made = madeFor(maker, value);
      const id = breakerId(made.name);
      guards.push({ breaker_id: id, breaker: this.breakers.get(id), made });
    }
    return guards;
  }
}

export function scopeKey(kind: BreakerKind, value: string): string {
  return `${kind} ${value}`;
}

function madeFor(maker: BreakerDocument, value: string): MadeBreaker {
  const { name, scope } = maker;
  return { ...policyOf(maker), name: `${name}:${value}`, scope: { kind: scope.kind, value }, made_by: name };
}
