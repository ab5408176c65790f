import {
  PRIORITY_NAMES,
  bandRange,
  type AgentEvent,
  type PriorityName,
  type TaskEvent,
  type TaskRequirements,
} from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { evolveOpenTask, type OpenLease, type OpenTask } from '../open-task/open-task';
import { AgentRoster, type KnownOfAgents, type RosterAgent } from './agent-roster';
import { Heap } from './heap';
import { MatchMaker, type AgentOffer, type Group, type Match, type ReadyTask } from './match-maker';
import { signatureOf } from './requirement';
import type { RoutingStrategy } from '@ao/routing';

/** A task of the pool in memory; in one heap at most: its group's when ready, `delayed` before its time. */
class Tracked implements ReadyTask {
  slot = -1;
  group: Group | undefined = undefined;
  /** The agent to which its assignment is on its way to the log. */
  reserved: string | undefined = undefined;

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
}

/** An event of a task or of an agent, as the log has it. */
export interface PoolInput {
  readonly category: string;
  readonly position: number;
  readonly type: string;
  readonly data: unknown;
}

/** What the model tells of. Every replica's model speaks; only the pool's owner acts on it. */
export interface PoolListener {
  /** An agent got a task. `waited`: seconds since the task was ready, on the log's clock. */
  assigned(task: OpenTask, waited: number): void;
  /** The task was cancelled while the agent had it. */
  cancelledWithAgent(taskId: string, agentId: string, reason: string): void;
}

export type LeasedTask = OpenTask & { readonly lease: OpenLease };

/** A lease whose agent has not said yet that it started. */
export interface UnstartedLease {
  readonly task: OpenTask;
  /** When the agent was last told, on the model's clock. */
  readonly told: number;
}

/**
 * One pool's open tasks and the fleet, in memory: the same fold of the same events in every replica, so that a standby
 * is as ready as the owner. Reservations are the owner's own: assignments on their way to the log.
 */
export class PoolModel {
  readonly roster: AgentRoster;
  private readonly tasks = new Map<string, Tracked>();
  private readonly delayed = new Heap<Tracked>((a, b) => a.task.ready_at < b.task.ready_at);
  private readonly reservations = new Map<string, string>();
  /** By task, the one told longest ago first. */
  private readonly unstarted = new Map<string, UnstartedLease>();
  /** The tasks that each agent has, in the order it got them. */
  private readonly held = new Map<string, Set<string>>();
  private maker: MatchMaker;
  private leases = 0;

  constructor(
    readonly pool: string,
    private readonly strategy: RoutingStrategy,
    private readonly clock: Clock,
    private readonly listener: PoolListener,
    known: KnownOfAgents = {},
  ) {
    this.maker = new MatchMaker(strategy);
    this.roster = new AgentRoster((offer: AgentOffer) => this.maker.setAgent(offer), known);
  }

  get openLeases(): number {
    return this.leases;
  }

  /** Queued tasks by band of priority, those included that wait for their retry time. */
  queueSizes(): Record<PriorityName, number> {
    const depths = [...this.maker.depthByPriority];
    for (const { priority } of this.delayed) depths[priority]! += 1;
    const sizes = PRIORITY_NAMES.map((name) => {
      const { lowest, highest } = bandRange(name);
      return [name, depths.slice(lowest, highest + 1).reduce((sum, depth) => sum + depth, 0)];
    });
    return Object.fromEntries(sizes) as Record<PriorityName, number>;
  }

  /** The ids of the band's queued tasks, those included whose assignment is on its way to the log. */
  queuedIn(band: PriorityName): string[] {
    const { lowest, highest } = bandRange(band);
    const ids: string[] = [];
    for (const { task } of this.tasks.values()) {
      if (!task.lease && task.priority >= lowest && task.priority <= highest) ids.push(task.task_id);
    }
    return ids;
  }

  taskOf(taskId: string): OpenTask | undefined {
    return this.tasks.get(taskId)?.task;
  }

  /** The tasks that the agent has, the one it got first first. */
  heldBy(agentId: string): LeasedTask[] {
    const tasks: LeasedTask[] = [];
    for (const taskId of this.held.get(agentId) ?? []) tasks.push(this.tasks.get(taskId)!.task as LeasedTask);
    return tasks;
  }

  /** Starts anew from what the tables hold. Reservations stay. */
  load(agents: Iterable<RosterAgent>, tasks: Iterable<OpenTask>): void {
    this.maker = new MatchMaker(this.strategy);
    this.tasks.clear();
    this.unstarted.clear();
    this.held.clear();
    for (const tracked of [...this.delayed]) this.delayed.remove(tracked);
    this.leases = 0;
    this.roster.load(agents);
    for (const task of tasks) if (task.pool === this.pool) this.track(task);
    for (const [taskId, agentId] of this.reservations) {
      const tracked = this.tasks.get(taskId);
      if (!tracked || tracked.task.lease) continue;
      this.takeOut(tracked);
      tracked.reserved = agentId;
      this.maker.occupy(agentId);
    }
  }

