import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentConnections, AgentStreamMessage } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { AGENT_CONNECTIONS, agentStreamSubject, connectBus, createCommandClient, type Bus } from '@ao/messaging';
import type { TestNats } from '@ao/testing';
import { WebSocket } from 'ws';
import { testDoor, type TestDoor } from '../src/access/access.testing';
import { TaskStreamDoor } from '../src/live/task-stream.door';
import { TaskStreamHub, type ConnectingAgent } from '../src/live/task-stream.hub';
import { UpgradeRouter } from '../src/live/upgrade-router';
import { FarEnd } from './far-end.fixture';

export const KEY = 'a-bootstrap-key-for-tests';

export interface Asked {
  readonly name: string;
  readonly data: Record<string, unknown>;
  readonly metadata: { readonly command_id: string; readonly idempotent?: boolean };
}

/** Stands in for tasks and registry on a real NATS: notes what is asked and answers as the test says. */
export class FakeServices {
  readonly asked: Asked[] = [];
  readonly announced: AgentConnections[] = [];
  private readonly answers = new Map<string, (data: Record<string, unknown>) => object | Rejection>();

  private constructor(readonly bus: Bus) {}

  static async on(nats: TestNats): Promise<FakeServices> {
    const bus = await connectBus({ url: nats.url, name: 'fake-tasks', ...nats.credentials('tasks') });
    const fake = new FakeServices(bus);
    await bus.subscribe(AGENT_CONNECTIONS, (body) => void fake.announced.push(body as AgentConnections));
    for (const verb of [
      'start_task',
      'complete_task',
      'return_task',
      'renew_leases',
      'report_telemetry',
      'leases_of_agent',
    ]) {
      await fake.answering(`tasks.${verb}`, bus);
    }
    fake.answer('tasks.leases_of_agent', () => ({ tasks: [] }));
    return fake;
  }

  answer(name: string, with_: (data: Record<string, unknown>) => object | Rejection): void {
    this.answers.set(name, with_);
  }

  asks(name: string): Asked[] {
    return this.asked.filter((asked) => asked.name === name);
  }

  tell(agentId: string, message: AgentStreamMessage): void {
    this.bus.publish(agentStreamSubject(agentId), message);
  }

  private async answering(name: string, bus: Bus): Promise<void> {
    await bus.subscribeRaw(name, (message) => {
      const { commands } = JSON.parse(message.text()) as { commands: Omit<Asked, 'name'>[] };
      const replies = commands.map((command) => {
        this.asked.push({ name, ...command });
        const result = this.answers.get(name)?.(command.data) ?? {};
        return 'rejection' in result ? { ok: false, rejection: result } : { ok: true, result, position: 1 };
      });
      message.respond(JSON.stringify({ replies }));
    });
  }
}

/** One gateway replica's socket side, with the agents it is told of. */
export class SocketSide {
  private constructor(
    readonly errors: readonly unknown[],
    readonly bus: Bus,
    readonly hub: TaskStreamHub,
    readonly server: Server,
    private readonly port: number,
  ) {}

  static async start(
    nats: TestNats,
    agents: readonly ConnectingAgent[],
    authenticateWithinMs?: number,
    door: TestDoor = testDoor(KEY),
  ): Promise<SocketSide> {
    const errors: unknown[] = [];
    const bus = await connectBus({ url: nats.url, name: 'gateway', ...nats.credentials('gateway') });
    const hub = new TaskStreamHub({
      bus,
      commands: createCommandClient(bus, { defaultTimeoutMs: 2_000 }),
      clock: { now: () => Date.now() },
      onError: (error) => errors.push(error),
    });
    await hub.start();
    const server = createServer((_request, response) => response.writeHead(404).end());
    const onError = (error: unknown) => void errors.push(error);
    const tasks = new TaskStreamDoor({
      ...{ door, onError },
      lookUp: async (id) => agents.find((agent) => agent.agentId === id),
      enter: (agent, socket, stream) => hub.connect(agent, socket, stream),
    });
    new UpgradeRouter({ door, paths: [tasks], isDraining: () => false, onError, authenticateWithinMs }).attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SocketSide(errors, bus, hub, server, (server.address() as AddressInfo).port);
  }

  url(agent: string, query = ''): string {
    return `ws://127.0.0.1:${this.port}/api/v1/agents/${agent}/task-stream${query}`;
  }

  connect(agent: string, options: { readonly headers?: Record<string, string>; readonly query?: string } = {}): FarEnd {
    const headers = options.headers ?? { authorization: `Bearer ${KEY}` };
    return new FarEnd(new WebSocket(this.url(agent, options.query), { headers }));
  }

  async stop(): Promise<void> {
    await this.hub.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.bus.drain();
  }
}
