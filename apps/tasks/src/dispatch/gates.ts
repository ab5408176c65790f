import type { OpenTask } from '../open-task/open-task';
import type { Gate, Hold, Running } from './gate';

/** A pool whose tasks are counted by the gates. */
export interface GatedPool {
  /** What the gates were told of and is still so. */
  counted(): Iterable<Running>;
}

/** All gates as one, and for all pools: the first that holds is the answer. */
export class Gates implements Required<Omit<Gate, 'reloaded'>> {
  private readonly gates: Gate[] = [];
  private readonly pools = new Set<GatedPool>();

  /** Before the pools are first loaded; asked in the order in which they were added. */
  add(gate: Gate): void {
    this.gates.push(gate);
  }

  holds(task: OpenTask): Hold | undefined {
    for (const gate of this.gates) {
      const hold = gate.holds(task);
      if (hold) return hold;
    }
    return undefined;
  }

  /** Every reason, for those who ask why. */
  allHolds(task: OpenTask): Hold[] {
    return this.gates.flatMap((gate) => gate.holds(task) ?? []);
  }

  holdsAgent(agentId: string): Hold | undefined {
    for (const gate of this.gates) {
      const hold = gate.holdsAgent?.(agentId);
      if (hold) return hold;
    }
    return undefined;
  }

  entered(task: OpenTask, agentId: string): void {
    for (const gate of this.gates) gate.entered?.(task, agentId);
  }

  left(task: OpenTask, agentId: string): void {
    for (const gate of this.gates) gate.left?.(task, agentId);
  }

  join(pool: GatedPool): void {
    this.pools.add(pool);
  }

  /** One pool starts anew; what the others have stays. */
  reloaded(running: Iterable<Running>, by: GatedPool): void {
    const all = [...running];
    for (const pool of this.pools) if (pool !== by) all.push(...pool.counted());
    for (const gate of this.gates) gate.reloaded?.(all);
  }
}
