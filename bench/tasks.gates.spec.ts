import { againstPeers, gated } from './tasks.gates';
import type { PeerFigures } from './peers/measure-peer';
import { BULLMQ } from './peers/run-peers';

const figures = (jobs_per_second: number, drain: PeerFigures['drain'] = {}): PeerFigures => ({
  jobs_per_second,
  drain,
  latency: { p50_ms: 1, p99_ms: 2 },
});

describe('the gates of the tasks bench', () => {
  it('should compare only with the peers that were measured', () => {
    expect(againstPeers({ one_by_one: 1_000, drain: 1_000 }, new Map())).toEqual([]);
    expect(againstPeers({ one_by_one: 1_000, drain: 1_000 }, new Map([['dbos', figures(1)]]))).toEqual([]);
  });

  it('should miss a gate below it, and a goal without failing', () => {
    const peers = new Map([
      ['pg-boss', figures(2_000)],
      ['graphile-worker', figures(1_000, { default: 900, batched: 9_000 })],
      [BULLMQ.always, figures(4_000)],
    ]);
    expect(againstPeers({ one_by_one: 1_900, drain: 900 }, peers)).toEqual([
      { what: 'one by one / pg-boss', ratio: 0.95, gate: 1, reached: false },
      { what: 'drain / graphile-worker, default', ratio: 1, gate: 1, reached: true },
      { what: `one by one / ${BULLMQ.always}`, ratio: 0.48, goal: 0.8, goal_reached: false },
    ]);
  });

  it.each([
    [{ p50_ms: 8, p99_ms: 25 }, true],
    [{ p50_ms: 8.01, p99_ms: 9 }, false],
    [{ p50_ms: 2, p99_ms: 25.01 }, false],
  ])('should hold the latency %p against both of its gates', (latency, reached) => {
    expect(gated(latency)).toMatchObject({ ...latency, reached });
  });
});
