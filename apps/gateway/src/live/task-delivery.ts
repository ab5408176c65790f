import type { AgentStreamMessage, StreamedTask } from '@ao/contracts';
import { newId, type Actor, type Clock } from '@ao/kernel';
import type { CredentialValues, Credentials } from './credentials';
import type { AgentConnection } from './task-stream.connection';

/** An assignment as it comes over NATS: its credentials are references. */
export type AssignedTask = Extract<AgentStreamMessage, { type: 'task_assigned' }>['task'];

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const MOST_REMEMBERED = 256;

export interface TaskDeliveryDependencies {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Hands tasks down one socket. One that needs secrets waits for them here: while identity is away it is tried again until
 * its lease is over, which costs no attempt because its agent never began.
 */
export class TaskDelivery {
  /** By task, the lease under which it is on its way. */
  private readonly underWay = new Map<string, string>();
  /** Leases that were handed over with their secrets: a repetition would only ask identity again. */
  private readonly handed = new Set<string>();
  private closed = false;

  constructor(
    private readonly connection: Pick<AgentConnection, 'agentId' | 'send'>,
    private readonly actor: Actor,
    private readonly dependencies: TaskDeliveryDependencies,
  ) {}

  /** `begun`: its agent said before that it started, so it may have the values and go on, whatever became of them. */
  deliver({ credentials, ...task }: AssignedTask, begun = false): void {
    if (!credentials || credentials.length === 0) {
      this.connection.send({ type: 'task_assigned', task });
      return;
    }
    if (this.handed.has(task.leaseToken) || this.underWay.get(task.taskId) === task.leaseToken) return;
    this.underWay.set(task.taskId, task.leaseToken);
    this.resolve(task, credentials, begun)
      .catch((error: unknown) => this.dependencies.onError(error))
      .finally(() => {
        if (this.isWanted(task)) this.underWay.delete(task.taskId);
      });
  }

  /** The task is not to be handed over any more. */
  drop(taskId: string): void {
    this.underWay.delete(taskId);
  }

  close(): void {
    this.closed = true;
    this.underWay.clear();
  }

  private async resolve(
    task: StreamedTask,
    references: NonNullable<AssignedTask['credentials']>,
    begun: boolean,
  ): Promise<void> {
    const { credentials, clock } = this.dependencies;
    const lease = {
      ...{ task_id: task.taskId, agent_id: this.connection.agentId },
      ...{ lease_token: task.leaseToken, credentials: references },
    };
    const correlation_id = newId();
    const asked = { actor: this.actor, correlation_id, causation_id: correlation_id };
    for (let pause = FIRST_RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
      const resolved = await credentials.resolve(lease, asked);
      if (!this.isWanted(task)) return;
      if (resolved.kind === 'values') return this.send(task, resolved.values);
      if (resolved.kind === 'missing') return begun ? undefined : credentials.fail(lease, resolved);
      if (clock.now() + pause >= Date.parse(task.leaseExpiresAt)) return;
      await rest(pause);
      if (!this.isWanted(task)) return;
    }
  }

  private send(task: StreamedTask, credentials: CredentialValues): void {
    this.handed.add(task.leaseToken);
    for (const oldest of this.handed) {
      if (this.handed.size <= MOST_REMEMBERED) break;
      this.handed.delete(oldest);
    }
    this.connection.send({ type: 'task_assigned', task: { ...task, credentials } });
  }

  private isWanted({ taskId, leaseToken }: StreamedTask): boolean {
    return !this.closed && this.underWay.get(taskId) === leaseToken;
  }
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds).unref());
}
