import type { TaskRequirements } from '@ao/contracts';
import type { Random, RoutingStrategy } from '@ao/routing';
import { drawLots, onTrial } from './draw';
import { Heap } from './heap';
import {
  Lane,
  comesBefore,
  newCell,
  type Agent,
  type AgentOffer,
  type Cell,
  type Group,
  type ReadyTask,
  type Seat,
} from './lane';
import { agentKeys, fits, pinnedKey, requirementKey, signatureOf, traitsKey } from './requirement';
import { bestSeats, isBetter, newAgent } from './seats';
import type { FairnessKey } from './turns';

export interface Match {
  readonly task: ReadyTask;
  readonly agent_id: string;
  /** The free agents that fit, best first, at most 3. */
  readonly candidates: { agent_id: string; score: number }[];
  readonly candidate_count: number;
}

/** Each stands in the log for ever. */
const CANDIDATES_KEPT = 3;
/** Groups stay, up to this many cells without tasks, because the next task is likely to be of the same kind. */
const IDLE_CELLS_KEPT = 256;

/**
 * Ready tasks and free agents, and who gets what: strictly by level, within a level the fairness keys take turns, within
 * a key in the order of submission, the agent by the strategy. Pure and in memory. A task costs O(log n) of the tasks
 * with the same requirements and key, plus one step per kind of agent that fits it; tasks that nobody fits cost nothing
 * but their memory.
 *
 * Turns are those of one kind of agent (lane): while a lane's agents get tasks, a key that waits there sees at most one
 * task of each other key of its level go before its own next one, however many are queued. Where several kinds of agents
 * fit, it is one per kind. Tasks pinned to one agent take turns among themselves. Without keys the order is that of
 * submission.
 */
export class MatchMaker {
  private readonly groups = new Map<string, Group>();
  private readonly groupsByKey = new Map<string, Set<Group>>();
  private readonly idleCells = new Set<Cell>();
  private readonly lanes = new Map<string, Lane>();
  private readonly lanesByKey = new Map<string, Set<Lane>>();
  private readonly agents = new Map<string, Agent>();
  /** Lanes that may have both a free agent and a task. */
  private readonly open = new Set<Lane>();
  private choices = 0;

  constructor(
    readonly strategy: RoutingStrategy,
    private readonly random: Random = Math.random,
    /** Whether the agent gets nothing, whatever it offers; asked again at `recheck`. */
    private readonly isBarred: (agentId: string) => boolean = () => false,
  ) {}

  /** The requirements object that tasks of this signature share, if there is one. */
  requirementsLike(signature: string): TaskRequirements | undefined {
    return this.groups.get(signature)?.requirements;
  }

  add(task: ReadyTask, requirements: TaskRequirements): void {
    const cell = this.cellOf(requirements, task.fairness_key);
    task.cell = cell;
    cell.tasks.push(task);
    this.idleCells.delete(cell);
    if (task.slot !== 0) return;
    for (const [lane, entry] of cell.entries) {
      lane.update(entry);
      if (lane.free.size > 0) this.open.add(lane);
    }
  }

