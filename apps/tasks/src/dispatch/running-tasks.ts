import type { OpenLease, OpenTask } from '../open-task/open-task';

export type LeasedTask = OpenTask & { readonly lease: OpenLease };

interface Unstarted {
  readonly task: OpenTask;
  /** When the agent is told again: milliseconds since the Unix epoch. */
  readonly due: number;
  readonly pause: number;
}

/**
 * An agent that has not said that it started hears of the task again after this many milliseconds, and then after twice as
 * many each time: it may not have got it, or it took it beforehand and is not yet so far.
 */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 32_000;

/** The tasks that agents have. */
export class RunningTasks {
  private readonly unstarted = new Map<string, Unstarted>();
  /** The tasks that each agent has, in the order it got them. */
  private readonly held = new Map<string, Map<string, LeasedTask>>();
  private leases = 0;

  get size(): number {
    return this.leases;
  }

  /** The one it got first first. */
  of(agentId: string): LeasedTask[] {
    return [...(this.held.get(agentId)?.values() ?? [])];
  }

  add(task: LeasedTask, now: number): void {
    const { task_id, lease } = task;
    this.leases += 1;
    const held = this.held.get(lease.agent_id);
    if (held) held.set(task_id, task);
    else this.held.set(lease.agent_id, new Map([[task_id, task]]));
    if (!lease.started) this.unstarted.set(task_id, { task, due: now + FIRST_PAUSE_MS, pause: FIRST_PAUSE_MS });
  }

  remove({ task_id, lease }: LeasedTask): void {
    this.leases -= 1;
    this.unstarted.delete(task_id);
    const held = this.held.get(lease.agent_id);
    held?.delete(task_id);
    if (held?.size === 0) this.held.delete(lease.agent_id);
  }

  /** Leases not started whose agents are to be told again; they count as told now. */
  tellAgain(now: number): OpenTask[] {
    const told: OpenTask[] = [];
    for (const [taskId, unstarted] of this.unstarted) {
      if (unstarted.due > now) continue;
      const pause = Math.min(2 * unstarted.pause, LONGEST_PAUSE_MS);
      this.unstarted.set(taskId, { task: unstarted.task, due: now + pause, pause });
      told.push(unstarted.task);
    }
    return told;
  }
}
