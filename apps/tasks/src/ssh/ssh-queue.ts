import { SSH_POOL } from '@ao/contracts';
import type { OpenExplanation } from '../dispatch/explain';
import type { Hold, Running } from '../dispatch/gate';
import type { GatedPool, Gates } from '../dispatch/gates';
import { evolveOpenTask, type OpenTask, type TaskInput } from '../open-task/open-task';
import { SSH_RUNNER } from './ssh-tasks';

export interface SshLimits {
  /** Commands that run at once, over all replicas. */
  readonly total: number;
  /** On one connection. */
  readonly perConnection: number;
}

/** What a batch did to a command that somebody was running. */
export interface EndedLease {
  readonly task_id: string;
  readonly lease_token: string;
  /** The event that ended it. */
  readonly by: string;
}

/** The key that tasks of one connection have in common. */
export const connectionKey = (connectionId: string) => `ssh:${connectionId}`;

/**
 * The open tasks of the SSH pool, and which of them may run now: those of the highest priority first, and among them the
 * one that was submitted first. What another process still runs counts as well. What a gate holds lets others pass.
 */
export class SshQueue implements GatedPool {
  private readonly tasks = new Map<string, OpenTask>();
  /** Their assignments are on their way to the log. */
  private readonly reserved = new Set<string>();
  /** What the gates count as running. */
  private readonly entered = new Map<string, Running>();

  constructor(
    private readonly limits: SshLimits,
    private readonly gates: Gates,
  ) {
    gates.join(this);
  }

  counted(): Iterable<Running> {
    return this.entered.values();
  }

  /** Starts anew from what the tables hold. */
  load(tasks: Iterable<OpenTask>): void {
    this.tasks.clear();
    this.entered.clear();
    for (const task of tasks) {
      this.tasks.set(task.task_id, task);
      if (this.runs(task)) this.entered.set(task.task_id, { task, agent_id: SSH_RUNNER });
    }
    this.gates.reloaded(this.entered.values(), this);
  }

  /** Answers which lease this ended, if it did. */
  apply(event: TaskInput): EndedLease | undefined {
    if (event.type === 'TaskSubmitted' && event.data.pool !== SSH_POOL) return undefined;
    const { task_id } = event.data;
    const before = this.tasks.get(task_id);
    const after = evolveOpenTask(before, event);
    if (after && after.pool === SSH_POOL) this.tasks.set(task_id, after);
    else this.tasks.delete(task_id);
    this.count(task_id);
    const lease_token = before?.lease?.lease_token;
    if (lease_token === undefined || after?.lease?.lease_token === lease_token) return undefined;
    return { task_id, lease_token, by: event.type };
  }

  leaseOf(taskId: string): OpenTask['lease'] {
    return this.tasks.get(taskId)?.lease;
  }

  /** The next one that may run, reserved until `settle`. */
  next(now: number): OpenTask | undefined {
    const { total, onConnection } = this.running();
    if (total >= this.limits.total) return undefined;
    let best: OpenTask | undefined;
    for (const task of this.tasks.values()) {
      if (this.runs(task) || task.held !== undefined || task.ready_at > now) continue;
      if ((onConnection.get(keyOf(task)) ?? 0) >= this.limits.perConnection) continue;
      if ((!best || comesBefore(task, best)) && !this.gates.holds(task)) best = task;
    }
    if (!best) return undefined;
    this.reserved.add(best.task_id);
    this.count(best.task_id);
    return best;
  }

  /** The assignment is in the log and its event was seen, or it never will be. */
  settle(taskId: string): void {
    this.reserved.delete(taskId);
    this.count(taskId);
  }

  /** When the next one that waits for a time may run. */
  due(now: number): number | undefined {
    const times = [...this.tasks.values()].flatMap((task) => {
      if (this.runs(task) || task.held !== undefined) return [];
      return task.ready_at > now ? task.ready_at : (this.gates.holds(task)?.until ?? []);
    });
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Why an open task waits; undefined for one that is not here. */
  explain(taskId: string): OpenExplanation | undefined {
    const task = this.tasks.get(taskId);
    if (!task) return undefined;
    if (task.lease !== undefined || task.held !== undefined) return { task, queued: undefined };
    const waiting = [...this.tasks.values()].filter((other) => !this.runs(other) && other.held === undefined);
    const ahead = waiting.filter((other) => keyOf(other) === keyOf(task) && comesBefore(other, task)).length;
    const queued = {
      assigning: this.reserved.has(taskId) ? 'ssh-runner' : undefined,
      ready_at: task.ready_at,
      holds: this.holdsOf(task),
      place: { effective_priority: task.priority, ahead, other_keys: 0 },
      // The runner is always there.
      fleet: { agents: 1, fit: 1, free: 1, obstacles: [], examples: [] },
    };
    return { task, queued };
  }

  private holdsOf(task: OpenTask): Hold[] {
    const { total, onConnection } = this.running();
    const here = onConnection.get(keyOf(task)) ?? 0;
    const holds: Hold[] = [];
    if (here >= this.limits.perConnection)
      holds.push({
        code: 'ssh_connection_busy',
        detail: `${here} commands run on its SSH connection`,
        key: keyOf(task),
      });
    if (total >= this.limits.total)
      holds.push({ code: 'ssh_runner_busy', detail: `${total} SSH commands run`, key: SSH_POOL });
    return [...holds, ...this.gates.allHolds(task)];
  }

  /** Tells the gates whether the task runs. */
  private count(taskId: string): void {
    const task = this.tasks.get(taskId);
    const entered = this.entered.get(taskId);
    if (task && this.runs(task)) {
      if (entered) return;
      this.entered.set(taskId, { task, agent_id: SSH_RUNNER });
      this.gates.entered(task, SSH_RUNNER);
    } else if (entered) {
      this.entered.delete(taskId);
      this.gates.left(entered.task, SSH_RUNNER);
    }
  }

  private running(): { readonly total: number; readonly onConnection: ReadonlyMap<string, number> } {
    const onConnection = new Map<string, number>();
    let total = 0;
    for (const task of this.tasks.values()) {
      if (!this.runs(task)) continue;
      total += 1;
      onConnection.set(keyOf(task), (onConnection.get(keyOf(task)) ?? 0) + 1);
    }
    return { total, onConnection };
  }

  private runs(task: OpenTask): boolean {
    return task.lease !== undefined || this.reserved.has(task.task_id);
  }
}

const keyOf = ({ concurrency_key = '' }: OpenTask) => concurrency_key;

function comesBefore(task: OpenTask, other: OpenTask): boolean {
  return task.priority > other.priority || (task.priority === other.priority && task.position < other.position);
}
