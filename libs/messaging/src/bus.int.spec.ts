import { eventually, testNats, type TestNats } from '@ao/testing';
import { connectBus } from './bus';
import type { Bus, BusStatus } from './bus.types';
import {
  BusClosedError,
  BusDisconnectedError,
  BusPermissionError,
  MalformedMessageError,
  MessageTooLargeError,
  NoResponderError,
  RequestTimeoutError,
} from './errors';
import { AGENT_CONNECTIONS, HEARTBEATS } from './subjects';

describe('bus', () => {
  let nats: TestNats;
  const open: Bus[] = [];
  const dropped: Error[] = [];

  const bus = async (service: 'gateway' | 'registry' | 'tasks', onStatus?: (status: BusStatus) => void) => {
    const made = await connectBus({
      url: nats.url,
      name: service,
      ...nats.credentials(service),
      onStatus,
      onDropped: (error) => dropped.push(error),
    });
    open.push(made);
    return made;
  };

  beforeAll(async () => {
    nats = await testNats();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.drain()));
    dropped.length = 0;
  });

  afterAll(() => nats.stop());

  it('should carry JSON from a publisher to every listener, in order', async () => {
    const [registry, gateway, tasks] = [await bus('registry'), await bus('gateway'), await bus('tasks')];
    const heard: unknown[][] = [[], []];
    await gateway.subscribe(HEARTBEATS, (body) => heard[0]!.push(body));
    await tasks.subscribe(HEARTBEATS, (body) => heard[1]!.push(body));
    const sent = Array.from({ length: 500 }, (_, index) => ({ beats: [], index }));
    for (const body of sent) expect(registry.publish(HEARTBEATS, body)).toBe(true);
    await eventually(() => expect(heard).toEqual([sent, sent]));
  });

  it('should bring what it publishes to its own subscriptions too, once, unless they do not want it', async () => {
    const [gateway, tasks] = [await bus('gateway'), await bus('tasks')];
    const heard: Record<string, unknown[]> = { own: [], second: [], others: [], unwanted: [] };
    const stopped = await gateway.subscribe('agent-stream.a', (body) => {
      heard['own']!.push(body);
      throw new Error('a handler of its own failed');
    });
    await gateway.subscribe('agent-stream.a', (body) => heard['second']!.push(body));
    await gateway.subscribe('agent-stream.a', (body) => heard['unwanted']!.push(body), { own: false });
    await gateway.subscribe('agent-stream.b', (body) => heard['others']!.push(body));
    gateway.publish('agent-stream.a', 1);
    tasks.publish('agent-stream.a', 2);
    await eventually(() => expect(heard['second']).toHaveLength(2));
    await stopped.stop();
    gateway.publish('agent-stream.a', 3);
    await eventually(() => expect(heard['second']).toHaveLength(3));
    await gateway.flush();
    expect(heard).toEqual({
      own: expect.arrayContaining([1, 2]),
      second: expect.arrayContaining([1, 2, 3]),
      others: [],
      unwanted: [2],
    });
    expect(heard['own']).toHaveLength(2);
  });

  it('should go on after a body that is not JSON and after a handler that throws', async () => {
    const [registry, gateway] = [await bus('registry'), await bus('gateway')];
    const heard: unknown[] = [];
    await gateway.subscribe(HEARTBEATS, (body) => {
      if (body === 'throw') throw new Error('handler failed');
      heard.push(body);
    });
    for (const text of ['{', '"throw"', '', '{"a":1}']) registry.publishText(HEARTBEATS, text);
    await eventually(() => expect(heard).toEqual([{ a: 1 }]));
    expect(dropped.map((error) => error.constructor)).toEqual([MalformedMessageError, Error, MalformedMessageError]);
  });

  it('should resolve drain only after a message under way was handled', async () => {
    const [registry, gateway] = [await bus('registry'), await bus('gateway')];
    let heard = 0;
    await gateway.subscribe(HEARTBEATS, () => (heard += 1));
    for (let index = 0; index < 1_000; index += 1) registry.publish(HEARTBEATS, {});
    await registry.drain();
    await gateway.drain();
    expect(heard).toBe(1_000);
    expect(gateway.publish(AGENT_CONNECTIONS, {})).toBe(false);
    await expect(gateway.subscribe(HEARTBEATS, () => undefined)).rejects.toThrow(BusClosedError);
  });

  it('rejects a subscription, a request and a body that may not be', async () => {
    const gateway = await bus('gateway');
    await expect(gateway.subscribe('tasks.submit_task', () => undefined)).rejects.toThrow(BusPermissionError);
    await expect(gateway.request('tasks.made_up', {}, { timeoutMs: 5_000 })).rejects.toThrow(BusPermissionError);
    expect(() => gateway.publish(AGENT_CONNECTIONS, 'x'.repeat(256 * 1024))).toThrow(MessageTooLargeError);
    expect(gateway.publish(AGENT_CONNECTIONS, 'x'.repeat(256 * 1024 - 2))).toBe(true);
    await expect(gateway.request('tasks.cancel_task', 'x'.repeat(1024 * 1024), { timeoutMs: 500 })).rejects.toThrow(
      MessageTooLargeError,
    );
  });

  it('rejects a request that nobody answers at once, and one without an answer after its time', async () => {
    const [gateway, tasks] = [await bus('gateway'), await bus('tasks')];
    const started = performance.now();
    await expect(gateway.request('tasks.cancel_task', {}, { timeoutMs: 5_000 })).rejects.toThrow(NoResponderError);
    expect(performance.now() - started).toBeLessThan(2_000);
    await tasks.subscribe('tasks.cancel_task', () => undefined);
    await expect(gateway.request('tasks.cancel_task', {}, { timeoutMs: 100 })).rejects.toThrow(RequestTimeoutError);
  });

  it('should drop what is published without a connection, and come back by itself with its subscriptions', async () => {
    const statuses: string[] = [];
    const [registry, gateway] = [await bus('registry'), await bus('gateway', (status) => statuses.push(status.kind))];
    const heard: unknown[] = [];
    await gateway.subscribe(HEARTBEATS, (body) => heard.push(body));
    await nats.kill();
    await eventually(() => expect([registry.isConnected(), gateway.isConnected()]).toEqual([false, false]));
    expect(registry.publish(HEARTBEATS, 'lost')).toBe(false);
    await expect(registry.request('registry.resolve_agent', {}, { timeoutMs: 100 })).rejects.toThrow(
      BusDisconnectedError,
    );
    expect(await gateway.connected(20)).toBe(false);
    const back = gateway.connected(10_000);
    await nats.restart();
    expect(await back).toBe(true);
    await eventually(() => expect(registry.isConnected()).toBe(true));
    await eventually(() => expect(statuses.at(-1)).toBe('reconnected'));
    registry.publish(HEARTBEATS, 'heard');
    await eventually(() => expect(heard).toEqual(['heard']));
    expect(statuses).toEqual(['connected', 'disconnected', 'reconnected']);
  });

  it('should wait for a server that is not there yet, and say why', async () => {
    await nats.kill();
    const reasons: string[] = [];
    const connecting = bus('tasks', (status) => status.kind === 'waiting' && reasons.push(status.reason));
    await eventually(() => expect(reasons[0]).toMatch(/^NATS at nats:\/\/127.0.0.1:\d+ refuses the connection$/));
    await nats.restart();
    expect((await connecting).isConnected()).toBe(true);
  });

  it('should say that the server refuses the password, and end the wait when told to', async () => {
    const reasons: string[] = [];
    const waiting = new AbortController();
    const connecting = connectBus({
      url: nats.url,
      name: 'tasks',
      ...nats.credentials('tasks'),
      password: 'wrong',
      onStatus: (status) => status.kind === 'waiting' && reasons.push(status.reason),
      signal: waiting.signal,
    });
    await eventually(() => expect(reasons[0]).toMatch(/refuses the user or password/));
    waiting.abort();
    await expect(connecting).rejects.toThrow(BusClosedError);
  });
});
