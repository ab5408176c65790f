import * as fc from 'fast-check';
import type { TaskRequirements } from '@ao/contracts';
import { leastConnections } from '@ao/routing';
import type { AgentOffer, ReadyTask } from './lane';
import { MatchMaker } from './match-maker';
import { next, readyTask as task } from './match-maker.testing';
import { fits } from './requirement';

const anyAgent: TaskRequirements = { capabilities: [] };
const unremarkable: AgentOffer['routing'] = {
  load: 0,
  weight: 1,
  latency_ms: null,
  trust: null,
  health: 'healthy',
  order: 0,
};
const offer = (agent_id: string, change: Partial<AgentOffer> = {}): AgentOffer => ({
  agent_id,
  agent_type: 'worker',
  capabilities: [],
  limit: 1,
  connected: true,
  reported: 0,
  routing: unremarkable,
  ...change,
});

function matchMaker(...offers: AgentOffer[]): MatchMaker {
  const maker = new MatchMaker(leastConnections);
  for (const each of offers) maker.setAgent(each);
  return maker;
}

/** Everything that can be given out now, as `task>agent`. */
function drain(maker: MatchMaker): string[] {
  const given: string[] = [];
  for (let match = next(maker); match; match = next(maker)) given.push(`${match.task.task_id}>${match.agent_id}`);
  return given;
}

describe('the order of tasks', () => {
  it('should be strictly by priority, then by submission', () => {
    const maker = matchMaker(offer('a', { limit: 10 }));
    const tasks: [string, number, number][] = [
      ['low', 20, 1],
      ['normal-2', 40, 3],
      ['normal-1', 40, 2],
      ['urgent', 100, 4],
      ['high', 60, 5],
    ];
    for (const [id, priority, position] of tasks) maker.add(task(id, priority, position), anyAgent);
    expect(drain(maker)).toEqual(['urgent>a', 'high>a', 'normal-1>a', 'normal-2>a', 'low>a']);
  });

  it('should hold across requirements', () => {
    const maker = matchMaker(offer('a', { limit: 10, capabilities: ['read', 'write'] }));
    maker.add(task('1', 40, 1), { capabilities: ['read'] });
    maker.add(task('2', 40, 2), { capabilities: ['write'] });
    maker.add(task('3', 40, 3), { capabilities: ['read'] });
    maker.add(task('4', 60, 4), { capabilities: ['write', 'read'] });
    expect(drain(maker)).toEqual(['4>a', '1>a', '2>a', '3>a']);
  });

  it('should put a retried task back to where it was submitted', () => {
    const maker = matchMaker(offer('a'));
    const first = task('first', 40, 1);
    maker.add(first, anyAgent);
    expect(drain(maker)).toEqual(['first>a']);
    maker.add(task('second', 40, 2), anyAgent);
    maker.add(first, anyAgent);
    maker.release('a');
    expect(drain(maker)).toEqual(['first>a']);
  });

  it('should not let a task that nobody can do stop the others', () => {
    const maker = matchMaker(offer('a'));
    maker.add(task('impossible', 100, 1), { capabilities: ['teleport'] });
    maker.add(task('possible', 0, 2), anyAgent);
    expect(drain(maker)).toEqual(['possible>a']);
    maker.setAgent(offer('b', { capabilities: ['teleport'] }));
    expect(drain(maker)).toEqual(['impossible>b']);
  });
});

describe('the choice of the agent', () => {
  it('should match capabilities, all of them, and the type', () => {
    const maker = matchMaker(
      offer('half', { capabilities: ['read'] }),
      offer('both', { capabilities: ['read', 'write'] }),
      offer('typed', { agent_type: 'provider' }),
    );
    maker.add(task('1', 40, 1), { capabilities: ['write', 'read'] });
    maker.add(task('2', 40, 2), { capabilities: [], agent_type: 'provider' });
    maker.add(task('3', 40, 3), { capabilities: ['read'], agent_type: 'provider' });
    expect(drain(maker)).toEqual(['1>both', '2>typed']);
  });

  it('should keep a pinned task for its agent', () => {
    const maker = matchMaker(offer('a'), offer('b'));
    maker.add(task('1', 40, 1), { capabilities: [], agent_id: 'b' });
    maker.add(task('2', 40, 2), { capabilities: [], agent_id: 'b' });
    maker.add(task('3', 40, 3), { capabilities: [], agent_id: 'c' });
    expect(drain(maker)).toEqual(['1>b']);
    maker.setAgent(offer('c'));
    expect(drain(maker)).toEqual(['3>c']);
    maker.release('b');
    expect(drain(maker)).toEqual(['2>b']);
  });

  it('should spread over the least loaded, equals by the longest not chosen', () => {
    const maker = matchMaker(offer('a', { limit: 3 }), offer('b', { limit: 3 }), offer('c', { limit: 3 }));
    for (let index = 1; index <= 9; index += 1) maker.add(task(`${index}`, 40, index), anyAgent);
    expect(drain(maker).map((given) => given.slice(-1))).toEqual([...'abcabcabc']);
  });

  it('should believe an agent that reports more than we gave it', () => {
    const maker = matchMaker(offer('a', { limit: 5, reported: 3 }), offer('b', { limit: 5 }));
    for (let index = 1; index <= 4; index += 1) maker.add(task(`${index}`, 40, index), anyAgent);
    expect(drain(maker).map((given) => given.slice(-1))).toEqual([...'bbba']);
  });

  it('should take agents with a socket before those that poll, and never beyond a limit', () => {
    const maker = matchMaker(offer('polls', { limit: 2, connected: false }), offer('socket', { limit: 2 }));
    for (let index = 1; index <= 5; index += 1) maker.add(task(`${index}`, 40, index), anyAgent);
    expect(drain(maker)).toEqual(['1>socket', '2>socket', '3>polls', '4>polls']);
    maker.release('polls');
    expect(drain(maker)).toEqual(['5>polls']);
  });

  it('should say which candidates it saw, at most three, best first', () => {
    const maker = matchMaker(
      ...Array.from({ length: 15 }, (_, index) => offer(`a${index}`, { limit: 99, reported: 20 - index })),
      offer('other', { capabilities: ['more'], limit: 99, reported: 8 }),
    );
    maker.add(task('1', 40, 1), anyAgent);
    const match = next(maker)!;
    expect(match.agent_id).toBe('a14');
    expect(match.candidate_count).toBe(16);
    expect(match.candidates.map(({ score }) => score)).toEqual([6, 7, 8]);
  });

  it('should follow an agent that changes what it can do', () => {
    const maker = matchMaker(offer('a', { capabilities: ['read'] }));
    maker.add(task('1', 40, 1), { capabilities: ['write'] });
    expect(drain(maker)).toEqual([]);
    maker.setAgent(offer('a', { capabilities: ['write'] }));
    expect(drain(maker)).toEqual(['1>a']);
    maker.release('a');
    maker.add(task('2', 40, 2), { capabilities: ['read'] });
    maker.setAgent(offer('a', { limit: 0, capabilities: ['read'] }));
    expect(drain(maker)).toEqual([]);
    maker.removeAgent('a');
    maker.setAgent(offer('a', { capabilities: ['read'] }));
    expect(drain(maker)).toEqual(['2>a']);
  });
});

