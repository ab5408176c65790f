import { createSlots, hashSlots, isBusy } from './slots';

/** Work that ends when it is told to. */
function held() {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, work: () => ended };
}
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('should let no more run at once than there are, in the order of asking', async () => {
    const slots = createSlots({ slots: 2, waiting: 10 });
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
    const slots = createSlots({ slots: 1, waiting: 1 });
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

  it('should send away who has waited too long, and who would', async () => {
    let now = 0;
    const slots = createSlots({ slots: 1, waitAtMostMs: 1_000, now: () => now });
    const [first, second, third] = [held(), held(), held()];
    const running = [first, second, third].map(({ work }) => slots.take(work));
    now = 1_001;
    first.end();
    expect((await Promise.all(running)).map(isBusy)).toEqual([false, true, true]);

    // A slot is held for more than 125 ms by now, as far as anybody knows, so the ninth in line would wait too long.
    const next = Array.from({ length: 12 }, held);
    const answers = next.map(({ work }) => slots.take(work));
    for (const { end } of next) end();
    const sentAway = (await Promise.all(answers)).map(isBusy);
    expect(sentAway.indexOf(true)).toBe(8);
    expect(sentAway.slice(8)).not.toContain(false);
  });

  it('should free the slot of work that fails', async () => {
    const slots = createSlots({ slots: 1, waiting: 0 });
    await expect(slots.take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(slots.take(() => Promise.resolve(1))).resolves.toBe(1);
  });

  it('should leave a core and a thread to the others when they hash', () => {
    expect(hashSlots()).toBeGreaterThanOrEqual(1);
    expect(hashSlots()).toBeLessThanOrEqual(3);
  });
});
