-- Worker nodes, newest first, or those asked for: with what telemetry knows of them and how many agents are on them.
select worker.document, beat.last_seen, beat.load_metrics, placed.agents, placed.online
from read_models.workers as worker
left join telemetry.worker_liveness as beat on beat.worker_id = worker.id
left join lateral (
  select
    count(*)::int as agents,
    (count(*) filter (where agent.deployment_status <> 'offline'))::int as online
  from read_models.agents as agent
  where agent.document -> 'details' ->> 'worker_id' = worker.id and agent.lifecycle <> 'deleted'
) as placed on true
where $1::text[] is null or worker.id = any($1)
order by worker.id desc
limit $2 offset $3
