import type { TaskRequirements } from '@ao/contracts';
import { registeredBefore, type Candidate, type Random, type RoutingStrategy } from '@ao/routing';
import { drawLots, onTrial } from './draw';
import { Heap, type Slotted } from './heap';
import { agentKeys, fits, pinnedKey, requirementKey, signatureOf, traitsKey, type AgentTraits } from './requirement';

/** A task waiting for an agent. `slot` and `group` belong to the match maker. */
export interface ReadyTask extends Slotted {
  readonly task_id: string;
  readonly priority: number;
  /** Of its submission in the log: the order within a priority. */
  readonly position: number;
  group: Group | undefined;
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

export interface Match {
  readonly task: ReadyTask;
  readonly agent_id: string;
  /** The free agents that fit, best first, at most 10. */
  readonly candidates: { agent_id: string; score: number }[];
  readonly candidate_count: number;
}

/** Tasks with the same requirements, best first. */
export interface Group {
  readonly signature: string;
  readonly requirements: TaskRequirements;
  readonly tasks: Heap<ReadyTask>;
  /** Of each lane whose agents fit. */
  readonly entries: Map<Lane, Entry>;
}

/**
 * Agents that fit the same requirements. `groups` orders the groups that have tasks for them by their best task. An
 * entry's rank may be better than its group (whose best task another lane took): it is set right when it comes first.
 */
interface Lane {
  readonly traits: AgentTraits;
  readonly keys: readonly string[];
  readonly free: Heap<Seat>;
  readonly groups: Heap<Entry>;
  members: number;
}

interface Entry extends Slotted {
  readonly group: Group;
  priority: number;
  position: number;
}

/** An agent's place in one lane: in its heap while the agent is free. */
interface Seat extends Slotted {
  readonly agent: Agent;
  readonly lane: Lane;
}

interface Agent extends Mutable<Candidate> {
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

const CANDIDATES_KEPT = 10;
/** Groups without tasks that are kept, because the next task is likely to have the same requirements. */
const IDLE_GROUPS_KEPT = 256;

/**
 * Ready tasks and free agents, and who gets what: strictly by priority, within a priority in the order of submission,
 * the agent by the strategy. Pure and in memory. A task costs O(log n) of the tasks with the same requirements, plus one
 * step per kind of agent that fits it; tasks that nobody fits cost nothing but their memory.
 */
export class MatchMaker {
  private readonly groups = new Map<string, Group>();
  private readonly groupsByKey = new Map<string, Set<Group>>();
  private readonly idleGroups = new Set<Group>();
  private readonly lanes = new Map<string, Lane>();
  private readonly lanesByKey = new Map<string, Set<Lane>>();
  private readonly agents = new Map<string, Agent>();
  /** Lanes that may have both a free agent and a task. */
  private readonly open = new Set<Lane>();
  private readonly depths = new Array<number>(101).fill(0);
  private choices = 0;

  constructor(
    readonly strategy: RoutingStrategy,
    private readonly random: Random = Math.random,
  ) {}

  /** Ready tasks by priority, 0 to 100. */
  get depthByPriority(): readonly number[] {
    return this.depths;
  }

  /** The requirements object that tasks of this signature share, if there is one. */
  requirementsLike(signature: string): TaskRequirements | undefined {
    return this.groups.get(signature)?.requirements;
  }

  add(task: ReadyTask, requirements: TaskRequirements): void {
    const group = this.groupOf(requirements);
    task.group = group;
    group.tasks.push(task);
    this.idleGroups.delete(group);
    this.depths[task.priority]! += 1;
    if (task.slot !== 0) return;
    for (const [lane, entry] of group.entries) {
      this.rank(lane, entry, task);
      if (lane.free.size > 0) this.open.add(lane);
    }
  }

  /** Takes a task out, whether given to an agent, cancelled or otherwise gone. */
  remove(task: ReadyTask): void {
    const { group } = task;
    if (group === undefined) return;
    group.tasks.remove(task);
    task.group = undefined;
    this.depths[task.priority]! -= 1;
    if (group.tasks.size === 0) this.retire(group);
  }

  /** Makes an agent known or changes what is known of it. Its open leases stay. */
  setAgent(offer: AgentOffer): void {
    const known = this.agents.get(offer.agent_id);
    if (!known) {
      const agent = newAgent(offer);
      this.agents.set(offer.agent_id, agent);
      this.seat(agent);
      return this.refresh(agent);
    }
    const moves = traitsKey(known.offer) !== traitsKey(offer);
    if (moves) this.unseat(known);
    Object.assign(known, offer.routing, { offer });
    if (moves) this.seat(known);
    this.refresh(known);
  }

