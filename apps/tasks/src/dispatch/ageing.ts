/** Between two levels of priority. */
const LEVEL = 20;
const HIGHEST = 100;
/** A step is cut into so many slots: what is due is late by no more than one of them. */
const SLOTS = 300;

/** A task that grows more urgent while it waits. `due_with` belongs to the ageing. */
export interface Ageing {
  readonly priority: number;
  /** Since when it waits: milliseconds since the Unix epoch. */
  readonly since: number;
  due_with: Set<unknown> | undefined;
}

/**
 * Strict priority, but low never starves: for each step that a task has waited its priority is worth one level (20)
 * more, up to 100; there it is as good as any. Who waits in memory stands in a calendar, by when the next level is
 * reached: O(1) to enter and to leave, at most five promotions for a task. A step of 0 leaves priorities as they are.
 */
export class AgeingCalendar<T extends Ageing> {
  private readonly slots = new Map<number, Set<T>>();
  private readonly grain: number;
  private earliest = Infinity;

  /** `step` in milliseconds. */
  constructor(private readonly step: number) {
    this.grain = Math.max(1, Math.floor(step / SLOTS));
  }

  levelOf({ priority, since }: T, now: number): number {
    if (this.step === 0 || now <= since) return priority;
    return Math.min(HIGHEST, priority + LEVEL * Math.floor((now - since) / this.step));
  }

  /** When the task reaches another level; undefined: never. */
  nextLevelAt(task: T, now: number): number | undefined {
    if (this.step === 0 || this.levelOf(task, now) >= HIGHEST) return undefined;
    return task.since + (Math.max(0, Math.floor((now - task.since) / this.step)) + 1) * this.step;
  }

  /** From now on it is among those whose next level is waited for. */
  enter(task: T, now: number): void {
    const at = this.nextLevelAt(task, now);
    if (at === undefined) return;
    const index = Math.ceil(at / this.grain);
    let slot = this.slots.get(index);
    if (slot === undefined) {
      this.slots.set(index, (slot = new Set()));
      this.earliest = Math.min(this.earliest, index);
    }
    slot.add(task);
    task.due_with = slot;
  }

  leave(task: T): void {
    task.due_with?.delete(task);
    task.due_with = undefined;
  }

  /** Those who have reached another level, at most `limit` of them; they have left. */
  due(now: number, limit: number): T[] {
    const due: T[] = [];
    while (this.earliest * this.grain <= now && due.length < limit) {
      const slot = this.slots.get(this.earliest);
      for (const task of slot ?? []) {
        if (due.length === limit) return due;
        this.leave(task);
        due.push(task);
      }
      this.slots.delete(this.earliest);
      this.earliest = this.slots.size === 0 ? Infinity : Math.min(...this.slots.keys());
    }
    return due;
  }

  /** When somebody may reach another level; undefined: nobody will. */
  next(): number | undefined {
    return this.earliest === Infinity ? undefined : this.earliest * this.grain;
  }
}
