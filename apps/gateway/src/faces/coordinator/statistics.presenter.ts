import { PRIORITY_NAMES, type PriorityName } from '@ao/contracts';
import type { TaskStatistics } from '../../projections/tasks/task.statistics';
import type { DistributionStats } from './task.schemas';

/** What the statistics need besides the counters of tasks. */
export interface BalancerView {
  readonly strategy: string;
  readonly activeAgents: number;
}

/** Rows 7 and 9: the coordinator's statistics, key by key, from the counters that the projection of tasks keeps. */
export function presentStatistics(statistics: TaskStatistics, balancer: BalancerView): DistributionStats {
  const ended = statistics.completed + statistics.failedAttempts;
  return {
    tasks_distributed: statistics.distributed,
    tasks_completed: statistics.completed,
    tasks_failed: statistics.failed,
    avg_distribution_time:
      statistics.distributed === 0 ? 0 : rounded(statistics.distributionMilliseconds / statistics.distributed / 1000),
    load_balancer_stats: {
      strategy: balancer.strategy,
      total_assignments: statistics.assignments,
      successful_assignments: statistics.completed,
      failed_assignments: statistics.failedAttempts,
      success_rate: ended === 0 ? 0 : rounded(statistics.completed / ended),
      active_agents: balancer.activeAgents,
      agent_weights: 0,
      avg_agent_load: balancer.activeAgents === 0 ? 0 : rounded(statistics.open / balancer.activeAgents),
    },
    queue_sizes: presentQueueSizes(statistics),
  };
}

export function presentQueueSizes(statistics: TaskStatistics): Record<PriorityName, number> {
  return Object.fromEntries(PRIORITY_NAMES.map((name) => [name, statistics.queued[name]])) as Record<
    PriorityName,
    number
  >;
}

export function totalQueued(statistics: TaskStatistics): number {
  return PRIORITY_NAMES.reduce((sum, name) => sum + statistics.queued[name], 0);
}

const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
