import {
  PRIORITY_NAMES,
  bandRange,
  type AgentEvent,
  type PriorityName,
  type TaskEvent,
  type TaskRequirements,
} from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { RoutingStrategy } from '@ao/routing';
import { evolveOpenTask, type OpenLease, type OpenTask, type TaskInput } from '../open-task/open-task';
import { AgentRoster, type RosterAgent, type KnownOfAgents } from './agent-roster';
import { explainFleet, type AgentStanding, type OpenExplanation } from './explain';
import type { GateListener, Running } from './gate';
import { Gates, type GatedPool } from './gates';
import type { Match } from './match-maker';
import { signatureOf } from './requirement';
import { RunningTasks, type LeasedTask } from './running-tasks';
import { TrackedTask } from './tracked-task';
import { WaitingTasks } from './waiting-tasks';

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
  /** Something happened to a task while an agent had it. */
  whileLeased(event: TaskEvent, lease: OpenLease): void;
  /** A gate let something go, perhaps in the middle of an event. */
  freed?(): void;
}

export interface PoolModelOptions {
  readonly pool: string;
  readonly strategy: RoutingStrategy;
  readonly clock: Clock;
  readonly listener: PoolListener;
  readonly known?: KnownOfAgents;
  /** A task's priority is worth one level more for each of these milliseconds that it has waited; 0: strict. */
  readonly ageingMs?: number;
  /** Shared with other pools; default: the pool has its own. */
  readonly gates?: Gates;
}

/**
 * One pool's open tasks and the fleet, in memory: the same fold of the same events in every replica, so that a standby
 * is as ready as the owner. Reservations are the owner's own: assignments on their way to the log.
 */
export class PoolModel implements GateListener, GatedPool {
  readonly pool: string;
  readonly roster: AgentRoster;
  private readonly gates: Gates;
  private readonly tasks = new Map<string, TrackedTask>();
  private readonly reservations = new Map<string, string>();
  /** Tasks that got a place before their submission was followed. */
  private readonly expected = new Map<string, TrackedTask>();
  private running = new RunningTasks();
  private waiting: WaitingTasks;

  constructor(private readonly options: PoolModelOptions) {
    this.pool = options.pool;
    this.gates = options.gates ?? new Gates();
    this.gates.join(this);
    this.waiting = this.nobodyWaiting();
    this.roster = new AgentRoster((offer) => this.waiting.maker.setAgent(offer), options.known);
  }

  get openLeases(): number {
    return this.running.size;
  }

  *counted(): Iterable<Running> {
    for (const { counted } of this.tasks.values()) if (counted) yield counted;
    for (const { counted } of this.expected.values()) if (counted) yield counted;
  }

  freed(key: string): void {
    this.waiting.freed(key);
    this.options.listener.freed?.();
  }

  agentChanged(agentId: string): void {
    this.waiting.maker.recheck(agentId);
    this.options.listener.freed?.();
  }

