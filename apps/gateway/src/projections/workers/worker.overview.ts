import type { workerStatus } from '@ao/contracts';

export type WorkerStatus = ReturnType<typeof workerStatus>;

/** The workers of one status and group, summed up. */
export interface OverviewRow {
  readonly status: WorkerStatus;
  readonly worker_group: string | null;
  readonly workers: number;
  readonly capacity: number;
  readonly agents: number;
  readonly online: number;
  readonly cpu_reports: number;
  readonly cpu: number;
  readonly memory_reports: number;
  readonly memory: number;
  readonly disk_reports: number;
  readonly disk: number;
}

export interface WorkerOverview {
  readonly total_workers: number;
  readonly by_status: Readonly<Record<WorkerStatus, number>>;
  /** Of those that have one. */
  readonly by_group: Readonly<Record<string, number>>;
  /** Of what the workers that are there last reported; null when none did. */
  readonly avg_cpu_usage_percent: number | null;
  readonly avg_memory_usage_percent: number | null;
  readonly avg_disk_usage_percent: number | null;
  readonly total_agents: number;
  readonly online_agents: number;
  /** How many agents the workers that are there take, and how many more. */
  readonly agent_capacity: number;
  readonly available_capacity: number;
}

const isThere = ({ status }: OverviewRow) => status === 'online' || status === 'degraded';

export function overviewFrom(rows: readonly OverviewRow[]): WorkerOverview {
  const by_status: Record<WorkerStatus, number> = { pending: 0, online: 0, degraded: 0, offline: 0, rejected: 0 };
  const by_group = new Map<string, number>();
  for (const { status, worker_group, workers } of rows) {
    by_status[status] += workers;
    if (worker_group !== null) by_group.set(worker_group, (by_group.get(worker_group) ?? 0) + workers);
  }
  const sum = (field: 'workers' | 'agents' | 'online' | 'capacity', of = rows) =>
    of.reduce((total, row) => total + row[field], 0);
  const there = rows.filter(isThere);
  return {
    total_workers: sum('workers'),
    by_status,
    by_group: Object.fromEntries(by_group),
    avg_cpu_usage_percent: average(rows, 'cpu'),
    avg_memory_usage_percent: average(rows, 'memory'),
    avg_disk_usage_percent: average(rows, 'disk'),
    total_agents: sum('agents'),
    online_agents: sum('online'),
    agent_capacity: sum('capacity', there),
    available_capacity: there.reduce((free, row) => free + Math.max(0, row.capacity - row.agents), 0),
  };
}

/** To two decimals. */
function average(rows: readonly OverviewRow[], what: 'cpu' | 'memory' | 'disk'): number | null {
  const reports = rows.reduce((total, row) => total + row[`${what}_reports`], 0);
  if (reports === 0) return null;
  return Math.round((rows.reduce((total, row) => total + row[what], 0) / reports) * 100) / 100;
}
