import type { Duplex } from 'node:stream';
import {
  AgentStreamMessage,
  leasesOfAgent,
  type AgentConnections,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import { assertNever, isRejection, newId, type Actor, type Clock, type Rejection } from '@ao/kernel';
import {
  AGENT_CONNECTIONS,
  AGENT_CONNECTIONS_WANTED,
  agentStreamSubject,
  type Bus,
  type BusSubscription,
  type CommandClient,
} from '@ao/messaging';
import type { WebSocket } from 'ws';
import { COMMAND_TIMEOUT_MS } from '../commands/command-path';
import { Credentials } from './credentials';
import { oneWritePerTurn } from './one-write-per-turn';
import { TaskDelivery } from './task-delivery';
import { AgentConnection, type StreamPorts } from './task-stream.connection';
import { assignedTask } from './task-stream.codec';

const ANNOUNCE_EVERY_MS = 5_000;
const PROBE_EVERY_MS = 15_000;
const FLUSH_TELEMETRY_EVERY_MS = 200;
/** A whole list larger than this would not fit a message: then only refreshes go out, and entries end by their age. */
const MAX_LISTED = 1_500;

const CLOSE_GOING_AWAY = 1001;

export interface HubDependencies {
  readonly bus: Bus;
  readonly commands: CommandClient;
  readonly clock: Clock;
  readonly onCount?: (connections: number) => void;
  readonly onError: (error: unknown, message: string) => void;
}

export interface ConnectingAgent {
  readonly agentId: string;
  readonly actor: Actor;
  readonly maxConcurrentTasks: number;
  readonly heartbeatIntervalSeconds: number;
}

interface Held {
  readonly connection: AgentConnection;
  readonly delivery: TaskDelivery;
  readonly subscription: BusSubscription;
}

/**
 * The sockets that agents hold at this replica. The newest connection of an agent wins, wherever it is; the dispatcher
 * hears of every change at once and of the whole list every 5 s.
 */
export class TaskStreamHub {
  readonly gatewayId = newId();
  private readonly held = new Map<string, Held>();
  private readonly credentials: Credentials;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly changed = new Set<string>();
  private announcing = false;
  private lastEpoch = 0;
  private wanted: BusSubscription | undefined;
  private stopListening: (() => void) | undefined;

  constructor(private readonly dependencies: HubDependencies) {
    this.credentials = new Credentials(dependencies.commands);
  }

  async start(): Promise<void> {
    const { bus } = this.dependencies;
    this.timers.push(
      setInterval(() => this.announceAll(), ANNOUNCE_EVERY_MS),
      setInterval(() => this.each((connection) => connection.probe()), PROBE_EVERY_MS),
      setInterval(() => this.flushTelemetry(), FLUSH_TELEMETRY_EVERY_MS),
    );
    this.wanted = await bus.subscribe(AGENT_CONNECTIONS_WANTED, () => this.announceAll());
    this.stopListening = bus.onStatus((status) => {
      if (status.kind === 'reconnected') this.announceAll();
    });
  }

  get count(): number {
    return this.held.size;
  }

  holds(agentId: string): boolean {
    return this.held.has(agentId);
  }

  /**
   * Takes an authenticated socket in: from here on its agent is connected to this replica.
   * @param stream what the socket writes to
   */
  async connect(agent: ConnectingAgent, socket: WebSocket, stream: Duplex): Promise<AgentConnection> {
    const { agentId } = agent;
    const epoch = this.nextEpoch();
    const ports = { ...this.portsFor(agent), beforeWrite: oneWritePerTurn(stream) };
    const connection = new AgentConnection(agentId, epoch, agent.maxConcurrentTasks, socket, ports);
    const delivery = this.deliveryTo(connection, agent.actor);
    // Frames may arrive from now on; the subscription stands before anybody is told that the agent can be reached.
    const subscription = await this.dependencies.bus.subscribe(agentStreamSubject(agentId), (body) =>
      this.heard(connection, delivery, body),
    );
    const before = this.held.get(agentId);
    if (socket.readyState !== socket.OPEN || (before && before.connection.epoch > epoch)) {
      await subscription.stop();
      connection.supersede();
      return connection;
    }
    this.held.set(agentId, { connection, delivery, subscription });
    socket.on('close', () => this.closed(connection));
    if (before) {
      before.connection.supersede();
      before.delivery.close();
      void before.subscription.stop();
    }
    this.publish(agentStreamSubject(agentId), { type: 'superseded', epoch } satisfies AgentStreamMessage);
    connection.send({ type: 'welcome', agentId, epoch, heartbeatInterval: agent.heartbeatIntervalSeconds });
    this.announceSoon(agentId);
    this.dependencies.onCount?.(this.held.size);
    await this.sendOpenLeases(connection, delivery, agent.actor);
    return connection;
  }

  /** Lets every agent go, with what they reported handed on; they connect elsewhere. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.stopListening?.();
    await this.wanted?.stop();
    const connections = [...this.held.values()].map(({ connection }) => connection);
    await Promise.all(
      connections.map(async (connection) => {
        await connection.settled();
        await connection.flushTelemetry();
        connection.close(CLOSE_GOING_AWAY, 'the gateway is shutting down');
      }),
    );
    this.publishConnections(connections.map((connection) => entryOf(connection, false)));
    for (const { delivery } of this.held.values()) delivery.close();
    await Promise.all([...this.held.values()].map(({ subscription }) => subscription.stop()));
    this.held.clear();
  }

  private portsFor(agent: ConnectingAgent): StreamPorts {
    const { commands, clock, onError } = this.dependencies;
    const correlationId = newId();
    const send = async <C extends RequestContract>(
      contract: C,
      data: DataOf<C>,
      commandId?: string,
    ): Promise<{ kind: 'done'; result: ResultOf<C> } | Rejection> =>
      commands.send(contract, data, {
        command_id: commandId ?? newId(),
        actor: agent.actor,
        correlation_id: correlationId,
        causation_id: correlationId,
        deadline: clock.now() + COMMAND_TIMEOUT_MS,
        idempotent: commandId !== undefined,
      });
    return {
      send,
      now: () => clock.now(),
      creditChanged: (connection) => this.announceSoon(connection.agentId),
      failed: (error) => onError(error, 'a frame of an agent failed unexpectedly'),
    };
  }

  private deliveryTo(connection: AgentConnection, actor: Actor): TaskDelivery {
    const { clock, onError } = this.dependencies;
    return new TaskDelivery(connection, actor, {
      ...{ clock, credentials: this.credentials },
      onError: (error) => onError(error, 'a task with credentials could not be handed over'),
    });
  }

  private heard(connection: AgentConnection, delivery: TaskDelivery, body: unknown): void {
    const parsed = AgentStreamMessage.safeParse(body);
    if (!parsed.success) {
      this.dependencies.onError(parsed.error, 'a message for an agent cannot be read');
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'task_assigned':
        delivery.deliver(message.task);
        return;
      case 'task_cancelled':
        delivery.drop(message.taskId);
        connection.send(message);
        return;
      case 'task_input':
        connection.send(message);
        return;
      case 'superseded':
        if (message.epoch > connection.epoch) connection.supersede();
        return;
      default:
        assertNever(message);
    }
  }

  private closed(connection: AgentConnection): void {
    const held = this.held.get(connection.agentId);
    if (held?.connection !== connection) return;
    this.held.delete(connection.agentId);
    held.delivery.close();
    void held.subscription.stop();
    this.publishConnections([entryOf(connection, false)]);
    this.dependencies.onCount?.(this.held.size);
    void connection.flushTelemetry().catch((error: unknown) => this.dependencies.onError(error, 'telemetry was lost'));
  }

  /** What was assigned and never reached the agent, or reached an older socket of it. The agent drops what it knows. */
  private async sendOpenLeases(connection: AgentConnection, delivery: TaskDelivery, actor: Actor): Promise<void> {
    const correlationId = newId();
    const outcome = await this.dependencies.commands.query(
      leasesOfAgent,
      { agent_id: connection.agentId },
      { command_id: newId(), actor, correlation_id: correlationId, causation_id: correlationId },
    );
    // Nobody answers: the dispatcher publishes again what is assigned and not started.
    if (isRejection(outcome)) return;
    for (const task of outcome.result.tasks) delivery.deliver(assignedTask(task), task.started);
  }

  private announceSoon(agentId: string): void {
    this.changed.add(agentId);
    if (this.announcing) return;
    this.announcing = true;
    setImmediate(() => {
      this.announcing = false;
      const entries = [...this.changed].flatMap((id) => {
        const held = this.held.get(id);
        return held ? [entryOf(held.connection, true)] : [];
      });
      this.changed.clear();
      this.publishConnections(entries);
    });
  }

  private announceAll(): void {
    const entries = [...this.held.values()].map(({ connection }) => entryOf(connection, true));
    if (entries.length <= MAX_LISTED) this.publishList(entries, true);
    else this.publishConnections(entries);
  }

  private publishConnections(entries: AgentConnections['connections']): void {
    for (let from = 0; from < entries.length; from += MAX_LISTED) {
      this.publishList(entries.slice(from, from + MAX_LISTED), false);
    }
  }

  private publishList(connections: AgentConnections['connections'], complete: boolean): void {
    this.publish(AGENT_CONNECTIONS, { gateway_id: this.gatewayId, complete, connections } satisfies AgentConnections);
  }

  private publish(subject: string, body: unknown): void {
    try {
      this.dependencies.bus.publish(subject, body);
    } catch (error) {
      this.dependencies.onError(error, `nothing was published on ${subject}`);
    }
  }

  private flushTelemetry(): void {
    this.each((connection) => {
      void connection
        .flushTelemetry()
        .catch((error: unknown) => this.dependencies.onError(error, 'telemetry was lost'));
    });
  }

  private each(work: (connection: AgentConnection) => void): void {
    for (const { connection } of this.held.values()) work(connection);
  }

  /** Milliseconds of the log's clock, never the same twice here. */
  private nextEpoch(): number {
    this.lastEpoch = Math.max(this.lastEpoch + 1, Math.floor(this.dependencies.clock.now()));
    return this.lastEpoch;
  }
}

function entryOf(connection: AgentConnection, connected: boolean): AgentConnections['connections'][number] {
  const { agentId, epoch, credit } = connection;
  return { agent_id: agentId, epoch, connected, max_concurrent_tasks: credit };
}
