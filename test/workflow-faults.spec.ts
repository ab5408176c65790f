import { RUN_FAULTS, workflowsCampaign } from './campaign/workflows-campaign';

const RUNS = 1_000;
const SEED = 7;

describe('two replicas of workflows while processes die and Postgres crashes', () => {
  it('should bring every run to the end it should have, with one task per attempt', async () => {
    const lines: object[] = [];
    const result = await workflowsCampaign({
      ...{ runs: RUNS, seed: SEED, faults: RUN_FAULTS.length },
      report: (line) => lines.push(line),
    });
    expect(result.violations).toEqual([]);
    expect(result.violated).toEqual({});
    expect(lines).toHaveLength(RUN_FAULTS.length);
    expect(result).toMatchObject({
      audit: 'chain verified',
      // One shape in ten fails, one is cancelled, and one brings a run of its own along.
      ended: { RunCompleted: RUNS - RUNS / 5 + RUNS / 10, RunFailed: RUNS / 10, RunCancelled: RUNS / 10 },
    });
  }, 600_000);
});