  apply(input: PoolInput): void {
    if (input.category === 'agent') this.roster.apply(input as unknown as AgentEvent);
    else if (input.category === 'task') this.applyTask(input as unknown as TaskEvent & { position: number });
  }

  /** Lets the delayed tasks in whose time has come; returns when the next one is due, or undefined. */
  wake(): number | undefined {
    const now = this.clock.now();
    for (;;) {
      const first = this.delayed.peek();
      if (!first || first.task.ready_at > now) return first?.task.ready_at;
      this.delayed.remove(first);
      this.maker.add(first, first.task.requirements);
    }
  }

  /** The next task and its agent, reserved until `settle`. */
  reserve(): Match | undefined {
    const match = this.maker.next();
    if (!match) return undefined;
    const tracked = this.tasks.get(match.task.task_id)!;
    tracked.reserved = match.agent_id;
    this.reservations.set(tracked.task_id, match.agent_id);
    return match;
  }

  /** The assignment is in the log (its event follows), or it never will be: the task is then ready again at `retryAt`. */
  settle(taskId: string, outcome: 'appended' | { readonly retryAt: number }): void {
    this.reservations.delete(taskId);
    const tracked = this.tasks.get(taskId);
    if (outcome === 'appended' || tracked?.reserved === undefined) return;
    this.maker.release(tracked.reserved);
    tracked.reserved = undefined;
    tracked.task = { ...tracked.task, ready_at: Math.max(tracked.task.ready_at, outcome.retryAt) };
    this.queue(tracked);
  }

  /** Leases not started whose agents were last told before that time; they count as told now. */
  tellAgain(before: number): OpenTask[] {
    const due: OpenTask[] = [];
    for (const [taskId, { task, told }] of this.unstarted) {
      if (told > before) break;
      due.push(task);
      this.unstarted.delete(taskId);
    }
    for (const task of due) this.unstarted.set(task.task_id, { task, told: this.clock.now() });
    return due;
  }

  private applyTask(event: TaskEvent & { position: number }): void {
    const tracked = this.tasks.get(event.data.task_id);
    const after = evolveOpenTask(tracked?.task, event);
    if (!tracked) {
      if (after?.pool === this.pool) this.track(after);
      return;
    }
    const { task: before } = tracked;
    if (after === before) return;
    if (event.type === 'TaskAssigned') {
      this.listener.assigned(after!, (Date.parse(event.data.assigned_at) - before.ready_at) / 1000);
    } else if (event.type === 'TaskCancelled' && before.lease) {
      this.listener.cancelledWithAgent(event.data.task_id, before.lease.agent_id, event.data.reason);
    }
    this.move(tracked, after);
  }

  private track(task: OpenTask): void {
    // A million tasks share the few requirements that there are.
    const requirements: TaskRequirements =
      this.maker.requirementsLike(signatureOf(task.requirements)) ?? task.requirements;
    const tracked = new Tracked({ ...task, requirements });
    this.tasks.set(task.task_id, tracked);
    if (task.lease) this.openLease(tracked.task, task.lease.agent_id);
    else this.queue(tracked);
  }

  private move(tracked: Tracked, after: OpenTask | undefined): void {
    const { task: before, reserved } = tracked;
    const agentBefore = before.lease?.agent_id ?? reserved;
    const agentAfter = after?.lease?.agent_id;
    if (before.lease) this.closeLease(before.task_id, before.lease.agent_id);
    else if (reserved === undefined) this.takeOut(tracked);
    tracked.reserved = undefined;
    if (agentBefore !== undefined && agentBefore !== agentAfter) this.maker.release(agentBefore);
    if (!after) {
      this.tasks.delete(before.task_id);
      return;
    }
    tracked.task = after;
    if (agentAfter === undefined) this.queue(tracked);
    else this.openLease(after, agentBefore === agentAfter ? undefined : agentAfter);
  }

  private openLease(task: OpenTask, occupies: string | undefined): void {
    this.leases += 1;
    const { agent_id } = task.lease!;
    const held = this.held.get(agent_id);
    if (held) held.add(task.task_id);
    else this.held.set(agent_id, new Set([task.task_id]));
    if (occupies !== undefined) this.maker.occupy(occupies);
    if (!task.lease!.started) this.unstarted.set(task.task_id, { task, told: this.clock.now() });
  }

  private closeLease(taskId: string, agentId: string): void {
    this.leases -= 1;
    this.unstarted.delete(taskId);
    const held = this.held.get(agentId);
    held?.delete(taskId);
    if (held?.size === 0) this.held.delete(agentId);
  }

  private queue(tracked: Tracked): void {
    if (tracked.task.ready_at > this.clock.now()) this.delayed.push(tracked);
    else this.maker.add(tracked, tracked.task.requirements);
  }

  private takeOut(tracked: Tracked): void {
    if (tracked.group) this.maker.remove(tracked);
    else this.delayed.remove(tracked);
  }
}
