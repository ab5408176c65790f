import { LivenessView } from './liveness.view';
import { ListeningSince, LONGEST_PAUSE_MS, sweep, SWEEP_LIMIT, type Due, type Silence } from './liveness.sweep';

/** The table and the log as the sweep sees them, by hand. */
function world(agents: Due[], now: number) {
  const rows = new Map(agents.map((agent) => [agent.id, { ...agent, deadline: agent.deadline as number | null }]));
  const asked: Silence[] = [];
  const state = { now };
  const view = new LivenessView();
  view.seed(agents.map(({ id, interval_seconds }) => ({ id, interval_seconds, liveness: 'online' })));
  return {
    rows,
    asked,
    state,
    view,
    dependencies: {
      clock: { now: () => state.now },
      view,
      due: async (before: number, limit: number) =>
        [...rows.values()]
          .filter((row): row is Due => row.deadline !== null && row.deadline < before)
          .sort((left, right) => left.deadline - right.deadline)
          .slice(0, limit),
      setDeadlines: async (deadlines: readonly { id: string; deadline: number; next_deadline: number | null }[]) => {
        for (const { id, deadline, next_deadline } of deadlines) {
          const row = rows.get(id)!;
          if (row.deadline === deadline) row.deadline = next_deadline;
        }
      },
      changeLiveness: async (agent: Silence) => void asked.push(agent),
    },
  };
}

const agent = (id: string, last_seen: number, deadline = last_seen + 11_000): Due => ({
  id,
  interval_seconds: 10,
  last_seen,
  deadline,
});

describe('the sweep', () => {
  it('should ask for each transition at its deadline and then forget the agent', async () => {
    const { dependencies, state, asked, rows } = world([agent('a', 100_000)], 111_000);
    await sweep(dependencies, 0);
    expect(asked).toEqual([]);
    state.now = 111_001;
    await sweep(dependencies, 0);
    expect(asked).toMatchObject([{ id: 'a', liveness: 'degraded', last_heartbeat: '1970-01-01T00:01:40.000Z' }]);
    state.now = 131_000;
    await sweep(dependencies, 0);
    expect(asked).toHaveLength(1);
    state.now = 131_001;
    await sweep(dependencies, 0);
    expect(asked.map(({ liveness }) => liveness)).toEqual(['degraded', 'offline']);
    expect(rows.get('a')?.deadline).toBeNull();
  });

  it('should not call an agent silent that it could not hear', async () => {
    const { dependencies, state, asked, rows } = world([agent('a', 100_000)], 500_000);
    await sweep(dependencies, 499_000);
    expect(asked).toEqual([]);
    expect(rows.get('a')?.deadline).toBe(510_000);
    state.now = 510_001;
    await sweep(dependencies, 499_000);
    expect(asked).toMatchObject([
      { liveness: 'degraded', last_heartbeat: '1970-01-01T00:01:40.000Z', silent_since: '1970-01-01T00:08:19.000Z' },
    ]);
  });

  it('should count a beat that is not flushed yet', async () => {
    const { dependencies, asked, view, rows } = world([agent('a', 100_000)], 112_000);
    view.beat('a', 110_000);
    await sweep(dependencies, 0);
    expect(asked).toEqual([]);
    expect(rows.get('a')?.deadline).toBe(121_000);
  });

  it('should wait until the next deadline, and no longer than a quarter of a second', async () => {
    const { dependencies } = world([agent('a', 100_000)], 110_900);
    expect(await sweep(dependencies, 0)).toBe(101);
    expect(await sweep(world([], 0).dependencies, 0)).toBe(LONGEST_PAUSE_MS);
  });

  it('should work a fleet off in portions without a pause', async () => {
    const fleet = Array.from({ length: SWEEP_LIMIT + 1 }, (_, index) => agent(`a${index}`, 100_000));
    const { dependencies, asked } = world(fleet, 112_000);
    expect(await sweep(dependencies, 0)).toBe(0);
    expect(await sweep(dependencies, 0)).toBeGreaterThan(0);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(SWEEP_LIMIT + 1);
    expect(asked).toHaveLength(SWEEP_LIMIT + 1);
  });
});

describe('listening', () => {
  it('should begin anew after an interruption and after standing still', () => {
    const state = { now: 1_000 };
    const listening = new ListeningSince({ now: () => state.now });
    state.now = 2_000;
    expect(listening.look()).toBe(1_000);
    listening.interrupt();
    state.now = 2_500;
    expect(listening.look()).toBe(2_500);
    state.now = 4_000;
    expect(listening.look()).toBe(2_500);
    state.now = 6_001;
    expect(listening.look()).toBe(6_001);
  });
});
