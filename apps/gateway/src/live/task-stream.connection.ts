import {
  CLOSE_SUPERSEDED,
  completeTask,
  recordHeartbeat,
  renewLeases,
  reportTaskTelemetry,
  reportUsage,
  requireInput,
  returnTask,
  startTask,
  type AgentToServer,
  type DataOf,
  type RequestContract,
  type ResultOf,
  type ServerToAgent,
} from '@ao/contracts';
import { assertNever, derivedId, isRejection, isoTime, type Rejection } from '@ao/kernel';
import type { RawData, WebSocket } from 'ws';
import { statusOf } from '../commands/rejection-problem';
import { usageReportOf } from './streamed-usage';
import { decodeFrame, errorFrame, outcomeOf } from './task-stream.codec';
import { TelemetryBatch } from './telemetry-batch';

/** A reader slower than this loses its socket; its leases are sent again when it comes back. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** So many commands of one socket may be under way before it is read no further. */
const MAX_UNDER_WAY = 256;
/** A peer that only sends what cannot be read is no agent. */
const MAX_BAD_FRAMES = 100;

const CLOSE_POLICY = 1008;
const CLOSE_OVERLOADED = 1013;

export interface StreamPorts {
  /** Sends a command marked with this connection; the command id makes a repetition recognisable. */
  send<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    commandId?: string,
  ): Promise<{ readonly kind: 'done'; readonly result: ResultOf<C> } | Rejection>;
  now(): number;
  /** The agent's credit changed. */
  creditChanged(connection: AgentConnection): void;
  failed(error: unknown): void;
  /** Called before each frame that is written. */
  beforeWrite?(): void;
}

type Started = Extract<AgentToServer, { type: 'task_started' }>;
type Completed = Extract<AgentToServer, { type: 'task_complete' }>;

/** One agent's socket: its frames become commands, in order per task; answers and assignments go down to it. */
export class AgentConnection {
  /** How many tasks the agent takes at once; its registration says so until the agent does. */
  credit: number;
  /** Heard from since the last ping. */
  alive = true;
  private readonly telemetry = new TelemetryBatch();
  /** The last command per task: the next one of the same task waits for it. */
  private readonly lastOf = new Map<string, Promise<void>>();
  /** Starts of this turn, by task: whoever is done within it tells both at once. */
  private starting: Map<string, Started> | undefined;
  private underWay = 0;
  private badFrames = 0;

  constructor(
    readonly agentId: string,
    readonly epoch: number,
    credit: number,
    private readonly socket: WebSocket,
    private readonly ports: StreamPorts,
  ) {
    this.credit = credit;
    socket.on('message', (data, isBinary) => this.received(data, isBinary));
    socket.on('pong', () => (this.alive = true));
  }

