import { agentEvents, taskEvents, type AgentEvent, type TaskEvent } from '@ao/contracts';
import * as fc from 'fast-check';
import {
  evolveScore,
  learnedFrom,
  scoredAgent,
  LATENCY_HALF_LIFE,
  SCORED_EVENTS,
  TRUST_HALF_LIFE,
} from './agent-score';
import { AgentScores } from './agent-scores';

const AGENT = 'a';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (milliseconds: number) => new Date(T0 + milliseconds).toISOString();

type Ending =
  'TaskCompleted' | 'TaskAttemptFailed' | 'TaskFailed' | 'TaskReturned' | 'TaskLeaseExpired' | 'TaskDeadLettered';
const AT: Record<Ending, string> = {
  TaskCompleted: 'completed_at',
  TaskAttemptFailed: 'failed_at',
  TaskFailed: 'failed_at',
  TaskReturned: 'returned_at',
  TaskLeaseExpired: 'expired_at',
  TaskDeadLettered: 'dead_lettered_at',
};

const assigned = (task_id: string, at = 0, agent_id = AGENT) =>
  ({ type: 'TaskAssigned', data: { task_id, agent_id, assigned_at: iso(at) } }) as TaskEvent;
const started = (task_id: string, at: number) =>
  ({ type: 'TaskStarted', data: { task_id, agent_id: AGENT, started_at: iso(at) } }) as TaskEvent;
const ends = (type: Ending, task_id: string, at = 0, agent_id: string | undefined = AGENT) =>
  ({ type, data: { task_id, agent_id, [AT[type]]: iso(at) } }) as unknown as TaskEvent;
const cancelled = (task_id: string) =>
  ({ type: 'TaskCancelled', data: { task_id, agent_id: AGENT } }) as unknown as TaskEvent;
const gone: AgentEvent = { type: 'AgentDeregistered', data: { agent_id: AGENT, at: iso(0) } };

function scoresOf(...events: (TaskEvent | AgentEvent)[]): AgentScores {
  const scores = new AgentScores();
  for (const event of events) scores.apply(event);
  return scores;
}

const learned = (...events: (TaskEvent | AgentEvent)[]) => scoresOf(...events).of(AGENT);
const many = (type: Ending, count: number, took = 100) =>
  Array.from({ length: count }, (_, index) => [
    assigned(`${type}${index}`),
    ends(type, `${type}${index}`, took),
  ]).flat();

describe('latency', () => {
  it('should be unknown before a task was completed', () => {
    expect(learned()).toEqual({ latency_ms: null, trust: null });
    expect(learned(assigned('1'), ends('TaskFailed', '1')).latency_ms).toBeNull();
  });

  it('should count from the start, or from the assignment where no start was told', () => {
    expect(learned(assigned('1'), started('1', 40), ends('TaskCompleted', '1', 100)).latency_ms).toBeCloseTo(60);
    expect(learned(assigned('1'), ends('TaskCompleted', '1', 100)).latency_ms).toBeCloseTo(100);
    expect(learned(assigned('1', 500), ends('TaskCompleted', '1', 100)).latency_ms).toBe(0);
  });

  it('should forget half within the half-life', () => {
    const before = many('TaskCompleted', 200, 100);
    const after = many('TaskCompleted', LATENCY_HALF_LIFE, 300);
    expect(learned(...before, ...after).latency_ms).toBeCloseTo(200, 0);
  });
});

