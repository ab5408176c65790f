import { figuresOf } from './figures';

describe('figures', () => {
  it('should be zero where there is nothing', () => {
    const { queue, agents, tasks } = figuresOf([], []);
    expect(queue).toEqual({ depth: 0, oldest_seconds: 0, by_pool: {} });
    expect(agents).toEqual({ total: 0, online: 0, by_type: {} });
    expect(tasks).toEqual({
      ...{ scheduled: 0, queued: 0, assigned: 0, running: 0, paused: 0, input_required: 0, dead_lettered: 0 },
    });
  });

  it('should count tasks by status and pool, and agents by type', () => {
    const { queue, agents, tasks } = figuresOf(
      [
        { status: 'queued', pool: 'default', count: 2, oldest: 4 },
        { status: 'queued', pool: 'gpu', count: 3, oldest: 61.7 },
        { status: 'running', pool: 'gpu', count: 5, oldest: 900 },
        { status: 'dead_lettered', pool: 'gpu', count: 1, oldest: 0 },
      ],
      [
        { status: 'active', type: 'worker', count: 2 },
        { status: 'offline', type: 'worker', count: 1 },
        { status: 'degraded', type: '__proto__', count: 1 },
      ],
    );
    expect(queue).toEqual({ depth: 5, oldest_seconds: 61, by_pool: { default: 2, gpu: 3 } });
    expect(tasks).toMatchObject({ queued: 5, running: 5, dead_lettered: 1, assigned: 0 });
    expect([agents.total, agents.online, agents.by_type['worker']]).toEqual([4, 3, { total: 3, online: 2 }]);
    expect(Object.hasOwn(agents.by_type, '__proto__')).toBe(true);
  });
});