  /** Takes a task out, whether given to an agent, cancelled or otherwise gone. */
  remove(task: ReadyTask): void {
    const { cell } = task;
    if (cell === undefined) return;
    cell.tasks.remove(task);
    task.cell = undefined;
    if (cell.tasks.size === 0) this.retire(cell);
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

  /** Whether the agent is barred has another answer now. */
  recheck(agentId: string): void {
    this.change(agentId, 0);
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

  /** Whether the strategy gives the agent anything at all now. */
  considers(agentId: string): boolean {
    return this.agents.get(agentId)?.score !== undefined;
  }

  /** The task to give out next, for which at least one agent is free. */
  first(): ReadyTask | undefined {
    let best: ReadyTask | undefined;
    for (const lane of this.open) {
      const task = lane.free.size > 0 ? lane.first() : undefined;
      if (task === undefined) this.open.delete(lane);
      else if (best === undefined || comesBefore(task, best)) best = task;
    }
    return best;
  }

  /** The agent for a task that `first` named. */
  match(task: ReadyTask): Match {
    const { group } = task.cell!;
    const ranked = this.ranked(group);
    let candidate_count = 0;
    for (const lane of group.lanes) candidate_count += lane.free.size;
    const candidates = ranked.map(({ agent_id, score }) => ({ agent_id, score: score ?? 0 }));
    return { task, agent_id: ranked[0]!.agent_id, candidates, candidate_count };
  }

  /** The agent has the task: it is taken out, the lease counted, and the key has had its turn. */
  give(task: ReadyTask, agentId: string): void {
    const { cell, level } = task;
    this.remove(task);
    this.occupy(agentId);
    if (cell === undefined) return;
    for (const { lane } of this.agents.get(agentId)?.seats ?? []) {
      if (cell.group.lanes.has(lane)) lane.took(level, cell.key);
    }
  }

  /** The best of the free agents that fit, best first; the first of them gets the task. */
  private ranked(group: Group): Pick<Agent, 'agent_id' | 'score'>[] {
    const { strategy, random } = this;
    if (strategy.lots) return drawLots(strategy, freeIn(group), random, CANDIDATES_KEPT);
    const best = bestSeats(group.lanes, CANDIDATES_KEPT).map(({ agent }) => agent);
    if (strategy.trials === undefined || random() >= strategy.trials) return best;
    const tried = onTrial(freeIn(group), random);
    return [tried, ...best.filter((agent) => agent !== tried)].slice(0, CANDIDATES_KEPT);
  }

  private change(agentId: string, by: 1 | 0 | -1): void {
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
    const free = open_leases < offer.limit && agent.score !== undefined && !this.isBarred(agent.agent_id);
    for (const seat of agent.seats) {
      const { lane } = seat;
      if (free && seat.slot < 0) {
        lane.free.push(seat);
        if (lane.waits) this.open.add(lane);
      } else if (free) lane.free.moved(seat);
      else if (seat.slot >= 0) lane.free.remove(seat);
    }
  }

  private cellOf(requirements: TaskRequirements, key: FairnessKey): Cell {
    const group = this.groupOf(requirements);
    let cell = group.cells.get(key);
    if (cell === undefined) {
      cell = newCell(group, key);
      group.cells.set(key, cell);
      for (const lane of group.lanes) lane.link(cell);
    }
    return cell;
  }

  private groupOf(requirements: TaskRequirements): Group {
    const signature = signatureOf(requirements);
    const known = this.groups.get(signature);
    if (known) return known;
    const group: Group = { signature, requirements, cells: new Map(), lanes: new Set() };
    this.groups.set(signature, group);
    const key = requirementKey(requirements);
    file(this.groupsByKey, key, group);
    if (requirements.agent_id !== undefined) {
      const agent = this.agents.get(requirements.agent_id);
      if (agent && !this.lanes.has(key)) this.takeSeat(agent, key, [key]);
    }
    for (const lane of this.lanesByKey.get(key) ?? []) link(lane, group);
    return group;
  }

  private retire(cell: Cell): void {
    this.idleCells.add(cell);
    if (this.idleCells.size <= IDLE_CELLS_KEPT) return;
    const [oldest] = this.idleCells;
    const { group } = oldest!;
    this.idleCells.delete(oldest!);
    for (const lane of group.lanes) lane.unlink(oldest!);
    group.cells.delete(oldest!.key);
    if (group.cells.size > 0) return;
    this.groups.delete(group.signature);
    unfile(this.groupsByKey, requirementKey(group.requirements), group);
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
      lane = new Lane(agent.offer, keys, new Heap<Seat>(isBetter));
      this.lanes.set(name, lane);
      for (const key of keys) {
        file(this.lanesByKey, key, lane);
        for (const group of this.groupsByKey.get(key) ?? []) link(lane, group);
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
        for (const group of this.groupsByKey.get(key) ?? []) {
          if (!group.lanes.delete(lane)) continue;
          for (const cell of group.cells.values()) cell.entries.delete(lane);
        }
      }
    }
  }
}

function link(lane: Lane, group: Group): void {
  if (group.lanes.has(lane) || !fits(group.requirements, lane.traits)) return;
  group.lanes.add(lane);
  for (const cell of group.cells.values()) lane.link(cell);
}

function* freeIn(group: Group): Iterable<Heap<Seat>> {
  for (const lane of group.lanes) if (lane.free.size > 0) yield lane.free;
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
