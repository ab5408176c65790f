import { Heap, type Slotted } from './heap';
import { comesBefore, type Cell, type ReadyTask } from './lane';
import { Turns } from './turns';

/** A task that a gate may hold back. `bay` and `scout_of` belong to the parking. */
export interface Parkable extends ReadyTask {
  bay: Bay | undefined;
  scout_of: Bay | undefined;
}

/** Tasks of one cell for which gates have the same answer, best first. */
export interface Bay extends Slotted {
  readonly cell: Cell;
  readonly kind: string;
  readonly tasks: Heap<Parkable>;
  /** The one of them that is out, ready like any other, to find out whether they may pass. */
  scout: Parkable | undefined;
  /** What they wait for. */
  lot: Lot;
  level: number;
  position: number;
  tag: number;
}

/** Everything that waits for one key. */
interface Lot {
  readonly key: string;
  readonly bays: Set<Bay>;
  /** Those without a scout. */
  readonly order: Heap<Bay>;
  readonly turns: Turns;
}

/**
 * Tasks that gates hold back, by the key they wait for. Nobody looks at them until the key is freed. Then the best one
 * goes back among the ready tasks, with the rank it has; if it passes, the next follows, and if the same key holds it
 * again, that was all. Where another key holds it, all of its kind wait for that one from now on. Where no agent is free
 * for the one that is out, the best of another bay goes as well, so that one kind of task never blocks the others. A key
 * that is freed costs O(log n), and when agents are short or other keys hold as well, one task per bay.
 */
export class Parking<T extends Parkable> {
  private readonly bays = new Map<Cell, Map<string, Bay>>();
  private readonly lots = new Map<string, Lot>();
  /** Lots whose key is free as far as is known. */
  private readonly open = new Set<Lot>();
  /** Open lots of which nobody has gone out since they were freed, or since the last one passed. */
  private readonly due = new Set<Lot>();
  /** Open lots that may have bays without a scout. */
  private readonly more = new Set<Lot>();

  /** `goes`: the task is ready like any other from now on. */
  constructor(private readonly goes: (task: T) => void) {}

  /** Keeps a task that was ready in that cell. `kind`: tasks for which gates have the same answer. */
  park(task: T, cell: Cell, kind: string, key: string): void {
    this.resolve(task);
    const lot = this.lotOf(key);
    this.close(lot);
    const bay = this.bayOf(cell, kind, lot);
    if (bay.lot !== lot) this.moveTo(lot, bay);
    this.enter(task, bay);
  }

  /** The key may let something pass. */
  freed(key: string): void {
    const lot = this.lots.get(key);
    if (lot === undefined) return;
    this.open.add(lot);
    this.due.add(lot);
    this.more.add(lot);
  }

  /** An agent got the task: its key has had its turn among those that wait for the same. */
  passed(task: T): void {
    const bay = task.scout_of;
    if (bay === undefined) return;
    bay.lot.turns.took(task.level, bay.cell.key);
    this.resolve(task);
  }

  /** The task is neither parked nor a scout any more. */
  remove(task: T): void {
    this.resolve(task);
    const { bay } = task;
    if (bay === undefined) return;
    bay.tasks.remove(task);
    task.bay = undefined;
    this.rank(bay);
  }

  /** Calls `change`, which changes the rank of a parked task. */
  rerank(task: T, change: () => void): void {
    const bay = task.bay!;
    bay.tasks.remove(task);
    change();
    this.enter(task, bay);
  }

  /** Lets one go of each key that was freed, or whose last one passed. */
  send(): void {
    if (this.due.size === 0) return;
    for (const lot of this.due) this.sendOne(lot);
    this.due.clear();
  }

  /** No agent is free for any that are out: lets one more go of each open key. False: there is none. */
  sendMore(): boolean {
    let sent = false;
    for (const lot of this.more) {
      if (this.sendOne(lot)) sent = true;
      else this.more.delete(lot);
    }
    return sent;
  }

  private sendOne(lot: Lot): boolean {
    const bay = lot.order.peek();
    if (bay === undefined) return false;
    const task = bay.tasks.peek() as T;
    bay.tasks.remove(task);
    task.bay = undefined;
    task.scout_of = bay;
    bay.scout = task;
    this.rank(bay);
    this.goes(task);
    return true;
  }

  private resolve(task: T): void {
    const bay = task.scout_of;
    if (bay === undefined) return;
    task.scout_of = undefined;
    bay.scout = undefined;
    if (this.open.has(bay.lot)) this.due.add(bay.lot);
    this.rank(bay);
  }

  private enter(task: T, bay: Bay): void {
    task.bay = bay;
    bay.tasks.push(task);
    this.rank(bay);
  }

  private moveTo(lot: Lot, bay: Bay): void {
    if (bay.slot >= 0) bay.lot.order.remove(bay);
    this.leave(bay);
    bay.lot = lot;
    lot.bays.add(bay);
    this.rank(bay);
  }

  /** Brings the bay's place among the others of its lot in line with its best task; forgets what is empty. */
  private rank(bay: Bay): void {
    const { lot } = bay;
    const best = bay.tasks.peek();
    if (best === undefined || bay.scout !== undefined) {
      if (bay.slot >= 0) lot.order.remove(bay);
      if (best === undefined && bay.scout === undefined) this.forget(bay);
      return;
    }
    bay.level = best.level;
    bay.position = best.position;
    bay.tag = lot.turns.tagOf(best.level, bay.cell.key);
    if (bay.slot >= 0) lot.order.moved(bay);
    else lot.order.push(bay);
    if (this.open.has(lot)) this.more.add(lot);
  }

  private lotOf(key: string): Lot {
    let lot = this.lots.get(key);
    if (lot === undefined) {
      lot = { key, bays: new Set(), order: new Heap<Bay>(goesBefore), turns: new Turns() };
      this.lots.set(key, lot);
    }
    return lot;
  }

  private bayOf(cell: Cell, kind: string, lot: Lot): Bay {
    let ofCell = this.bays.get(cell);
    if (ofCell === undefined) this.bays.set(cell, (ofCell = new Map()));
    let bay = ofCell.get(kind);
    if (bay === undefined) {
      const tasks = new Heap<Parkable>(comesBefore);
      bay = { cell, kind, tasks, scout: undefined, lot, slot: -1, level: 0, position: 0, tag: 0 };
      ofCell.set(kind, bay);
      lot.bays.add(bay);
    }
    return bay;
  }

  private forget(bay: Bay): void {
    const ofCell = this.bays.get(bay.cell);
    ofCell?.delete(bay.kind);
    if (ofCell?.size === 0) this.bays.delete(bay.cell);
    this.leave(bay);
  }

  private leave(bay: Bay): void {
    const { lot } = bay;
    lot.bays.delete(bay);
    if (lot.bays.size > 0) return;
    this.lots.delete(lot.key);
    this.close(lot);
  }

  private close(lot: Lot): void {
    this.open.delete(lot);
    this.due.delete(lot);
    this.more.delete(lot);
  }
}

function goesBefore(a: Bay, b: Bay): boolean {
  if (a.level !== b.level) return a.level > b.level;
  return a.tag === b.tag ? a.position < b.position : a.tag < b.tag;
}
