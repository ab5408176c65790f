import {
  AgentStreamMessage,
  agentEvents,
  capabilityEvents,
  submitTask,
  type AgentEvent,
  type CapabilityEvent,
  type DataOf,
  type RequestContract,
  type ResultOf,
  type TaskEvent,
} from '@ao/contracts';
import { agentRegistered, type ProfileChanges } from '@ao/contracts/testing';
import { createEventLog, createPool, type CommandResult, type EventLog } from '@ao/event-log';
import { isoTime, isRejection, newId, type CommandMetadata } from '@ao/kernel';
import {
  AGENT_CONNECTIONS,
  HEARTBEATS,
  agentStreamSubject,
  connectBus,
  createCommandClient,
  type Bus,
  type CommandClient,
} from '@ao/messaging';
import { eventually, startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

export type Assigned = Extract<AgentStreamMessage, { type: 'task_assigned' }>['task'];

/** tasks as a process of its own; this file plays the registry, the gateway and the agents around it. */
export class TasksFixture {
  readonly gatewayId = newId();
  /** What came for each agent over `agent-stream.<id>`. */
  readonly received = new Map<string, AgentStreamMessage[]>();
  readonly replicas: StartedService[] = [];
  private epoch = 0;

  private constructor(
    readonly stack: TestStack,
    readonly bus: Bus,
    readonly client: CommandClient,
    readonly admin: Pool,
    /** As the registry, whose events are the agents'. */
    private readonly registry: { pool: Pool; bus: Bus; log: EventLog },
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<TasksFixture> {
    const stack = await testStack({ services: ['tasks'], env });
    const bus = await connectBus({ url: stack.nats.url, name: 'gateway', ...stack.nats.credentials('gateway') });
    const registryBus = await connectBus({
      url: stack.nats.url,
      name: 'registry',
      ...stack.nats.credentials('registry'),
    });
    const pool = createPool(stack.database.urlFor('registry'), { applicationName: 'test-registry' });
    const log = createEventLog({ pool, bus: registryBus.commitBus() });
    await log.ready();
    const client = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
    const fixture = new TasksFixture(stack, bus, client, stack.database.pool('admin'), { pool, bus: registryBus, log });
    await bus.subscribe(agentStreamSubject('*'), (body, { subject }) => {
      const agentId = subject.slice(agentStreamSubject('').length);
      fixture.received.set(agentId, [...(fixture.received.get(agentId) ?? []), AgentStreamMessage.parse(body)]);
    });
    return fixture;
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await this.registry.log.close();
    await this.registry.pool.end();
    await this.registry.bus.drain();
    await this.bus.drain();
    await this.stack.stop();
  }

  async replica(): Promise<StartedService> {
    const replica = await startService('tasks', this.stack.environmentOf('tasks'));
    this.replicas.push(replica);
    await replica.ready();
    return replica;
  }

  metadata(changes: Partial<CommandMetadata> = {}): CommandMetadata {
    const command_id = newId();
    const actor = { type: 'operator', id: 'test' } as const;
    return { command_id, actor, correlation_id: command_id, causation_id: command_id, ...changes };
  }

  send<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    changes?: Partial<CommandMetadata>,
  ): Promise<CommandResult<ResultOf<C>>> {
    return contract.kind === 'query'
      ? this.client.query(contract, data, this.metadata(changes))
      : this.client.send(contract, data, this.metadata(changes));
  }

  async done<C extends RequestContract>(contract: C, data: DataOf<C>, changes?: Partial<CommandMetadata>) {
    const result = await this.send(contract, data, changes);
    if (isRejection(result)) throw new Error(`${result.code}: ${result.message}`);
    return result.result;
  }

  specification(change: Partial<DataOf<typeof submitTask>> = {}): DataOf<typeof submitTask> {
    return {
      type: 'index',
      payload: { file: 'a.md' },
      priority: 40,
      requirements: { capabilities: [] },
      retry: { max_attempts: 3, initial_delay_ms: 50, factor: 1, max_delay_ms: 50, jitter: 0 },
      lease_seconds: 60,
      ...change,
    };
  }

  /** A capability that no other test's agents have: tests of one file share a pool. */
  capability(): string {
    return `skill-${newId()}`;
  }

  async submit(change: Partial<DataOf<typeof submitTask>> = {}): Promise<string> {
    return (await this.done(submitTask, this.specification(change))).task_id;
  }

  /** Registers an agent; `connect` opens a socket for it. */
  async agent(change: ProfileChanges & { connect?: number } = {}): Promise<string> {
    const { connect, ...profile } = change;
    const agent_id = newId();
    await this.agentHappens(
      agentRegistered({ name: agent_id, ...profile, agent_id, registered_at: isoTime(Date.now()) }),
    );
    if (connect !== undefined) this.connect(agent_id, connect);
    return agent_id;
  }

  agentHappens(event: AgentEvent): Promise<void> {
    return this.happens(`agent-${event.data.agent_id}`, event, agentEvents[event.type].schemaVersion);
  }

  /** As discovery's; it is found in the log, for the registry may not announce it. */
  capabilityHappens(event: CapabilityEvent): Promise<void> {
    const stream = `capability-${event.data.capability_id}`;
    return this.happens(stream, event, capabilityEvents[event.type].schemaVersion);
  }

  private async happens(stream_id: string, event: AgentEvent | CapabilityEvent, schema_version: number): Promise<void> {
    const command_id = newId();
    const metadata = { ...this.metadata(), command_id, actor: { type: 'system', id: 'test' } as const };
    await this.registry.log.append({
      streams: [{ stream_id, events: [{ ...event, schema_version }] }],
      metadata,
      command_hash: command_id.replaceAll('-', '').repeat(2),
      result: {},
    });
  }

  offline(agent_id: string): Promise<void> {
    const at = isoTime(Date.now());
    return this.agentHappens({
      type: 'AgentWentOffline',
      data: { agent_id, at, last_heartbeat: at, reason: 'heartbeats_missed' },
    });
  }

  connect(agentId: string, max_concurrent_tasks = 1, connected = true): void {
    const connections = [{ agent_id: agentId, epoch: (this.epoch += 1), connected, max_concurrent_tasks }];
    this.bus.publish(AGENT_CONNECTIONS, { gateway_id: this.gatewayId, complete: false, connections });
  }

  beat(agentId: string, load_metrics: Record<string, number>): void {
    this.registry.bus.publish(HEARTBEATS, { beats: [{ agent_id: agentId, at: Date.now(), load_metrics }] });
  }

  assignmentsOf(agentId: string): Assigned[] {
    const messages = this.received.get(agentId) ?? [];
    return messages.flatMap((message) => (message.type === 'task_assigned' ? [message.task] : []));
  }

  /** The task as this agent gets it over its socket. */
  assignment(agentId: string, taskId: string, timeoutMs = 10_000): Promise<Assigned> {
    return eventually(
      () => {
        const found = this.assignmentsOf(agentId).findLast((task) => task.taskId === taskId);
        if (!found) throw new Error(`agent ${agentId} has not heard of task ${taskId}`);
        return found;
      },
      { timeoutMs },
    );
  }

  async events(taskId: string): Promise<(TaskEvent & { recorded_at: Date; position: number })[]> {
    const { rows } = await this.admin.query<TaskEvent & { recorded_at: Date; position: number }>(
      'select type, data, recorded_at, position from event_log.events where stream_id = $1 order by version',
      [`task-${taskId}`],
    );
    return rows;
  }

  async types(taskId: string): Promise<string[]> {
    return (await this.events(taskId)).map(({ type }) => type);
  }

  /** Once the task's stream has this many events of the type; the last of them. */
  happened<Type extends TaskEvent['type']>(
    taskId: string,
    type: Type,
    options: { count?: number; timeoutMs?: number } = {},
  ) {
    const { count = 1, timeoutMs = 10_000 } = options;
    return eventually(
      async () => {
        const events = await this.events(taskId);
        const found = events.filter((event) => event.type === type);
        if (found.length < count) {
          throw new Error(`expected ${count} ${type}, got ${events.map((event) => event.type).join(', ')}`);
        }
        return found.at(-1) as Extract<TaskEvent, { type: Type }> & { recorded_at: Date; position: number };
      },
      { timeoutMs },
    );
  }
}