  send(frame: ServerToAgent): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.close(CLOSE_OVERLOADED, 'reads too slowly');
      return;
    }
    this.ports.beforeWrite?.();
    this.socket.send(JSON.stringify(frame));
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    // Whoever does not answer the close is cut off; `terminate` on a closed socket does nothing.
    setTimeout(() => this.socket.terminate(), 2_000).unref();
  }

  supersede(): void {
    this.close(CLOSE_SUPERSEDED, 'a newer connection of this agent exists');
  }

  /** Asks for a sign of life; cuts the socket off that gave none since the last time. */
  probe(): void {
    if (!this.alive) {
      this.socket.terminate();
      return;
    }
    this.alive = false;
    this.socket.ping();
  }

  /** Hands the gathered progress and log lines on. */
  async flushTelemetry(): Promise<void> {
    if (this.telemetry.isEmpty) return;
    await this.ports.send(reportTaskTelemetry, this.telemetry.take(this.agentId));
  }

  /** Resolves when every command that is under way has its answer. */
  async settled(): Promise<void> {
    this.startAll();
    await Promise.all(this.lastOf.values());
  }

  private received(data: RawData, isBinary: boolean): void {
    this.alive = true;
    if (isBinary) {
      this.refuse(errorFrame(null, 400, 'not_text', 'Frames must be JSON text'));
      return;
    }
    const decoded = decodeFrame((data as Buffer).toString('utf8'));
    if ('error' in decoded) {
      this.refuse(decoded.error);
      return;
    }
    this.handle(decoded.frame);
  }

  private refuse(frame: ServerToAgent): void {
    this.badFrames += 1;
    this.send(frame);
    if (this.badFrames >= MAX_BAD_FRAMES) this.close(CLOSE_POLICY, 'too many frames that cannot be read');
  }

  private handle(frame: AgentToServer): void {
    switch (frame.type) {
      case 'ready':
        if (frame.maxConcurrentTasks === this.credit) return;
        this.credit = frame.maxConcurrentTasks;
        this.ports.creditChanged(this);
        return;
      case 'ping':
        this.send({ type: 'pong' });
        return;
      case 'task_progress':
        this.telemetry.addProgress(frame);
        this.flushIfFull();
        return;
      case 'task_log':
        this.telemetry.addLog(frame, isoTime(this.ports.now()));
        this.flushIfFull();
        return;
      case 'task_started':
        this.startSoon(frame);
        return;
      case 'task_complete':
        this.complete(frame);
        return;
      case 'task_input_required':
        this.startAll();
        this.inOrder(frame.taskId, () =>
          this.command(requireInput, { ...this.leaseOf(frame), prompt: frame.prompt }, frame.id),
        );
        return;
      case 'task_usage':
        this.startAll();
        this.inOrder(frame.taskId, () =>
          this.command(reportUsage, { ...this.leaseOf(frame), reports: frame.reports.map(usageReportOf) }, frame.id),
        );
        return;
      case 'task_return':
        this.startAll();
        this.inOrder(frame.taskId, () =>
          this.command(returnTask, { ...this.leaseOf(frame), reason: frame.reason }, frame.id),
        );
        return;
      case 'lease_renew':
        this.inOrder(`renew ${frame.id}`, () => this.renew(frame));
        return;
      case 'heartbeat':
        this.inOrder('heartbeat', () =>
          this.command(recordHeartbeat, { agent_id: this.agentId, load_metrics: frame.loadMetrics }),
        );
        return;
      default:
        assertNever(frame);
    }
  }

  private startSoon(frame: Started): void {
    if (this.starting?.has(frame.taskId)) this.startAll();
    if (!this.starting) {
      this.starting = new Map();
      setImmediate(() => this.startAll());
    }
    this.starting.set(frame.taskId, frame);
  }

  private startAll(): void {
    const { starting } = this;
    this.starting = undefined;
    for (const frame of starting?.values() ?? []) this.start(frame);
  }

  private start(frame: Started): void {
    this.inOrder(frame.taskId, () => this.command(startTask, this.leaseOf(frame), frame.id));
  }

  private complete(frame: Completed): void {
    const start = this.takeStart(frame);
    this.inOrder(frame.taskId, async () => {
      // The last lines and the last progress belong to the task while its lease still stands.
      await this.flushTelemetry();
      const data = { ...this.leaseOf(frame), outcome: outcomeOf(frame), ...(start && { with_start: true as const }) };
      const outcome = await this.ports.send(completeTask, data, this.repeatableId('complete', frame));
      if (isRejection(outcome)) {
        if (start?.id !== undefined) this.answerRefusal(outcome, start.id);
        this.answerRefusal(outcome, frame.id);
        return;
      }
      const { started_at, ...ended } = outcome.result;
      if (start) this.acknowledge(start.id, { started_at });
      this.acknowledge(frame.id, ended);
    });
  }

  /** The start of the same attempt, told in this turn and not handed on yet. */
  private takeStart({ taskId, leaseToken }: Completed): Started | undefined {
    const start = this.starting?.get(taskId);
    if (start && start.leaseToken !== leaseToken) this.startAll();
    else if (start) this.starting?.delete(taskId);
    return start?.leaseToken === leaseToken ? start : undefined;
  }

  private leaseOf(frame: { readonly taskId: string; readonly leaseToken?: string }) {
    return { task_id: frame.taskId, agent_id: this.agentId, lease_token: frame.leaseToken };
  }

  /** The same report sent again over a new socket is the same command, so that it gets its first answer. */
  private repeatableId(verb: string, frame: { taskId: string; leaseToken?: string; id: string }): string | undefined {
    if (frame.leaseToken === undefined) return undefined;
    return derivedId('task-stream', verb, this.agentId, frame.taskId, frame.leaseToken, frame.id);
  }

  private async command<C extends RequestContract>(contract: C, data: DataOf<C>, frameId?: string): Promise<void> {
    const outcome = await this.ports.send(contract, data);
    if (isRejection(outcome)) this.answerRefusal(outcome, frameId);
    else this.acknowledge(frameId, outcome.result);
  }

  private acknowledge(frameId: string | undefined, result: unknown): void {
    if (frameId !== undefined) this.send({ type: 'ack', id: frameId, result: inCamelCase(result) });
  }

  private async renew(frame: Extract<AgentToServer, { type: 'lease_renew' }>): Promise<void> {
    const leases = frame.leases.map(({ taskId, leaseToken }) => ({ task_id: taskId, lease_token: leaseToken }));
    const outcome = await this.ports.send(renewLeases, { agent_id: this.agentId, leases });
    if (isRejection(outcome)) {
      this.answerRefusal(outcome, frame.id);
      return;
    }
    const { renewed, lost } = outcome.result;
    const result = {
      renewed: renewed.map((lease) => ({ taskId: lease.task_id, leaseExpiresAt: lease.lease_expires_at })),
      lost,
    };
    this.send({ type: 'ack', id: frame.id, result });
  }

  /** A refused frame without an id is told too: the agent believes something that is not so. */
  private answerRefusal(rejection: Rejection, frameId: string | undefined): void {
    this.send(errorFrame(frameId ?? null, statusOf(rejection), rejection.code, rejection.message));
  }

  private flushIfFull(): void {
    if (this.telemetry.isFull) this.inOrder('telemetry', () => this.flushTelemetry());
  }

  private inOrder(key: string, work: () => Promise<void>): void {
    this.underWay += 1;
    if (this.underWay === MAX_UNDER_WAY) this.socket.pause();
    const before = this.lastOf.get(key);
    const done: Promise<void> = (before ? before.then(work) : work())
      .catch((error: unknown) => this.ports.failed(error))
      .then(() => {
        if (this.lastOf.get(key) === done) this.lastOf.delete(key);
        this.underWay -= 1;
        if (this.underWay === MAX_UNDER_WAY / 2) this.socket.resume();
      });
    this.lastOf.set(key, done);
  }
}

function inCamelCase(result: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(result as Record<string, unknown>).map(([key, value]) => [
      key.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
