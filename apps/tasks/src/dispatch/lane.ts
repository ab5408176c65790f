import type { TaskRequirements } from '@ao/contracts';
import type { Candidate } from '@ao/routing';
import { Heap, type Slotted } from './heap';
import type { AgentTraits } from './requirement';
import { Turns, type FairnessKey } from './turns';

/** A task waiting for an agent. `slot` and `cell` belong to whoever keeps it waiting. */
export interface ReadyTask extends Slotted {
  readonly task_id: string;
  /** As it was submitted. */
  readonly priority: number;
  /** What its priority is worth by now; must not change while it stands in an order. */
  readonly level: number;
  /** Of its submission in the log: the order within a level and key. */
  readonly position: number;
  readonly fairness_key: FairnessKey;
  cell: Cell | undefined;
}

/** Tasks with the same requirements. */
export interface Group {
  readonly signature: string;
  readonly requirements: TaskRequirements;
  readonly cells: Map<FairnessKey, Cell>;
  /** Whose agents fit. */
  readonly lanes: Set<Lane>;
}

/** Tasks with the same requirements and fairness key, best first. */
export interface Cell {
  readonly group: Group;
  readonly key: FairnessKey;
  readonly tasks: Heap<ReadyTask>;
  readonly entries: Map<Lane, Entry>;
}

export interface Rank {
  readonly level: number;
  readonly position: number;
}

/**
 * A cell in one lane. Its rank may be better than its best task (which another lane took): it is set right when
 * it comes first. So may a flow's.
 */
interface Entry extends Slotted {
  readonly cell: Cell;
  readonly flow: Flow;
  level: number;
  position: number;
}

/** All cells of one fairness key in one lane, the rank of the best of them, and the key's place in the round. */
interface Flow extends Slotted {
  readonly key: FairnessKey;
  readonly entries: Heap<Entry>;
  level: number;
  position: number;
  tag: number;
  /** When it got its tag, as a running number: who came to it first goes first. */
  since: number;
  cells: number;
}

/** An agent as a candidate. */
export interface AgentOffer extends AgentTraits {
  /** How many tasks it takes at once; 0: none now. */
  readonly limit: number;
  /** Has an open socket: comes before those that poll. */
  readonly connected: boolean;
  /** What it has to do, as it said itself with its last heartbeat; 0 if it said nothing. */
  readonly reported: number;
  /** What else strategies go by. */
  readonly routing: Pick<Candidate, 'load' | 'weight' | 'latency_ms' | 'trust' | 'health' | 'order'>;
}

/** An agent's place in one lane: in its heap while the agent is free. */
export interface Seat extends Slotted {
  readonly agent: Agent;
  readonly lane: Lane;
}

export interface Agent extends Mutable<Candidate> {
  offer: AgentOffer;
  /** Tasks of this pool that it has now. */
  open_leases: number;
  /** Undefined: the strategy gives it nothing. */
  score: number | undefined;
  tier: number;
  /** The score, such that the lowest is the best; the same for all where lots are drawn for each choice. */
  value: number;
  /** When it was chosen last, as a running number; 0: never. */
  chosen: number;
  readonly seats: Seat[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function comesBefore(a: Rank, b: Rank): boolean {
  return a.level === b.level ? a.position < b.position : a.level > b.level;
}

export function newCell(group: Group, key: FairnessKey): Cell {
  return { group, key, tasks: new Heap<ReadyTask>(comesBefore), entries: new Map() };
}

/**
 * Agents that fit the same requirements, and the tasks for them in the order in which they get them: by level, within a
 * level the fairness keys take turns, within a key by position.
 */
export class Lane {
  members = 0;
  private readonly flows = new Map<FairnessKey, Flow>();
  private readonly order = new Heap<Flow>(hasTurnBefore);
  private readonly turns = new Turns();
  private tagged = 0;

  constructor(
    readonly traits: AgentTraits,
    /** Under which requirements find it. */
    readonly keys: readonly string[],
    readonly free: Heap<Seat>,
  ) {}

  /** Whether there may be tasks. */
  get waits(): boolean {
    return this.order.size > 0;
  }

  first(): ReadyTask | undefined {
    for (;;) {
      const flow = this.order.peek();
      if (flow === undefined) return undefined;
      const entry = flow.entries.peek();
      if (entry === undefined) {
        this.order.remove(flow);
        continue;
      }
      const task = entry.cell.tasks.peek();
      if (task === undefined) flow.entries.remove(entry);
      else if (!sameRank(entry, task)) this.enter(entry, task);
      else if (!sameRank(flow, entry)) this.place(flow, entry);
      else return task;
    }
  }

  /** An agent of this lane got a task of the key. */
  took(level: number, key: FairnessKey): void {
    const tag = this.turns.took(level, key);
    const flow = this.flows.get(key);
    if (flow === undefined || flow.slot < 0 || flow.level !== level) return;
    this.tag(flow, tag);
    this.order.moved(flow);
  }

  /** The cell's tasks wait here as well. */
  link(cell: Cell): void {
    const { key } = cell;
    let flow = this.flows.get(key);
    if (flow === undefined) {
      flow = {
        key,
        entries: new Heap<Entry>(comesBefore),
        level: 0,
        position: 0,
        tag: 0,
        since: 0,
        cells: 0,
        slot: -1,
      };
      this.flows.set(key, flow);
    }
    flow.cells += 1;
    const entry: Entry = { cell, flow, level: 0, position: 0, slot: -1 };
    cell.entries.set(this, entry);
    this.update(entry);
  }

  unlink(cell: Cell): void {
    const entry = cell.entries.get(this);
    if (entry === undefined) return;
    cell.entries.delete(this);
    const { flow } = entry;
    if (entry.slot >= 0) flow.entries.remove(entry);
    flow.cells -= 1;
    if (flow.cells > 0) return;
    if (flow.slot >= 0) this.order.remove(flow);
    this.flows.delete(flow.key);
  }

  /** The cell has another first task now. */
  update(entry: Entry): void {
    const task = entry.cell.tasks.peek();
    if (task !== undefined) this.enter(entry, task);
  }

  private enter(entry: Entry, { level, position }: Rank): void {
    entry.level = level;
    entry.position = position;
    const { entries } = entry.flow;
    if (entry.slot < 0) entries.push(entry);
    else entries.moved(entry);
    if (entry.slot === 0) this.place(entry.flow, entry);
  }

  private place(flow: Flow, { level, position }: Rank): void {
    const waits = flow.slot >= 0;
    // Who waits at that level keeps the place in the round.
    if (!waits || flow.level !== level) this.tag(flow, this.turns.tagOf(level, flow.key));
    flow.level = level;
    flow.position = position;
    if (waits) this.order.moved(flow);
    else this.order.push(flow);
  }

  private tag(flow: Flow, tag: number): void {
    flow.tag = tag;
    flow.since = this.tagged += 1;
  }
}

function sameRank(a: Rank, b: Rank): boolean {
  return a.position === b.position && a.level === b.level;
}

function hasTurnBefore(a: Flow, b: Flow): boolean {
  if (a.level !== b.level) return a.level > b.level;
  return a.tag === b.tag ? a.since < b.since : a.tag < b.tag;
}
