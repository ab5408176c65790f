import type { Agent } from './fleet';
import { Killing } from './killing';

function agent(name: string, role: string, inHand: number, type = 'document.count') {
  const tasks = new Map(Array.from({ length: inHand }, (_, n) => [`${name}-${n}`, { type }]));
  return { setup: { name, role }, pid: 1, killed: false, inHand: tasks } as unknown as Agent & {
    inHand: Map<string, { type: string }>;
  };
}

function killingOf(agents: Agent[], running: (ids: readonly string[]) => readonly string[] = (ids) => ids) {
  const done: string[] = [];
  const killing = new Killing({
    agents: () => agents,
    freeze: (one) => Promise.resolve(void done.push(`freeze ${one.setup.name}`)),
    thaw: (one) => void done.push(`thaw ${one.setup.name}`),
    running: (_agent, ids) => Promise.resolve(running(ids)),
    kill: (one) => void done.push(`kill ${one.setup.name}`),
    now: () => '2026-01-01T00:00:00.000Z',
  });
  return { killing, done };
}

describe('Killing', () => {
  it('should kill the analyser with the most in hand once a third is counted, and only one', async () => {
    const { killing, done } = killingOf([
      agent('a1', 'analyser', 1),
      agent('a2', 'analyser', 3),
      agent('r1', 'reader', 9),
    ]);
    killing.expected(6);
    killing.countCompleted();
    expect(await killing.consider()).toBeUndefined();
    killing.countCompleted();
    const [first, second] = await Promise.all([killing.consider(), killing.consider()]);
    expect(first?.setup.name).toBe('a2');
    expect(second).toBeUndefined();
    expect(await killing.consider()).toBeUndefined();
    expect(done).toEqual(['freeze a2', 'kill a2']);
    expect(killing.victim).toMatchObject({ at: '2026-01-01T00:00:00.000Z' });
    expect(killing.victim?.inHand.size).toBe(3);
  });

  it('should let an agent go on that had settled everything, and try again later', async () => {
    let running: string[] = [];
    const { killing, done } = killingOf([agent('a1', 'analyser', 2), agent('a2', 'analyser', 1)], (ids) =>
      ids.filter((id) => running.includes(id)),
    );
    expect(await killing.consider()).toBeUndefined();
    running = ['a1-1'];
    expect((await killing.consider())?.setup.name).toBe('a1');
    expect(done).toEqual(['freeze a1', 'thaw a1', 'freeze a1', 'kill a1']);
    expect([...killing.victim!.inHand]).toEqual(['a1-1']);
  });

  it('should wait while nobody counts, and never kill the only one', async () => {
    const idle = killingOf([agent('a1', 'analyser', 2, 'document.keywords'), agent('a2', 'analyser', 0)]);
    expect(await idle.killing.consider()).toBeUndefined();
    const alone = killingOf([agent('a1', 'analyser', 2)]);
    expect(await alone.killing.consider()).toBeUndefined();
    expect([...idle.done, ...alone.done]).toEqual([]);
  });
});
