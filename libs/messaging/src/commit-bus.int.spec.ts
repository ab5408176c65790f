import type { AnnouncedEvent, Commit, RecordedEvent } from '@ao/event-log';
import { eventually, testNats, type TestNats } from '@ao/testing';
import { connectBus } from './bus';
import type { Bus } from './bus.types';
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
const announced = (...events: RecordedEvent[]): AnnouncedEvent[] =>
  events.map((each) => ({ position: each.position, category: each.category, text: JSON.stringify(each) }));
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

  async function listening(on: Bus, categories: readonly string[] = ['task'], everyCommit = false): Promise<Heard> {
    const heard: Heard = { order: [], events: [], commits: [], interruptions: 0 };
    const hearing = {
      event: (position: number, category: string, body: RecordedEvent | undefined) => {
        heard.order.push(`${category}@${position}`);
        heard.events.push(body);
      },
      commit: (made: Commit) => {
        heard.order.push(`commit@${made.last}`);
        heard.commits.push(made);
      },
      interrupted: () => (heard.interruptions += 1),
    };
    await on.commitBus().listen(categories, hearing, { everyCommit });
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
      tasks.commitBus().announce(commit(first, first + 2), announced(event(first), event(first + 1), event(first + 2)));
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
    tasks.commitBus().announce(commit(1, 3), announced(largest, manyBytes, event(3)));
    await eventually(() => expect(heard.order).toEqual(['task@1', 'task@2', 'task@3', 'commit@3']));
    expect(heard.events).toEqual([largest, undefined, event(3)]);
  });

  it('should let the events of a category share messages with their commit, however many bytes they take', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    const messages: string[] = [];
    await gateway.subscribeRaw('events.task', ({ subject }) => messages.push(subject));
    const assigned = [2, 4].map((position) => event(position, {}, 'TaskAssigned'));
    tasks.commitBus().announce(commit(1, 4), announced(event(1), assigned[0]!, event(3), assigned[1]!));
    await eventually(() => expect(heard.commits).toHaveLength(1));
    expect(messages).toHaveLength(1);
    const large = Array.from({ length: 20 }, (_, index) => event(5 + index, 'ü'.repeat(20 * 1024)));
    tasks.commitBus().announce(commit(5, 24), announced(...large));
    await eventually(() => expect(heard.commits).toHaveLength(2));
    expect(messages.length).toBeLessThan(1 + large.length);
    expect(heard.order.slice(0, 5)).toEqual(['task@1', 'task@2', 'task@3', 'task@4', 'commit@4']);
    expect(heard.order.at(-1)).toBe('commit@24');
    expect(heard.events.slice(4)).toEqual(large);
  });

  it('should tell of a commit once per category of it that is listened to, and of no other', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const [both, one, none] = [
      await listening(gateway, ['task', 'pool']),
      await listening(gateway, ['pool']),
      await listening(gateway, ['user']),
    ];
    const pool = { ...event(2), stream_id: 'pool-default', category: 'pool', type: 'PoolTaken' };
    const across = { first: 1, last: 2, categories: { task: 1, pool: 1 } };
    tasks.commitBus().announce(across, announced(event(1), pool));
    tasks.commitBus().announce(commit(3), announced(event(3)));
    await eventually(() =>
      expect(both.order).toEqual(['task@1', 'commit@2', 'pool@2', 'commit@2', 'task@3', 'commit@3']),
    );
    expect([one.order, one.commits]).toEqual([['pool@2', 'commit@2'], [across]]);
    expect(none.order).toEqual([]);
  });

  it('should tell of every commit where that is asked for, after those of the categories listened to', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const [all, some] = [await listening(gateway, ['task'], true), await listening(gateway, ['task'])];
    const pool = { ...event(1), stream_id: 'pool-default', category: 'pool', type: 'PoolTaken' };
    tasks.commitBus().announce({ first: 1, last: 1, categories: { pool: 1 } }, announced(pool));
    tasks.commitBus().announce(commit(2), announced(event(2)));
    await eventually(() => expect(all.order).toEqual(['commit@1', 'task@2', 'commit@2', 'commit@2']));
    expect(some.order).toEqual(['task@2', 'commit@2']);
  });

  it('should tell those on its own connection without NATS, each of a copy of its own', async () => {
    const tasks = await bus('tasks');
    const [one, other] = [await listening(tasks), await listening(tasks)];
    await nats.kill();
    await eventually(() => expect(tasks.isConnected()).toBe(false));
    tasks.commitBus().announce(commit(1), announced(event(1)));
    expect(one.order).toEqual([]);
    await eventually(() => expect([one.order, other.order]).toEqual(Array(2).fill(['task@1', 'commit@1'])));
    expect(one.events[0]).toEqual(event(1));
    expect(one.events[0]).not.toBe(other.events[0]);
    await nats.restart();
    await eventually(() => expect(tasks.isConnected()).toBe(true));
  });

  it('should pass over what is not an event or a commit', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    const forged = [
      ...['null', '7', '{}', '{"position":"1"}', '{"position":-1}', '{"position":1.5}', '[]'],
      ...['{"position":1,"stream_id":"task-1"}', JSON.stringify({ ...event(1), category: 'agent' })],
    ];
    for (const text of ['not json', '[]', 'null', '7', '{}', '{"events":{}}']) tasks.publishText('events.task', text);
    for (const text of forged) tasks.publishText('events.task', `{"events":[${JSON.stringify(event(1))},${text}]}`);
    for (const text of ['7', '{}', '{"first":2,"last":1,"categories":{}}', '{"first":1,"last":2}'])
      tasks.publishText('events.task', `{"events":[],"commit":${text}}`);
    tasks.commitBus().announce(commit(9), announced(event(9)));
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
    tasks.commitBus().announce(commit(1), announced(event(1)));
    await eventually(() => expect(heard).toEqual([1]));
    await listener.stop();
    tasks.commitBus().announce(commit(2), announced(event(2)));
    await tasks.flush();
    expect(heard).toEqual([1]);
  });

  it('should say that it was interrupted, and tell of what was committed meanwhile once it is back', async () => {
    const [tasks, gateway] = [await bus('tasks'), await bus('gateway')];
    const heard = await listening(gateway);
    await nats.kill();
    await eventually(() => expect([tasks.isConnected(), heard.interruptions]).toEqual([false, 1]));
    tasks.commitBus().announce(commit(5, 6), announced(event(5), event(6)));
    tasks.commitBus().announce({ first: 7, last: 7, categories: { pool: 1 } }, []);
    await nats.restart();
    await eventually(() => expect(heard.interruptions).toBe(2));
    await eventually(() => expect([tasks.isConnected(), gateway.isConnected()]).toEqual([true, true]));
    tasks.commitBus().announce(commit(8), announced(event(8)));
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
        tasks.commitBus().announce(commit(++position), announced(event(position, large)));
      // However busy the machine is, the quick one is never behind by what may wait for a client.
      await eventually(() => expect(heard.commits.length).toBe(position), { timeoutMs: 30_000 });
    }
    slowOnes.resume();
    await eventually(() => expect(slow.isConnected()).toBe(true), { timeoutMs: 30_000 });
    expect(heard.interruptions).toBe(0);
    await eventually(() => expect(late.interruptions).toBeGreaterThanOrEqual(2), { timeoutMs: 30_000 });
    const next = ++position;
    tasks.commitBus().announce(commit(next), announced(event(next)));
    await eventually(() => expect(late.commits.at(-1)?.last).toBe(next), { timeoutMs: 30_000 });
    await slowOnes.close();
  }, 180_000);
});
