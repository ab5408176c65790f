import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allEvents, publicEventOf, type PublicEvent } from '@ao/contracts';
import {
  LogUnavailableError,
  createEventLog,
  createSubscriptions,
  type EventLog,
  type Subscriptions,
} from '@ao/event-log';
import { loopbackBus } from '@ao/event-log/testing';
import { newId, streamId } from '@ao/kernel';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import { WebSocket } from 'ws';
import { appendFacts } from '../src/access/append-facts.testing';
import { testDoor, type TestDoor } from '../src/access/access.testing';
import { EventDoor } from '../src/live/event-door';
import { EventHub, type HubLimits } from '../src/live/event-hub';
import { UpgradeRouter } from '../src/live/upgrade-router';
import { FarEnd } from './far-end.fixture';

export const KEY = 'a-bootstrap-key-for-tests';
const TIME = '2026-01-01T00:00:00.000Z';

export interface ListeningOptions {
  readonly door?: TestDoor;
  readonly limits?: Partial<HubLimits>;
  readonly authenticateWithinMs?: number;
}

/** One gateway's hub with its sockets, on a real log that the test writes. */
export class ListeningSide {
  readonly slow: string[] = [];
  delivered = 0;
  readonly errors: unknown[] = [];
  /** By the caller's own id. */
  readonly agents = new Map<string, string>();

  private constructor(
    private readonly database: TestDatabase,
    readonly log: EventLog,
    private readonly subscriptions: Subscriptions,
    readonly server: Server,
  ) {}
  hub!: EventHub;
  reads = 0;
  /** So many reads of the log fail from now on. */
  failures = 0;

  static async start(options: ListeningOptions = {}): Promise<ListeningSide> {
    const database = await testDatabase();
    const bus = loopbackBus();
    const log = createEventLog({ pool: database.pool('admin'), bus });
    const subscriptions = createSubscriptions({
      ...{ pool: database.pool('gateway'), bus, schema: 'read_models', pollIntervalMs: 100 },
    });
    const server = createServer((_request, response) => response.writeHead(404).end());
    const side = new ListeningSide(database, log, subscriptions, server);
    const onError = (error: unknown) => void side.errors.push(error);
    const hub = new EventHub({
      subscriptions,
      log: { head: () => log.head(), read: (range) => side.read(range) },
      metrics: {
        open: () => undefined,
        delivered: () => (side.delivered += 1),
        tooSlow: (kind) => side.slow.push(kind),
      },
      ...{ onError, limits: options.limits },
    });
    side.hub = hub;
    hub.start();
    await hub.ready();
    const door = options.door ?? testDoor(KEY);
    const agents = {
      idOf: async (_caller: unknown, id: string) => (/^[0-9a-f-]{36}$/.test(id) ? id : side.agents.get(id)),
    };
    new UpgradeRouter({
      ...{ door, onError, isDraining: () => false },
      paths: [new EventDoor({ door, hub, agents })],
      authenticateWithinMs: options.authenticateWithinMs,
    }).attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return side;
  }

  private async read(range: Parameters<EventLog['read']>[0]): ReturnType<EventLog['read']> {
    this.reads += 1;
    if (this.failures === 0) return this.log.read(range);
    this.failures -= 1;
    throw new LogUnavailableError('the event log cannot be read: as the test wishes');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** With a credential unless told otherwise. */
  listen(path = '/api/v1/ws', headers: Record<string, string> = { authorization: `Bearer ${KEY}` }): Listener {
    return new Listener(new WebSocket(`ws://127.0.0.1:${this.port}${path}`, { headers }));
  }

  /** Appends them as one commit each; resolves with the position of the last. */
  async happens(
    ...events: readonly { readonly type: keyof typeof allEvents; readonly data: object }[]
  ): Promise<number> {
    for (const { type, data } of events) {
      const contract = allEvents[type];
      const id = Object.values(data)[0] as string;
      await appendFacts(this.log, { stream: streamId(contract.category, id), contract, data });
    }
    return this.log.head();
  }

  /** Until the hub has told everything up to there. */
  tells(position: number): Promise<void> {
    return eventually(() => expect(this.hub.position).toBeGreaterThanOrEqual(position), { intervalMs: 2 });
  }

  /** What the log holds after a position, as those outside hear of it. */
  async told(after = 0): Promise<PublicEvent[]> {
    const events = await this.log.read({ after, limit: 10_000 });
    return events.flatMap((event) => publicEventOf(event as Parameters<typeof publicEventOf>[0]) ?? []);
  }

  async stop(): Promise<void> {
    await this.hub.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.subscriptions.stop();
    await this.log.close();
    await this.database.drop();
  }
}

export const started = (task_id: string, agent_id: string = newId()) =>
  ({
    type: 'TaskStarted',
    data: { task_id, agent_id, attempt: 1, lease_token: newId(), started_at: TIME },
  }) as const;
export const completed = (task_id: string, result: unknown = null, agent_id: string = newId()) =>
  ({
    type: 'TaskCompleted',
    data: { task_id, agent_id, attempt: 1, lease_token: newId(), completed_at: TIME, result },
  }) as const;
export const cancelled = (task_id: string) =>
  ({ type: 'TaskCancelled', data: { task_id, cancelled_at: TIME, reason: '' } }) as const;
export const activated = (agent_id: string) => ({ type: 'AgentActivated', data: { agent_id, at: TIME } }) as const;
/** A step of a run failed, and with it the run. */
export const runFailed = (run_id: string) => {
  const failure = { class: 'oom', message: 'no memory' };
  return [
    { type: 'StepFailed', data: { run_id, node: 'extract', failure, at: TIME } },
    {
      type: 'RunFailed',
      data: { run_id, workflow_id: run_id, failure: { ...failure, node: 'extract' }, compensated: false, at: TIME },
    },
  ] as const;
};
export const raised = (alert_id: string) =>
  ({
    type: 'AlertRaised',
    data: {
      ...{ alert_id, kind: 'service_unhealthy', source: 'tasks', severity: 'critical' },
      ...{ message: 'tasks does not answer', details: {}, at: TIME },
    },
  }) as const;
export const notified = (notification_id: string, user_id: string) =>
  ({
    type: 'NotificationCreated',
    data: {
      ...{ notification_id, user_id, rule_id: null, severity: 'info', event: null, position: null },
      ...{ subject: 'a subject', body: 'a body', created_at: TIME },
    },
  }) as const;

export interface Frame {
  readonly type: string;
  readonly event?: string;
  readonly position?: number;
  readonly [member: string]: unknown;
}

export class Listener extends FarEnd<Frame> {
  /** Sends as soon as it is open. */
  async says(...frames: readonly unknown[]): Promise<void> {
    await eventually(() => {
      if (this.socket.readyState === WebSocket.CONNECTING) throw new Error('not open yet');
    });
    for (const frame of frames) this.send(frame);
  }

  /** Subscribes, and resolves when that is answered. */
  async subscribes(subscription: object): Promise<Frame> {
    const answers = () => this.frames.filter(({ type }) => type === 'subscribed' || type === 'error');
    const before = answers().length;
    await this.says({ type: 'subscribe', ...subscription });
    return eventually(() => {
      const answer = answers()[before];
      if (!answer) throw new Error(`no answer yet: ${JSON.stringify(this.frames)}`);
      return answer;
    });
  }

  get events(): Frame[] {
    return this.frames.filter(({ type }) => type === 'event');
  }

  get positions(): number[] {
    return this.events.map(({ position }) => position!);
  }
}
