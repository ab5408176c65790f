import type { OpenTask } from '../open-task/open-task';
import type { Gate, Hold, Running } from './gate';

/** All gates as one: the first that holds is the answer. */
export class Gates implements Required<Gate> {
  private readonly gates: Gate[] = [];

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

  reloaded(running: Iterable<Running>): void {
    const all = [...running];
    for (const gate of this.gates) gate.reloaded?.(all);
  }
}