  removeAgent(agentId: string): void {
    const agent = this.agents.get(agentId);
    if (!agent) return;
    this.unseat(agent);
    this.agents.delete(agentId);
  }

  /** Counts a lease of the agent. An agent that is not known (any more) counts for nobody. */
  occupy(agentId: string): void {
    this.change(agentId, 1);
  }

  release(agentId: string): void {
    this.change(agentId, -1);
  }

  openLeasesOf(agentId: string): number {
    return this.agents.get(agentId)?.open_leases ?? 0;
  }

  /** The next task to give out and its agent, or nothing. The task is taken out and the agent's lease counted. */
  next(): Match | undefined {
    let best: Entry | undefined;
    for (const lane of this.open) {
      const entry = lane.free.size > 0 ? this.firstOf(lane) : undefined;
      if (entry === undefined) this.open.delete(lane);
      else if (best === undefined || comesBefore(entry, best)) best = entry;
    }
    if (best === undefined) return undefined;
    const { group } = best;
    const task = group.tasks.peek()!;
    const ranked = this.ranked(group);
    const chosen = ranked[0]!;
    let candidate_count = 0;
    for (const lane of group.entries.keys()) candidate_count += lane.free.size;
    const candidates = ranked.map(({ agent_id, score }) => ({ agent_id, score: score ?? 0 }));
    const match: Match = { task, agent_id: chosen.agent_id, candidates, candidate_count };
    this.remove(task);
    this.occupy(chosen.agent_id);
    return match;
  }

  /** The best of the free agents that fit, best first; the first of them gets the task. */
  private ranked(group: Group): Pick<Agent, 'agent_id' | 'score'>[] {
    const { strategy, random } = this;
    if (strategy.lots) return drawLots(strategy, freeIn(group), random, CANDIDATES_KEPT);
    const best = bestSeats(group).map(({ agent }) => agent);
    if (strategy.trials === undefined || random() >= strategy.trials) return best;
    const tried = onTrial(freeIn(group), random);
    return [tried, ...best.filter((agent) => agent !== tried)].slice(0, CANDIDATES_KEPT);
  }

  private change(agentId: string, by: 1 | -1): void {
    const agent = this.agents.get(agentId);
    if (!agent) return;
    agent.open_leases += by;
    if (by > 0) agent.chosen = this.choices += 1;
    this.refresh(agent);
  }

  /** Brings the agent's seats in line with its load: free or not, and where in the order. */
  private refresh(agent: Agent): void {
    const { strategy } = this;
    const { offer, open_leases } = agent;
    agent.running = Math.max(open_leases, offer.reported);
    agent.capacity = offer.limit;
    agent.tier = strategy.tier(agent);
    agent.score = strategy.score(agent, this.random);
    agent.value = strategy.lots ? 0 : strategy.best === 'lowest' ? (agent.score ?? 0) : -(agent.score ?? 0);
    const free = open_leases < offer.limit && agent.score !== undefined;
    for (const seat of agent.seats) {
      const { lane } = seat;
      if (free && seat.slot < 0) {
        lane.free.push(seat);
        if (lane.groups.size > 0) this.open.add(lane);
      } else if (free) lane.free.moved(seat);
      else if (seat.slot >= 0) lane.free.remove(seat);
    }
  }

  private firstOf(lane: Lane): Entry | undefined {
    for (;;) {
      const entry = lane.groups.peek();
      if (entry === undefined) return undefined;
      const task = entry.group.tasks.peek();
      if (task === undefined) lane.groups.remove(entry);
      else if (task.position === entry.position) return entry;
      else this.rank(lane, entry, task);
    }
  }

  private rank(lane: Lane, entry: Entry, { priority, position }: ReadyTask): void {
    entry.priority = priority;
    entry.position = position;
    if (entry.slot < 0) lane.groups.push(entry);
    else lane.groups.moved(entry);
  }

  private groupOf(requirements: TaskRequirements): Group {
    const signature = signatureOf(requirements);
    const known = this.groups.get(signature);
    if (known) return known;
    const group: Group = { signature, requirements, tasks: new Heap<ReadyTask>(comesBefore), entries: new Map() };
    this.groups.set(signature, group);
    const key = requirementKey(requirements);
    file(this.groupsByKey, key, group);
    if (requirements.agent_id !== undefined) {
      const agent = this.agents.get(requirements.agent_id);
      if (agent && !this.lanes.has(key)) this.takeSeat(agent, key, [key]);
    }
    for (const lane of this.lanesByKey.get(key) ?? []) this.link(lane, group);
    return group;
  }

