import type { OpenTask } from '../open-task/open-task';
import type { Ageing } from './ageing';
import type { Running } from './gate';
import type { Cell } from './lane';
import type { Bay, Parkable } from './parking';

/** A task of the pool in memory; in one heap at most: its cell's when ready, its bay's when parked, or that of the delayed. */
export class TrackedTask implements Parkable, Ageing {
  slot = -1;
  cell: Cell | undefined = undefined;
  bay: Bay | undefined = undefined;
  scout_of: Bay | undefined = undefined;
  due_with: Set<unknown> | undefined = undefined;
  level = 0;
  /** Not given out before, because an assignment did not come about: milliseconds since the Unix epoch. */
  pausedUntil = 0;
  /** The agent to which its assignment is on its way to the log. */
  reserved: string | undefined = undefined;
  /** What the gates count it as. */
  counted: Running | undefined = undefined;

  constructor(public task: OpenTask) {}

  get task_id(): string {
    return this.task.task_id;
  }
  get priority(): number {
    return this.task.priority;
  }
  get position(): number {
    return this.task.position;
  }
  get fairness_key(): string | undefined {
    return this.task.fairness_key;
  }
  get since(): number {
    return this.task.ready_at;
  }
  /** From when on it may be given out. */
  get ready_at(): number {
    return Math.max(this.task.ready_at, this.pausedUntil);
  }
}