describe('against a search through everything', () => {
  const requirements: fc.Arbitrary<TaskRequirements> = fc.record(
    {
      capabilities: fc.uniqueArray(fc.constantFrom('r', 'w', 'x'), { maxLength: 2 }),
      agent_type: fc.constantFrom('worker', 'provider'),
      agent_id: fc.constantFrom('a', 'b', 'c', 'd'),
    },
    { requiredKeys: ['capabilities'] },
  );
  const offers: fc.Arbitrary<AgentOffer> = fc.record({
    agent_id: fc.constantFrom('a', 'b', 'c', 'd'),
    agent_type: fc.constantFrom('worker', 'provider'),
    capabilities: fc.uniqueArray(fc.constantFrom('r', 'w', 'x')),
    limit: fc.nat(3),
    connected: fc.boolean(),
    reported: fc.nat(2),
    routing: fc.constant(unremarkable),
  });
  type Step =
    | { do: 'add'; requirements: TaskRequirements; priority: number }
    | { do: 'offer'; offer: AgentOffer }
    | { do: 'release'; pick: number }
    | { do: 'cancel'; pick: number }
    | { do: 'match' };
  const steps: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('add' as const), requirements, priority: fc.constantFrom(20, 40, 100) }),
    fc.record({ do: fc.constant('offer' as const), offer: offers }),
    fc.record({ do: fc.constant('release' as const), pick: fc.nat(20) }),
    fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(20) }),
    fc.constant({ do: 'match' as const }),
  );

  it('should give out the same tasks to agents that are as good', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 80 }), (history) => {
        const maker = matchMaker();
        const waiting = new Map<ReadyTask, TaskRequirements>();
        const known = new Map<string, AgentOffer>();
        const leases: string[] = [];
        const free = () => [...known.values()].filter(({ agent_id, limit }) => countOf(agent_id) < limit);
        const countOf = (agentId: string) => leases.filter((each) => each === agentId).length;
        let position = 0;
        for (const step of [...history, { do: 'match' as const }]) {
          if (step.do === 'add') {
            const added = task(`${(position += 1)}`, step.priority, position);
            waiting.set(added, step.requirements);
            maker.add(added, step.requirements);
          } else if (step.do === 'offer') {
            known.set(step.offer.agent_id, step.offer);
            maker.setAgent(step.offer);
          } else if (step.do === 'release' && leases.length > 0) {
            const [agentId] = leases.splice(step.pick % leases.length, 1);
            maker.release(agentId!);
          } else if (step.do === 'cancel' && waiting.size > 0) {
            const gone = [...waiting.keys()][step.pick % waiting.size]!;
            waiting.delete(gone);
            maker.remove(gone);
          } else if (step.do === 'match') {
            for (;;) {
              const possible = [...waiting]
                .filter(([, needs]) => free().some((agent) => fits(needs, agent)))
                .sort(([a], [b]) => b.priority - a.priority || a.position - b.position);
              const match = next(maker);
              expect(match?.task).toBe(possible[0]?.[0]);
              if (!match) break;
              const candidates = free().filter((agent) => fits(possible[0]![1], agent));
              const rank = ({ agent_id, connected, reported }: AgentOffer) =>
                (connected ? 0 : 1000) + Math.max(reported, countOf(agent_id));
              expect(match.candidate_count).toBe(candidates.length);
              expect(rank(known.get(match.agent_id)!)).toBe(Math.min(...candidates.map(rank)));
              expect(candidates.map(({ agent_id }) => agent_id)).toContain(match.agent_id);
              waiting.delete(match.task);
              leases.push(match.agent_id);
            }
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
