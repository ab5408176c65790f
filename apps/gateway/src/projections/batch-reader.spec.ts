import { BatchReader } from './batch-reader';

function recorder(answer: (id: string) => string | undefined = (id) => `row ${id}`) {
  const reads: string[][] = [];
  const open: (() => void)[] = [];
  const reader = new BatchReader<string>(async (ids) => {
    reads.push([...ids]);
    await new Promise<void>((resolve) => open.push(resolve));
    return new Map(ids.flatMap((id) => (answer(id) === undefined ? [] : [[id, answer(id)!] as const])));
  });
  const tick = () => new Promise(setImmediate);
  return { reads, reader, tick, release: () => open.splice(0).forEach((resolve) => resolve()) };
}

describe('the batch reader', () => {
  it('should read the ids of one tick at once, each once', async () => {
    const { reads, reader, tick, release } = recorder();
    const loaded = Promise.all([reader.load('a'), reader.load('b'), reader.load('a')]);
    await tick();
    release();
    await expect(loaded).resolves.toEqual(['row a', 'row b', 'row a']);
    expect(reads).toEqual([['a', 'b']]);
  });

  it('should tell what is not there', async () => {
    const { reader, tick, release } = recorder(() => undefined);
    const loaded = reader.load('a');
    await tick();
    release();
    await expect(loaded).resolves.toBeUndefined();
  });

  it('should never join a read that has begun, so that nobody sees less than was there when it asked', async () => {
    const { reads, reader, tick, release } = recorder();
    const first = reader.load('a');
    await tick();
    const second = reader.load('a');
    await tick();
    expect(reads).toEqual([['a'], ['a']]);
    release();
    await Promise.all([first, second]);
  });

  it('should gather what arrives while two reads are under way', async () => {
    const { reads, reader, tick, release } = recorder();
    const loads = [reader.load('a')];
    await tick();
    loads.push(reader.load('b'));
    await tick();
    for (const id of ['c', 'd', 'e']) {
      loads.push(reader.load(id));
      await tick();
    }
    expect(reads).toEqual([['a'], ['b']]);
    release();
    await Promise.all(loads.slice(0, 2));
    await tick();
    release();
    await Promise.all(loads);
    expect(reads[2]).toEqual(['c', 'd', 'e']);
  });

  it('should hand a failure to all who asked, and go on', async () => {
    let failing = true;
    const reader = new BatchReader<string>(async (ids) => {
      if (failing) throw new Error('away');
      return new Map(ids.map((id) => [id, id]));
    });
    const results = await Promise.allSettled([reader.load('a'), reader.load('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    failing = false;
    await expect(reader.load('a')).resolves.toBe('a');
  });

  it('should split what is too much for one statement', async () => {
    const { reads, reader, tick, release } = recorder();
    const loads = Array.from({ length: 450 }, (_, index) => reader.load(`id ${index}`));
    for (let turn = 0; turn < 4; turn += 1) {
      await tick();
      release();
      await tick();
    }
    await Promise.all(loads);
    expect(reads.map((ids) => ids.length)).toEqual([200, 200, 50]);
  });
});
