import type { Agent } from './fleet';
import { Killing } from './killing';

function agent(name: string, role: string, inHand: number, type = 'document.count') {
  const tasks = new Map(Array.from({ length: inHand }, (_, n) => [`${name}-${n}`, { type }]));
  return { setup: { name, role }, pid: 1, killed: false, inHand: tasks } as unknown as Agent & {
    killed: boolean;
    inHand: Map<string, { type: string }>;
  };
}

describe('Killing', () => {
  const killed: string[] = [];
  const kill = (victim: Agent) => {
    (victim as { killed: boolean }).killed = true;
    killed.push(victim.setup.name);
  };
  const now = () => '2026-01-01T00:00:00.000Z';

  beforeEach(() => killed.splice(0));

  it('should kill the analyser with the most in hand once a third is counted, and only one', () => {
    const agents = [agent('a1', 'analyser', 1), agent('a2', 'analyser', 3), agent('r1', 'reader', 9)];
    const killing = new Killing(() => agents, kill);
    killing.expected(6);
    killing.countCompleted();
    expect(killing.consider(now)).toBeUndefined();
    killing.countCompleted();
    expect(killing.consider(now)?.setup.name).toBe('a2');
    expect(killing.consider(now)).toBeUndefined();
    expect(killed).toEqual(['a2']);
    expect(killing.victim).toMatchObject({ at: now() });
  });

  it('should take another when the first had settled everything, but never the last', () => {
    const agents = [agent('a1', 'analyser', 2), agent('a2', 'analyser', 1), agent('a3', 'analyser', 1)];
    const killing = new Killing(() => agents, kill);
    killing.expected(1);
    killing.consider(now);
    agents[0]?.inHand.clear();
    killing.consider(now);
    agents[1]?.inHand.clear();
    killing.consider(now);
    expect(killed).toEqual(['a1', 'a2']);
  });

  it('should wait while nobody counts', () => {
    const agents = [agent('a1', 'analyser', 2, 'document.keywords'), agent('a2', 'analyser', 0)];
    const killing = new Killing(() => agents, kill);
    expect(killing.consider(now)).toBeUndefined();
  });
});
