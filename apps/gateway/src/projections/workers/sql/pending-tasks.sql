-- What waits for the agents of a worker: handed to one of them and not started yet, or queued for nobody else. The most
-- urgent first. Two branches, so that each has an index of its own.
with resident as (
  select id from read_models.agents where document -> 'details' ->> 'worker_id' = $1 and lifecycle <> 'deleted'
)
select pending.document
from (
  select id, priority, document
  from read_models.tasks
  where status = 'assigned' and agent_id in (select id from resident)
  union all
  select id, priority, document
  from read_models.tasks
  where status = 'queued' and pinned_agent_id in (select id from resident)
) as pending
order by pending.priority desc, pending.id
limit $2
