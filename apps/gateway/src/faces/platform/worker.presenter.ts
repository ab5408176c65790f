import { workerStatus } from '@ao/contracts';
import type { WorkerNow } from '../../projections/workers/worker.queries';
import type { ShownWorker } from './worker.schemas';

/** A worker node as `/api/v1` shows it: bare, in snake_case. */
export function presentWorker({ document, last_seen, load_metrics, agents, online }: WorkerNow): ShownWorker {
  return {
    id: document.worker_id,
    ...document,
    status: workerStatus(document),
    is_approved: document.approval === 'approved',
    last_heartbeat: last_seen?.toISOString() ?? null,
    cpu_usage_percent: load_metrics?.cpu_usage_percent ?? null,
    memory_usage_percent: load_metrics?.memory_usage_percent ?? null,
    disk_usage_percent: load_metrics?.disk_usage_percent ?? null,
    agent_count: agents,
    online_agents: online,
  };
}
