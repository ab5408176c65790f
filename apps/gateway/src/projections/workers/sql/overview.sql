-- The fleet by status and group. Averages are of what workers that are there last reported: what is lost uses nothing.
select
  worker.status,
  worker.worker_group,
  count(*)::int as workers,
  sum(worker.max_agents)::int as capacity,
  coalesce(sum(placed.agents), 0)::int as agents,
  coalesce(sum(placed.online), 0)::int as online,
  count(used.cpu)::int as cpu_reports,
  coalesce(sum(used.cpu), 0)::float8 as cpu,
  count(used.memory)::int as memory_reports,
  coalesce(sum(used.memory), 0)::float8 as memory,
  count(used.disk)::int as disk_reports,
  coalesce(sum(used.disk), 0)::float8 as disk
from read_models.workers as worker
left join lateral (
  select
    (beat.load_metrics ->> 'cpu_usage_percent')::float8 as cpu,
    (beat.load_metrics ->> 'memory_usage_percent')::float8 as memory,
    (beat.load_metrics ->> 'disk_usage_percent')::float8 as disk
  from telemetry.worker_liveness as beat
  where beat.worker_id = worker.id and worker.status in ('online', 'degraded')
) as used on true
left join (
  select
    agent.document -> 'details' ->> 'worker_id' as worker_id,
    count(*) as agents,
    count(*) filter (where agent.deployment_status <> 'offline') as online
  from read_models.agents as agent
  where (agent.document -> 'details' ->> 'worker_id') is not null and agent.lifecycle <> 'deleted'
  group by 1
) as placed on placed.worker_id = worker.id
group by worker.status, worker.worker_group
