import type { OpenLease, OpenTask } from '../open-task/open-task';

export type LeasedTask = OpenTask & { readonly lease: OpenLease };

interface Unstarted {
  readonly task: OpenTask;
  /** When the agent was last told: milliseconds since the Unix epoch. */
  readonly told: number;
}

/** The tasks that agents have. */
export class RunningTasks {
  /** By task, the one told longest ago first. */
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
    if (!lease.started) this.unstarted.set(task_id, { task, told: now });
  }

  remove({ task_id, lease }: LeasedTask): void {
    this.leases -= 1;
    this.unstarted.delete(task_id);
    const held = this.held.get(lease.agent_id);
    held?.delete(task_id);
    if (held?.size === 0) this.held.delete(lease.agent_id);
  }

  /** Leases not started whose agents were last told before that time; they count as told now. */
  tellAgain(before: number, now: number): OpenTask[] {
    const due: OpenTask[] = [];
    for (const [taskId, { task, told }] of this.unstarted) {
      if (told > before) break;
      due.push(task);
      this.unstarted.delete(taskId);
    }
    for (const task of due) this.unstarted.set(task.task_id, { task, told: now });
    return due;
  }
}