  private retire(group: Group): void {
    this.idleGroups.add(group);
    if (this.idleGroups.size <= IDLE_GROUPS_KEPT) return;
    const [oldest] = this.idleGroups;
    this.idleGroups.delete(oldest!);
    this.groups.delete(oldest!.signature);
    unfile(this.groupsByKey, requirementKey(oldest!.requirements), oldest!);
    for (const [lane, entry] of oldest!.entries) if (entry.slot >= 0) lane.groups.remove(entry);
  }

  private link(lane: Lane, group: Group): void {
    if (group.entries.has(lane) || !fits(group.requirements, lane.traits)) return;
    const entry: Entry = { group, slot: -1, priority: 0, position: 0 };
    group.entries.set(lane, entry);
    const task = group.tasks.peek();
    if (task) this.rank(lane, entry, task);
  }

  /** In the lane of its kind, and in one of its own once a task asks for this very agent. */
  private seat(agent: Agent): void {
    this.takeSeat(agent, traitsKey(agent.offer), agentKeys(agent.offer));
    const own = pinnedKey(agent.agent_id);
    if (this.groupsByKey.has(own)) this.takeSeat(agent, own, [own]);
  }

  private takeSeat(agent: Agent, name: string, keys: string[]): void {
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = {
        traits: agent.offer,
        keys,
        free: new Heap<Seat>(isBetter),
        groups: new Heap<Entry>(comesBefore),
        members: 0,
      };
      this.lanes.set(name, lane);
      for (const key of keys) {
        file(this.lanesByKey, key, lane);
        for (const group of this.groupsByKey.get(key) ?? []) this.link(lane, group);
      }
    }
    lane.members += 1;
    agent.seats.push({ agent, lane, slot: -1 });
    this.refresh(agent);
  }

  private unseat(agent: Agent): void {
    for (const seat of agent.seats.splice(0)) {
      const { lane } = seat;
      if (seat.slot >= 0) lane.free.remove(seat);
      lane.members -= 1;
      if (lane.members > 0) continue;
      const own = pinnedKey(agent.agent_id);
      this.lanes.delete(lane.keys[0] === own ? own : traitsKey(lane.traits));
      this.open.delete(lane);
      for (const key of lane.keys) {
        unfile(this.lanesByKey, key, lane);
        for (const group of this.groupsByKey.get(key) ?? []) group.entries.delete(lane);
      }
    }
  }
}

type Rank = Pick<ReadyTask, 'priority' | 'position'>;

function comesBefore(a: Rank, b: Rank): boolean {
  return a.priority === b.priority ? a.position < b.position : a.priority > b.priority;
}

function newAgent(offer: AgentOffer): Agent {
  return {
    agent_id: offer.agent_id,
    offer,
    ...offer.routing,
    running: 0,
    capacity: 0,
    open_leases: 0,
    score: 0,
    tier: 0,
    value: 0,
    chosen: 0,
    seats: [],
  };
}

/** The one order of all strategies; equals by the longest not chosen, those never chosen as they registered. */
function isBetter({ agent: a }: Seat, { agent: b }: Seat): boolean {
  if (a.offer.connected !== b.offer.connected) return a.offer.connected;
  if (a.tier !== b.tier) return a.tier < b.tier;
  if (a.value !== b.value) return a.value < b.value;
  return a.chosen === b.chosen ? registeredBefore(a, b) : a.chosen < b.chosen;
}

function* freeIn(group: Group): Iterable<Heap<Seat>> {
  for (const lane of group.entries.keys()) if (lane.free.size > 0) yield lane.free;
}

/** The first ten of all lanes are among the first ten of the ten lanes with the best heads. */
function bestSeats(group: Group): Seat[] {
  const heads: Seat[] = [];
  for (const lane of group.entries.keys()) {
    const head = lane.free.peek();
    if (head) heads.push(head);
  }
  const order = (a: Seat, b: Seat) => (isBetter(a, b) ? -1 : 1);
  if (heads.length > 1) heads.sort(order);
  const seats = heads.slice(0, CANDIDATES_KEPT).flatMap((head) => head.lane.free.first(CANDIDATES_KEPT));
  return seats.sort(order).slice(0, CANDIDATES_KEPT);
}

function file<T>(index: Map<string, Set<T>>, key: string, item: T): void {
  const filed = index.get(key);
  if (filed) filed.add(item);
  else index.set(key, new Set([item]));
}

function unfile<T>(index: Map<string, Set<T>>, key: string, item: T): void {
  const filed = index.get(key);
  filed?.delete(item);
  if (filed?.size === 0) index.delete(key);
}
