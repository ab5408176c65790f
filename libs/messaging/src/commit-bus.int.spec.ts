import type { Commit, RecordedEvent } from '@ao/event-log';
import { eventually, testNats, type TestNats } from '@ao/testing';
import { connectBus } from './bus';
import type { Bus } from './bus.types';
import { COMMITS } from './subjects';
import { tcpProxy } from './testing';

const event = (position: number, data: unknown = { n: position }, type = 'TaskCancelled'): RecordedEvent => ({
  position,
  stream_id: `task-${position}`,
  category: 'task',
  version: 1,
  type,
  schema_version: 1,
  data,
  metadata: {
    actor: { type: 'system', id: 'test' },
    correlation_id: 'c',
    causation_id: 'c',
    command_id: '00000000-0000-7000-8000-000000000001',
  },
  recorded_at: '2026-01-01T00:00:00.000000Z',
});
const commit = (first: number, last = first): Commit => ({ first, last, categories: { task: last - first + 1 } });

interface Heard {
  readonly order: string[];
  readonly events: (RecordedEvent | undefined)[];
  readonly commits: Commit[];
  interruptions: number;
}

describe('commit bus over NATS', () => {
  let nats: TestNats;
  const open: Bus[] = [];

  const bus = async (service: 'gateway' | 'tasks', url = nats.url) => {
    const made = await connectBus({ url, name: service, ...nats.credentials(service) });
    open.push(made);
    return made;
  };

  async function listening(on: Bus, categories: readonly string[] = ['task']): Promise<Heard> {
    const heard: Heard = { order: [], events: [], commits: [], interruptions: 0 };
    await on.commitBus().listen(categories, {
      event: (position, category, body) => {
        heard.order.push(`${category}@${position}`);
        heard.events.push(body);
      },
      commit: (made) => {
        heard.order.push(`commit@${made.last}`);
        heard.commits.push(made);
      },
      interrupted: () => (heard.interruptions += 1),
    });
    return heard;
  }

  beforeAll(async () => {
    nats = await testNats();
  });

  afterEach(() => Promise.all(open.splice(0).map((each) => each.drain())));
  afterAll(() => nats.stop());

  it('should bring the events of a commit, then the commit, in this order', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    const own = await listening(tasks);
    for (let first = 1; first < 600; first += 3)
      tasks.commitBus().announce(commit(first, first + 2), [event(first), event(first + 1), event(first + 2)]);
    await eventually(() => expect(heard.commits).toHaveLength(200));
    expect(heard.order.slice(0, 8)).toEqual([
      ...['task@1', 'task@2', 'task@3', 'commit@3', 'task@4', 'task@5', 'task@6', 'commit@6'],
    ]);
    expect(heard.order).toEqual([...heard.order].sort((a, b) => Number(a.split('@')[1]) - Number(b.split('@')[1])));
    expect(heard.events[0]).toEqual(event(1));
    await eventually(() => expect(own.order).toEqual(heard.order));
  });

  it('should bring only the position of an event above 64 KiB', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    const bytesAround = Buffer.byteLength(JSON.stringify(event(1, '')));
    const largest = event(1, 'x'.repeat(64 * 1024 - bytesAround));
    const manyBytes = event(2, 'ü'.repeat(40 * 1024));
    tasks.commitBus().announce(commit(1, 3), [largest, manyBytes, event(3)]);
    await eventually(() => expect(heard.order).toEqual(['task@1', 'task@2', 'task@3', 'commit@3']));
    expect(heard.events).toEqual([largest, undefined, event(3)]);
  });

  it('should let the events of one type share messages, however many bytes they take', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    const messages: string[] = [];
    await gateway.subscribeRaw('events.task.>', ({ subject }) => messages.push(subject));
    const assigned = [2, 4].map((position) => event(position, {}, 'TaskAssigned'));
    tasks.commitBus().announce(commit(1, 4), [event(1), assigned[0]!, event(3), assigned[1]!]);
    const large = Array.from({ length: 20 }, (_, index) => event(5 + index, 'ü'.repeat(20 * 1024)));
    tasks.commitBus().announce(commit(5, 24), large);
    await eventually(() => expect(heard.commits).toHaveLength(2));
    expect(messages.slice(0, 2)).toEqual(['events.task.TaskCancelled', 'events.task.TaskAssigned']);
    expect(messages.length).toBeLessThan(2 + large.length);
    expect(heard.order.slice(0, 5)).toEqual(['task@1', 'task@3', 'task@2', 'task@4', 'commit@4']);
    expect(heard.events.slice(4)).toEqual(large);
  });

  it('should pass over what is not an event or a commit', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    const forged = [
      ...['not json', '[]', 'null', '7', '{}', '{"position":"1"}', '{"position":-1}', '{"position":1.5}'],
      ...['{"position":1,"stream_id":"task-1"}', JSON.stringify({ ...event(1), category: 'agent' })],
      ...[JSON.stringify([event(1), 7]), JSON.stringify([event(1), [event(2)]])],
    ];
    for (const text of forged) tasks.publishText('events.task.TaskCancelled', text);
    for (const text of ['x', '{}', '{"first":2,"last":1,"categories":{}}', '{"first":1,"last":2}'])
      tasks.publishText(COMMITS, text);
    tasks.commitBus().announce(commit(9), [event(9)]);
    await eventually(() => expect(heard.order).toEqual(['task@9', 'commit@9']));
  });

  it('should stop hearing when told to', async () => {
    const tasks = await bus('tasks');
    const heard: number[] = [];
    const listener = await tasks.commitBus().listen(['task'], {
      event: (position) => heard.push(position),
      commit: () => undefined,
      interrupted: () => undefined,
    });
    tasks.commitBus().announce(commit(1), [event(1)]);
    await listener.stop();
    tasks.commitBus().announce(commit(2), [event(2)]);
    await tasks.flush();
    expect(heard).toEqual([1]);
  });

  it('should say that it was interrupted, and tell of what was committed meanwhile once it is back', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    await nats.kill();
    await eventually(() => expect([tasks.isConnected(), heard.interruptions]).toEqual([false, 1]));
    tasks.commitBus().announce(commit(5, 6), [event(5), event(6)]);
    tasks.commitBus().announce({ first: 7, last: 7, categories: { pool: 1 } }, []);
    await nats.restart();
    await eventually(() => expect(heard.interruptions).toBe(2));
    await eventually(() => expect([tasks.isConnected(), gateway.isConnected()]).toEqual([true, true]));
    tasks.commitBus().announce(commit(8), [event(8)]);
    await eventually(() => expect(heard.order.at(-1)).toBe('commit@8'));
    // The listener may come back after the publisher told of what it missed; then the next commit shows the gap.
    const missed = heard.commits.filter(({ last }) => last === 7);
    expect([[], [{ first: 5, last: 7, categories: { task: 2, pool: 1 } }]]).toContainEqual(missed);
  });

  it('should be interrupted when the server cuts a slow consumer off, and leave the others alone', async () => {
    const slowOnes = await tcpProxy(Number(new URL(nats.url).port));
    const [tasks, slow, quick] = [
      await bus('tasks'),
      await bus('gateway', `nats://127.0.0.1:${slowOnes.port}`),
      await bus('gateway'),
    ];
    const [late, heard] = [await listening(slow), await listening(quick)];
    slowOnes.stall();
    const large = 'x'.repeat(60 * 1024);
    let position = 0;
    // More than may wait for one client (64 MiB) and what the sockets on the way hold.
    while (position * large.length < 100 * 1024 * 1024) {
      for (let count = 0; count < 100; count += 1)
        tasks.commitBus().announce(commit(++position), [event(position, large)]);
      await tasks.flush();
    }
    slowOnes.resume();
    await eventually(() => expect(slow.isConnected()).toBe(true));
    await eventually(() => expect(heard.commits).toHaveLength(position));
    expect(heard.interruptions).toBe(0);
    await eventually(() => expect(late.interruptions).toBeGreaterThanOrEqual(2));
    const next = ++position;
    tasks.commitBus().announce(commit(next), [event(next)]);
    await eventually(() => expect(late.commits.at(-1)?.last).toBe(next));
    await slowOnes.close();
  });
});
