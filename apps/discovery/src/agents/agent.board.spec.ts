import { agentDocument } from '@ao/contracts/testing';
import { NOTHING_LEARNED, type LearnedScores } from '@ao/routing';
import { AgentBoard } from './agent.board';

const AGENT = '01900000-0000-7000-8000-000000000001';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');

function boardOf(learned: LearnedScores = NOTHING_LEARNED): AgentBoard {
  return new AgentBoard({ of: () => learned });
}

describe('the board of agents', () => {
  it("should tell seed 004's word and whether an agent takes work", () => {
    const words = [
      [{}, 'healthy', true],
      [{ load: 'busy' }, 'healthy', true],
      [{ liveness: 'degraded' }, 'degraded', true],
      [{ health: 'degraded' }, 'degraded', true],
      [{ lifecycle: 'draining' }, 'degraded', false],
      [{ health: 'error' }, 'unhealthy', false],
      [{ liveness: 'offline' }, 'unhealthy', false],
      [{ lifecycle: 'stopped' }, 'unhealthy', false],
      [{ lifecycle: 'initializing', liveness: 'unknown' }, 'unknown', false],
    ] as const;
    for (const [changes, word, takesWork] of words) {
      const board = boardOf();
      board.put(agentDocument(changes));
      expect([changes, board.get(AGENT)?.word, board.get(AGENT)?.takesWork]).toEqual([changes, word, takesWork]);
    }
  });

  it('should forget who is gone', () => {
    const board = boardOf();
    board.put(agentDocument());
    board.put(agentDocument({ lifecycle: 'deleted' }));
    expect(board.get(AGENT)).toBeUndefined();
    expect(board.size).toBe(0);
  });

  it('should know loads that came before the agent, or after', () => {
    const beat = { beats: [{ agent_id: AGENT, at: T0 + 5_000, load_metrics: { load: 0.3, active_tasks: 5 } }] };
    for (const early of [true, false]) {
      const board = boardOf();
      if (early) board.beats(beat);
      board.put(agentDocument());
      if (!early) board.beats(beat);
      expect(board.get(AGENT)).toMatchObject({ load: 0.3, hasLoad: true, running: 5, lastHeartbeat: T0 + 5_000 });
    }
  });

  it('should keep what an agent said of itself until it says something else', () => {
    const board = boardOf();
    board.put(agentDocument());
    expect(board.get(AGENT)).toMatchObject({ hasLoad: false, lastHeartbeat: T0 });
    board.beats({ beats: [{ agent_id: AGENT, at: T0 + 1, load_metrics: { load: 0.5 }, health: 'error' }] });
    board.beats({ beats: [{ agent_id: AGENT, at: T0 + 2 }] });
    expect(board.get(AGENT)).toMatchObject({ load: 0.5, word: 'unhealthy', takesWork: false });
    board.beats({ beats: [{ agent_id: AGENT, at: T0 + 3, health: 'healthy' }] });
    expect(board.get(AGENT)).toMatchObject({ word: 'healthy', takesWork: true, lastHeartbeat: T0 + 3 });
  });

  it('should not let a table overrule what was heard since', () => {
    const board = boardOf();
    board.put(agentDocument());
    board.beats({ beats: [{ agent_id: AGENT, at: T0 + 9_000, load_metrics: { load: 0.9 } }] });
    const row = { agent_id: AGENT, load_metrics: { load: 0.1 }, health: null };
    board.load([{ ...row, last_seen: new Date(T0 + 1_000) }]);
    expect(board.get(AGENT)?.load).toBe(0.9);
    board.load([{ ...row, last_seen: new Date(T0 + 10_000) }]);
    expect(board.get(AGENT)?.load).toBe(0.1);
  });

  it('should take over what is learned', () => {
    const scores = { latency_ms: 12, trust: 0.9 };
    let learned: LearnedScores = NOTHING_LEARNED;
    const board = new AgentBoard({ of: () => learned });
    board.put(agentDocument());
    expect(board.get(AGENT)).toMatchObject(NOTHING_LEARNED);
    learned = scores;
    board.learned(AGENT);
    expect(board.get(AGENT)).toMatchObject(scores);
  });
});
