import { ModelPositions } from './model-positions';

describe('the positions of read models', () => {
  it('should let a write go at once when its model is there', async () => {
    const positions = new ModelPositions(async () => []);
    positions.announced({ model: 'tasks', position: 7 });
    await expect(positions.reached('tasks', 7, 1_000)).resolves.toBe(true);
    positions.close();
  });

  it('should say who is waited for, and until when, but not what is there already', async () => {
    const told: unknown[] = [];
    const positions = new ModelPositions(async () => [], { tellKeeper: (wanted) => told.push(wanted) });
    const awaited: unknown[] = [];
    positions.onAwaited((...what) => awaited.push(what) > 0);
    positions.announced({ model: 'tasks', position: 7 });
    await positions.reached('tasks', 7, 1_000);
    const waiting = positions.reached('tasks', 8, 2_000);
    expect(awaited).toEqual([['tasks', 8, 2_000]]);
    expect(told).toEqual([]);
    positions.close();
    await expect(waiting).resolves.toBe(false);
  });

  it('should tell another process who is waited for where none of this one keeps the model', async () => {
    const told: unknown[] = [];
    const positions = new ModelPositions(async () => [], { tellKeeper: (wanted) => told.push(wanted) });
    const first = positions.reached('tasks', 8, 2_000);
    positions.onAwaited(() => false);
    const second = positions.reached('agents', 9, 2_000);
    expect(told).toEqual([
      { model: 'tasks', position: 8 },
      { model: 'agents', position: 9 },
    ]);
    positions.close();
    expect(await Promise.all([first, second])).toEqual([false, false]);
  });

  it('should let a write go when its model arrives, and not before', async () => {
    const positions = new ModelPositions(async () => []);
    const order: string[] = [];
    const waited = positions.reached('tasks', 7, 5_000).then((reached) => order.push(`reached ${reached}`));
    positions.announced({ model: 'tasks', position: 6 });
    positions.announced({ model: 'agents', position: 9 });
    await Promise.resolve();
    order.push('announced');
    positions.announced({ model: 'tasks', position: 8 });
    await waited;
    expect(order).toEqual(['announced', 'reached true']);
    positions.close();
  });

  it('should never go backwards', () => {
    const positions = new ModelPositions(async () => []);
    positions.announced({ model: 'tasks', position: 7 });
    positions.announced({ model: 'tasks', position: 3 });
    expect(positions.positionOf('tasks')).toBe(7);
  });

  it('should give up when the bound passes', async () => {
    const positions = new ModelPositions(async () => []);
    await expect(positions.reached('tasks', 7, 5)).resolves.toBe(false);
    positions.close();
  });

  it('should find the position by itself when the announcement is lost', async () => {
    const positions = new ModelPositions(async () => [{ model: 'tasks', position: 9 }], { pollAfterMs: 1 });
    await expect(positions.reached('tasks', 7, 5_000)).resolves.toBe(true);
    positions.close();
  });

  it('should survive a store that is away', async () => {
    const positions = new ModelPositions(() => Promise.reject(new Error('away')), { pollAfterMs: 1 });
    await expect(positions.reached('tasks', 7, 20)).resolves.toBe(false);
    positions.close();
  });

  it('should let everyone go on close', async () => {
    const positions = new ModelPositions(async () => []);
    const waited = positions.reached('tasks', 7, 60_000);
    positions.close();
    await expect(waited).resolves.toBe(false);
  });
});