describe('trust', () => {
  it('should be near a half after little, and go to the share of good outcomes', () => {
    expect(learned(assigned('1'), ends('TaskCompleted', '1')).trust).toBeCloseTo(2 / 3);
    expect(learned(assigned('1'), ends('TaskReturned', '1')).trust).toBeCloseTo(1 / 2);
    expect(learned(...many('TaskCompleted', 500)).trust).toBeGreaterThan(0.96);
  });

  it.each(['TaskAttemptFailed', 'TaskFailed', 'TaskLeaseExpired', 'TaskDeadLettered'] as const)(
    'should fall by %s',
    (type) => {
      expect(learned(assigned('1'), ends(type, '1')).trust).toBeCloseTo(1 / 3);
      expect(learned(...many(type, 500)).trust).toBeLessThan(0.04);
    },
  );

  it('should forget half within the half-life', () => {
    const trust = learned(...many('TaskCompleted', 500), ...many('TaskFailed', TRUST_HALF_LIFE)).trust;
    expect(trust).toBeCloseTo(0.5, 1);
  });

  it('should not count a last attempt twice, nor a cancelled task at all', () => {
    const expired = learned(assigned('1'), ends('TaskLeaseExpired', '1'));
    // What follows an expired lease names no agent.
    const after = ends('TaskDeadLettered', '1');
    delete (after.data as { agent_id?: string }).agent_id;
    expect(learned(assigned('1'), ends('TaskLeaseExpired', '1'), after)).toEqual(expired);
    expect(learned(assigned('1'), cancelled('1'))).toEqual({ latency_ms: null, trust: null });
  });
});

describe('memory', () => {
  it('should forget who is gone, and what still happens to its tasks', () => {
    const scores = scoresOf(assigned('1'), gone, ends('TaskLeaseExpired', '1'));
    expect(scores.size).toBe(0);
  });

  it('should keep a few open tasks of an agent, however many it has', () => {
    const scores = scoresOf(...Array.from({ length: 1000 }, (_, index) => assigned(`${index}`)));
    expect(JSON.stringify([...scores['scores'].values()]).length).toBeLessThan(4_000);
    scores.apply(ends('TaskCompleted', '0', 50));
    expect(scores.of(AGENT).latency_ms).toBeNull();
    scores.apply(ends('TaskCompleted', '999', 50));
    expect(scores.of(AGENT).latency_ms).toBeCloseTo(50);
  });
});

it('should come to the same whether kept in memory or read back from a table in between', () => {
  const anEvent = fc
    .tuple(fc.constantFrom(...(Object.keys(AT) as Ending[])), fc.nat(5), fc.nat(1000))
    .chain(([type, task, at]) =>
      fc.constantFrom(assigned(`${task}`, at), started(`${task}`, at), ends(type, `${task}`, at)),
    );
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 40 }), fc.nat(40), (events, cut) => {
      const first = scoresOf(...events.slice(0, cut));
      const second = new AgentScores();
      second.seed(JSON.parse(JSON.stringify([...first['scores'].values()])) as never);
      for (const event of events.slice(cut)) second.apply(event);
      const whole = scoresOf(...events);
      expect([...second['scores']]).toEqual([...whole['scores']]);
      for (const score of whole['scores'].values()) {
        const { latency_ms, trust } = learnedFrom(score);
        expect(latency_ms ?? 0).toBeGreaterThanOrEqual(0);
        expect(trust ?? 0.5).toBeGreaterThan(0);
        expect(trust ?? 0.5).toBeLessThan(1);
      }
    }),
  );
});

it('should say whose scores have changed, and only then', () => {
  const scores = new AgentScores();
  expect(scores.apply(assigned('1'))).toBeUndefined();
  expect(scores.apply(started('1', 1))).toBeUndefined();
  expect(scores.apply(ends('TaskCompleted', '1', 5))).toBe(AGENT);
  expect(scores.apply(gone)).toBe(AGENT);
});

it('should name the events that change a score, and no others', () => {
  const before = new AgentScores();
  before.apply(assigned('1'));
  const score = before['scores'].get(AGENT)!;
  const times = Object.fromEntries([...Object.values(AT), 'assigned_at', 'started_at'].map((name) => [name, iso(1)]));
  for (const [category, types] of Object.entries({ task: Object.keys(taskEvents), agent: Object.keys(agentEvents) })) {
    for (const type of types) {
      const event = { type, data: { task_id: '1', agent_id: AGENT, ...times } } as unknown as TaskEvent | AgentEvent;
      const named = SCORED_EVENTS[category]!.includes(type);
      expect([type, evolveScore(score, event) !== score]).toEqual([type, named]);
      expect([type, scoredAgent(event)]).toEqual([type, named ? AGENT : undefined]);
    }
  }
});
