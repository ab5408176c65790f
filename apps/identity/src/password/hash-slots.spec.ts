import { createHashSlots, defaultSlots, isBusy } from './hash-slots';

/** Work that ends when it is told to. */
function held() {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, work: () => ended };
}
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('slots for hashing', () => {
  it('should let no more run at once than there are slots, in the order of asking', async () => {
    const slots = createHashSlots({ slots: 2, waiting: 10 });
    const works = Array.from({ length: 5 }, held);
    const begun: number[] = [];
    const all = works.map(({ work }, index) =>
      slots.take(() => {
        begun.push(index);
        return work();
      }),
    );
    await turn();
    expect(begun).toEqual([0, 1]);
    works[1]!.end();
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    for (const { end } of works) end();
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('should send away who finds the line full, and take again once it is shorter', async () => {
    const slots = createHashSlots({ slots: 1, waiting: 1 });
    const [first, second] = [held(), held()];
    const running = [slots.take(first.work), slots.take(second.work)];
    const sentAway = await slots.take(() => Promise.resolve('never'));
    expect(sentAway).toEqual({ kind: 'busy', retry_after_seconds: 1 });
    expect(isBusy(sentAway)).toBe(true);
    first.end();
    second.end();
    await Promise.all(running);
    await expect(slots.take(() => Promise.resolve('now'))).resolves.toBe('now');
  });

  it('should free the slot of work that fails', async () => {
    const slots = createHashSlots({ slots: 1, waiting: 0 });
    await expect(slots.take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(slots.take(() => Promise.resolve(1))).resolves.toBe(1);
  });

  it('should leave a core and a thread to the others', () => {
    expect(defaultSlots()).toBeGreaterThanOrEqual(1);
    expect(defaultSlots()).toBeLessThanOrEqual(3);
  });
});