  /** Queued tasks by band of priority, those included that wait for their retry time or behind a gate. */
  queueSizes(): Record<PriorityName, number> {
    const depths = this.waiting.depthByPriority;
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
      if (isQueued(task) && task.priority >= lowest && task.priority <= highest) ids.push(task.task_id);
    }
    return ids;
  }

  taskOf(taskId: string): OpenTask | undefined {
    return this.tasks.get(taskId)?.task;
  }

  /** The tasks that the agent has, the one it got first first. */
  heldBy(agentId: string): LeasedTask[] {
    return this.running.of(agentId);
  }

  /** What this replica knows of a task that has not ended. Costs one look at each agent. */
  explain(taskId: string): OpenExplanation | undefined {
    const tracked = this.tasks.get(taskId);
    if (!tracked) return undefined;
    const { task } = tracked;
    if (!isQueued(task)) return { task, queued: undefined };
    const { maker } = this.waiting;
    const standing = (agent: RosterAgent): AgentStanding => ({
      agent,
      limit: this.roster.limitOf(agent),
      running: maker.openLeasesOf(agent.agent_id),
      considered: maker.considers(agent.agent_id),
      hold: this.gates.holdsAgent(agent.agent_id),
    });
    return {
      task,
      queued: {
        assigning: tracked.reserved,
        ready_at: tracked.ready_at,
        holds: this.gates.allHolds(task),
        place: this.waiting.placeOf(tracked),
        fleet: explainFleet(task.requirements, this.roster.all(), standing),
      },
    };
  }

  /**
   * Starts anew from what the tables hold. Reservations stay; where one is in the log already, the tables or the events
   * after them tell of it.
   */
  load(agents: Iterable<RosterAgent>, tasks: Iterable<OpenTask>): void {
    this.waiting = this.nobodyWaiting();
    this.running = new RunningTasks();
    this.tasks.clear();
    const ours = [...tasks].filter(({ pool }) => pool === this.pool);
    const running = new Map<string, Running>();
    for (const task of ours) {
      const agent_id = task.lease?.agent_id ?? this.reservations.get(task.task_id);
      if (agent_id !== undefined) running.set(task.task_id, { task, agent_id });
      this.expected.delete(task.task_id);
    }
    for (const [taskId, { counted }] of this.expected) {
      if (counted && this.reservations.has(taskId)) running.set(taskId, counted);
      else this.expected.delete(taskId);
    }
    this.gates.reloaded(running.values(), this);
    this.roster.load(agents);
    for (const { reserved } of this.expected.values()) this.waiting.maker.occupy(reserved!);
    for (const task of ours) {
      const tracked = this.remember(task);
      tracked.counted = running.get(task.task_id);
      if (!task.lease) tracked.reserved = tracked.counted?.agent_id;
      this.place(tracked);
    }
  }

  apply(input: PoolInput): void {
    if (input.category === 'agent') this.roster.apply(input as unknown as AgentEvent);
    else if (input.category === 'task') this.applyTask(input as unknown as TaskInput);
  }

  /** Lets the tasks in whose time has come. */
  wake(): void {
    this.waiting.wake();
  }

  /** When there is something to wake or to reserve again: milliseconds since the Unix epoch. */
  due(): number | undefined {
    return this.waiting.due();
  }

  /** The next task and its agent, reserved until `settle`. */
  reserve(): Match | undefined {
    const match = this.waiting.next();
    if (!match) return undefined;
    this.take(this.tasks.get(match.task.task_id)!, match.agent_id);
    return match;
  }

  /**
   * An agent for a task that is about to be submitted, reserved until `settle` or `withdraw`, if one is free for it that
   * nobody who waits can have. Ask after `reserve` has found nothing more: who waits comes first.
   */
  reserveFor(task: OpenTask): Match | undefined {
    const { task_id } = task;
    if (this.tasks.has(task_id) || this.expected.has(task_id) || !isQueued(task)) return undefined;
    const tracked = this.trackedOf(task);
    this.waiting.add(tracked);
    const match = this.waiting.next();
    if (match?.task !== tracked) {
      this.waiting.remove(tracked);
      return undefined;
    }
    this.take(tracked, match.agent_id);
    this.expected.set(task_id, tracked);
    return match;
  }

  /** What `reserveFor` reserved, and the log does not have, is free again. */
  withdraw(taskId: string): void {
    const expected = this.expected.get(taskId);
    // Followed meanwhile, it is a task like any other.
    if (!expected) return this.settle(taskId, { retryAt: this.options.clock.now() });
    this.expected.delete(taskId);
    this.reservations.delete(taskId);
    this.waiting.maker.release(expected.reserved!);
    this.count(expected, undefined);
  }

  /** The assignment is in the log (its event follows), or it never will be: the task is then ready again at `retryAt`. */
  settle(taskId: string, outcome: 'appended' | { readonly retryAt: number }): void {
    this.reservations.delete(taskId);
    const tracked = this.tasks.get(taskId);
    if (outcome === 'appended' || tracked?.reserved === undefined) return;
    this.waiting.maker.release(tracked.reserved);
    tracked.reserved = undefined;
    tracked.pausedUntil = outcome.retryAt;
    this.count(tracked, undefined);
    if (isQueued(tracked.task)) this.waiting.add(tracked);
  }

  /** Leases not started whose agents are to be told again; they count as told now. */
  tellAgain(): OpenTask[] {
    return this.running.tellAgain(this.options.clock.now());
  }

  private applyTask(event: TaskInput): void {
    const tracked = this.tasks.get(event.data.task_id);
    const after = evolveOpenTask(tracked?.task, event);
    if (!tracked) {
      if (after?.pool === this.pool) this.open(after);
      return;
    }
    const { task: before } = tracked;
    this.tell(event, before);
    if (after !== before) this.move(tracked, after);
  }

  private tell(event: TaskEvent, before: OpenTask): void {
    const { listener } = this.options;
    if (event.type === 'TaskAssigned') {
      listener.assigned(before, (Date.parse(event.data.assigned_at) - before.ready_at) / 1000);
    }
    if (before.lease) listener.whileLeased(event, before.lease);
  }

  private take(tracked: TrackedTask, agentId: string): void {
    this.waiting.give(tracked, agentId);
    tracked.reserved = agentId;
    this.reservations.set(tracked.task_id, agentId);
    this.count(tracked, agentId);
  }

  private open(task: OpenTask): void {
    const expected = this.expected.get(task.task_id);
    if (expected) {
      // It has its place already.
      this.expected.delete(task.task_id);
      expected.task = { ...task, requirements: expected.task.requirements };
      this.tasks.set(task.task_id, expected);
      return;
    }
    const tracked = this.remember(task);
    this.count(tracked, task.lease?.agent_id);
    this.place(tracked);
  }

  private remember(task: OpenTask): TrackedTask {
    const tracked = this.trackedOf(task);
    this.tasks.set(task.task_id, tracked);
    return tracked;
  }

  private trackedOf(task: OpenTask): TrackedTask {
    // A million tasks share the few requirements that there are.
    const requirements: TaskRequirements =
      this.waiting.maker.requirementsLike(signatureOf(task.requirements)) ?? task.requirements;
    return new TrackedTask({ ...task, requirements });
  }

  /** Where a task belongs that stands nowhere yet. */
  private place(tracked: TrackedTask): void {
    const { task, reserved } = tracked;
    const agentId = task.lease?.agent_id ?? reserved;
    if (agentId !== undefined) this.waiting.maker.occupy(agentId);
    if (isLeased(task)) this.running.add(task, this.options.clock.now());
    else if (isQueued(task) && agentId === undefined) this.waiting.add(tracked);
  }

  private move(tracked: TrackedTask, after: OpenTask | undefined): void {
    const { task: before, reserved } = tracked;
    const agentAfter = after?.lease?.agent_id;
    // Until it is settled, an assignment that is on its way to the log may still come about.
    if (reserved === undefined || agentAfter !== undefined || !after) this.vacate(tracked, agentAfter);
    if (!after) {
      this.tasks.delete(before.task_id);
      return;
    }
    tracked.task = after;
    if (isLeased(after)) this.running.add(after, this.options.clock.now());
    else if (isQueued(after) && tracked.reserved === undefined) this.waiting.add(tracked);
  }

  /** Takes the task from where it stands; an agent that gets it now counts it. */
  private vacate(tracked: TrackedTask, agentAfter: string | undefined): void {
    const { task, reserved } = tracked;
    const { maker } = this.waiting;
    const agentBefore = task.lease?.agent_id ?? reserved;
    const waits = isQueued(task) && reserved === undefined;
    if (isLeased(task)) this.running.remove(task);
    if (waits && agentAfter !== undefined) this.waiting.give(tracked, agentAfter);
    else {
      if (waits) this.waiting.remove(tracked);
      if (agentBefore !== agentAfter) {
        if (agentBefore !== undefined) maker.release(agentBefore);
        if (agentAfter !== undefined) maker.occupy(agentAfter);
      }
    }
    tracked.reserved = undefined;
    this.count(tracked, agentAfter);
  }

  /** Tells the gates which agent has the task, or will have it. */
  private count(tracked: TrackedTask, agentId: string | undefined): void {
    const { counted, task } = tracked;
    if (counted?.agent_id === agentId) return;
    tracked.counted = undefined;
    if (counted) this.gates.left(counted.task, counted.agent_id);
    if (agentId === undefined) return;
    tracked.counted = { task, agent_id: agentId };
    this.gates.entered(task, agentId);
  }

  private nobodyWaiting(): WaitingTasks {
    const { strategy, clock, ageingMs = 0 } = this.options;
    return new WaitingTasks(strategy, this.gates, clock, ageingMs);
  }
}

function isLeased(task: OpenTask): task is LeasedTask {
  return task.lease !== undefined;
}

/** Waits for an agent, or is about to get one. */
function isQueued(task: OpenTask): boolean {
  return task.lease === undefined && task.held === undefined;
}
