import { createLanes } from './lanes';

/** Work that ends when the test says so. */
function controlled() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, work, end };
}

describe('lanes', () => {
  it('should hold up only those who share a lane with what is slow', async () => {
    const { begun, work, end } = controlled();
    const lanes = createLanes(2, 3);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void lanes.run('a', work(name));
    void lanes.run('b', work('b1'));
    void lanes.run('b', work('b2'));
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('b1');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2']);
    await end('a1');
    expect(begun.at(-1)).toBe('a3');
  });

  it('should take turns where there is room for few', async () => {
    const { begun, work, end } = controlled();
    const lanes = createLanes(1, 1);
    for (const name of ['a1', 'a2', 'a3']) void lanes.run('a', work(name));
    for (const name of ['b1', 'b2']) void lanes.run('b', work(name));
    for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
  });

  it('should give back what the work gives, and its place when it fails', async () => {
    const lanes = createLanes(1, 1);
    await expect(lanes.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(lanes.run('a', () => Promise.resolve(7))).resolves.toBe(7);
  });
});
