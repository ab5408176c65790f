import { KINDS_OF_FAULTS } from './campaign/fault-plan';
import { tasksCampaign } from './campaign/tasks-campaign';

const TASKS = 2_000;
/** The full campaign (`npm run campaign:tasks`) freezes a service for up to 30 s. */
const LONGEST_FREEZE_MS = 3_000;
const SEED = 5;

describe('two replicas of tasks under every kind of fault', () => {
  it('should lose no acknowledged task, complete none twice, and stay within every policy', async () => {
    const lines: object[] = [];
    const result = await tasksCampaign({
      tasks: TASKS,
      seed: SEED,
      faults: KINDS_OF_FAULTS,
      longestFreezeMs: LONGEST_FREEZE_MS,
      report: (line) => lines.push(line),
    });
    expect(result.violations).toEqual([]);
    expect(result).toMatchObject({ audit: 'chain verified', acknowledged: TASKS, unknown: 0 });
    expect(lines).toHaveLength(KINDS_OF_FAULTS);
    // The faults were felt: agents lost leases, tasks ended in every way, and the pool changed hands.
    expect(result.leases_expired).toBeGreaterThan(0);
    expect(Object.keys(result.ended).sort()).toEqual(['TaskCompleted', 'TaskDeadLettered', 'TaskFailed']);
    expect(result.epochs).toBeGreaterThanOrEqual(3);
  }, 600_000);
});
