import * as fc from 'fast-check';
import { leastConnections } from '@ao/routing';
import { MatchMaker } from './match-maker';
import { next, readyTask } from './match-maker.testing';
import { Turns } from './turns';

const anyAgent = { capabilities: [] };

/** One agent that can do `capabilities`, and takes as many as it is given. */
function oneAgent(capabilities: string[] = []): MatchMaker {
  const maker = new MatchMaker(leastConnections);
  const routing = { load: 0, weight: 1, latency_ms: null, trust: null, health: 'healthy', order: 0 } as const;
  maker.setAgent({
    ...{ agent_id: 'agent', agent_type: 'worker', capabilities, limit: Infinity, connected: true, reported: 0 },
    routing,
  });
  return maker;
}

function drain(maker: MatchMaker): string[] {
  const given: string[] = [];
  for (let match = next(maker); match; match = next(maker)) given.push(match.task.task_id);
  return given;
}

describe('turns', () => {
  it('should go round, whoever came first', () => {
    const turns = new Turns();
    expect([turns.tagOf(40, 'a'), turns.tagOf(40, 'b')]).toEqual([0, 0]);
    turns.took(40, 'a');
    expect([turns.tagOf(40, 'a'), turns.tagOf(40, 'b')]).toEqual([1, 0]);
    turns.took(40, 'b');
    expect(turns.tagOf(40, 'a')).toBe(turns.tagOf(40, 'b'));
  });

  it('should not let a key save up turns while it is away', () => {
    const turns = new Turns();
    for (let time = 0; time < 100; time += 1) turns.took(40, 'a');
    expect(turns.tagOf(40, 'a') - turns.tagOf(40, 'b')).toBe(1);
  });

  it('should count each level by itself', () => {
    const turns = new Turns();
    turns.took(40, 'a');
    expect(turns.tagOf(60, 'a')).toBe(0);
  });
});

describe('keys of fairness', () => {
  it('should take turns within a level', () => {
    const maker = oneAgent();
    ['a', 'a', 'a', 'b', 'c', 'b'].forEach((key, index) =>
      maker.add(readyTask(`${key}${index}`, 40, index, key), anyAgent),
    );
    maker.add(readyTask('urgent', 100, 9, 'd'), anyAgent);
    expect(drain(maker)).toEqual(['urgent', 'a0', 'b3', 'c4', 'a1', 'b5', 'a2']);
  });

  it('should treat tasks without a key as those of one more', () => {
    const maker = oneAgent();
    [undefined, undefined, undefined, 'b'].forEach((key, index) =>
      maker.add(readyTask(`${index}`, 40, index, key), anyAgent),
    );
    expect(drain(maker)).toEqual(['0', '3', '1', '2']);
  });

  it('should delay a task by no more tasks than there are other keys, however many these have queued', () => {
    const maker = oneAgent(['read', 'write']);
    const keys = ['big', 'small', 'other'];
    let position = 0;
    const add = (key: string, capability: string) =>
      maker.add(readyTask(`${key}-${(position += 1)}`, 40, position, key), { capabilities: [capability] });
    for (let index = 0; index < 10_000; index += 1) add('big', index % 2 === 0 ? 'read' : 'write');
    for (let index = 0; index < 100; index += 1) add('small', 'write');
    for (let index = 0; index < 500; index += 1) next(maker);
    add('other', 'read');
    const given = drain(maker);
    expect(given.findIndex((id) => id.startsWith('other'))).toBeLessThan(keys.length);
    expect(given).toHaveLength(10_101 - 500);
  });

  it('should give a key that comes one by one no more than its turn', () => {
    const maker = oneAgent();
    for (let index = 0; index < 10; index += 1) maker.add(readyTask(`big${index}`, 40, index, 'big'), anyAgent);
    const given: string[] = [];
    for (let index = 0; index < 8; index += 1) {
      maker.add(readyTask('drip', 40, 100 + index, 'drip'), anyAgent);
      given.push(next(maker)!.task.task_id, next(maker)!.task.task_id);
    }
    expect(given.filter((id) => id === 'drip')).toHaveLength(8);
    expect(given.filter((id) => id !== 'drip')).toEqual(Array.from({ length: 8 }, (_, index) => `big${index}`));
  });

  it('should wait for at most one task of each other key, in any history of one kind of agent', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', undefined), fc.nat(3), fc.nat(2)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, (history) => {
        const maker = oneAgent();
        /** For each key that waits, who had turns since it came or had its own. */
        const since = new Map<string | undefined, Map<string | undefined, number>>();
        const waiting = new Map<string | undefined, number>();
        let position = 0;
        for (const [key, adds, takes] of history) {
          for (let index = 0; index < adds; index += 1) {
            maker.add(readyTask(`${(position += 1)}`, 40, position, key), anyAgent);
            if (!waiting.get(key)) since.set(key, new Map());
            waiting.set(key, (waiting.get(key) ?? 0) + 1);
          }
          for (let index = 0; index < takes; index += 1) {
            const taken = next(maker)?.task;
            if (!taken) break;
            const { fairness_key } = taken;
            waiting.set(fairness_key, waiting.get(fairness_key)! - 1);
            since.set(fairness_key, new Map());
            for (const [other, turns] of since) {
              if (other === fairness_key || !waiting.get(other)) continue;
              turns.set(fairness_key, (turns.get(fairness_key) ?? 0) + 1);
              expect(turns.get(fairness_key)).toBeLessThanOrEqual(1);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
