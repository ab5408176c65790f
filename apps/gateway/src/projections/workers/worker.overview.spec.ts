import { overviewFrom, type OverviewRow } from './worker.overview';

const row = (changes: Partial<OverviewRow>): OverviewRow => ({
  ...{ status: 'online', worker_group: 'default', workers: 1, capacity: 4, agents: 0, online: 0 },
  ...{ cpu_reports: 0, cpu: 0, memory_reports: 0, memory: 0, disk_reports: 0, disk: 0 },
  ...changes,
});

describe('the overview of the fleet', () => {
  it('should be zero and without averages when there is nobody', () => {
    expect(overviewFrom([])).toMatchObject({
      total_workers: 0,
      by_status: { pending: 0, online: 0, degraded: 0, offline: 0, rejected: 0 },
      by_group: {},
      avg_cpu_usage_percent: null,
      available_capacity: 0,
    });
  });

  it('should sum over groups, weigh averages by reports and take capacity of those that are there alone', () => {
    const overview = overviewFrom([
      row({ workers: 2, capacity: 8, agents: 3, online: 2, cpu_reports: 2, cpu: 50 }),
      row({ status: 'degraded', worker_group: 'gpu', agents: 4, cpu_reports: 1, cpu: 50, disk_reports: 1, disk: 0 }),
      row({ status: 'offline', agents: 1, capacity: 100 }),
      row({ status: 'pending', worker_group: null, capacity: 100 }),
    ]);
    expect(overview).toEqual({
      total_workers: 5,
      by_status: { pending: 1, online: 2, degraded: 1, offline: 1, rejected: 0 },
      by_group: { default: 3, gpu: 1 },
      avg_cpu_usage_percent: 33.33,
      avg_memory_usage_percent: null,
      avg_disk_usage_percent: 0,
      total_agents: 8,
      online_agents: 2,
      agent_capacity: 12,
      available_capacity: 5,
    });
  });
});
