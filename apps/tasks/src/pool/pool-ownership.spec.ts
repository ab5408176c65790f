import type { CommandShell, LockSession } from '@ao/event-log';
import { eventually } from '@ao/testing';
import { PoolOwnership } from './pool-ownership';

/** An election that this process always wins, and a pool's stream that others may take as well. */
function scene() {
  const did: string[] = [];
  const stream = { version: 0, owner: '' };
  const take = (owner: string) => Object.assign(stream, { version: stream.version + 1, owner });
  let end = new AbortController();
  let released = false;
  const locks: LockSession = {
    lock: (name) => ({
      name,
      held: () => end.signal,
      acquired: async () => {
        if (released) throw new Error('given up');
        return (end = new AbortController()).signal;
      },
      handOver: async () => void did.push('handed over'),
      release: async () => {
        did.push('released');
        released = true;
        end.abort();
      },
    }),
    stop: async () => undefined,
  };
  const shell = {
    run: async (_aggregate: unknown, _id: string, { data }: { data: { owner: string } }) => {
      take(data.owner);
      return { kind: 'done', result: {}, position: stream.version * 10 };
    },
    state: async () => ({ state: { owner: stream.owner }, version: stream.version }),
  } as unknown as CommandShell;
  const begun: { epoch: number; deposed: () => void }[] = [];
  const seen: number[] = [];
  const ownership = (options: { seen?: () => Promise<void> } = {}) =>
    new PoolOwnership({
      pool: 'default',
      owner: 'me',
      locks,
      shell,
      seen: async (position) => {
        seen.push(position);
        await options.seen?.();
      },
      took: (epoch, deposed) => {
        begun.push({ epoch, deposed });
        return async () => void did.push(`ended ${epoch}`);
      },
      logger: { info: () => undefined, warn: () => undefined } as never,
    });
  return { did, begun, seen, take, ownership };
}

describe('owning a pool', () => {
  it('should begin once the view has seen that the pool was taken, and end when it stops', async () => {
    const { ownership, begun, seen, did } = scene();
    const mine = ownership();
    mine.start();
    await eventually(() => expect(begun.map(({ epoch }) => epoch)).toEqual([1]));
    expect(seen).toEqual([10]);
    await mine.stop();
    expect(did).toEqual(['released', 'ended 1']);
  });

  it('should not begin when another took the pool meanwhile', async () => {
    const { ownership, begun, take, did } = scene();
    let others = 0;
    const mine = ownership({
      seen: async () => {
        if ((others += 1) === 1) take('another');
      },
    });
    mine.start();
    await eventually(() => expect(begun.map(({ epoch }) => epoch)).toEqual([3]));
    expect(did[0]).toBe('handed over');
    await mine.stop();
  });

  it('should let others try first when it was deposed', async () => {
    const { ownership, begun, take, did } = scene();
    const mine = ownership();
    mine.start();
    await eventually(() => expect(begun).toHaveLength(1));
    take('another');
    begun[0]!.deposed();
    await eventually(() => expect(begun.map(({ epoch }) => epoch)).toEqual([1, 3]));
    expect(did.slice(0, 2)).toEqual(['ended 1', 'handed over']);
    await mine.stop();
  });

  it('should stop although its view never gets there', async () => {
    const { ownership, begun, seen } = scene();
    const mine = ownership({ seen: () => new Promise(() => undefined) });
    mine.start();
    await eventually(() => expect(seen).toHaveLength(1));
    await mine.stop();
    expect(begun).toEqual([]);
  });
});
