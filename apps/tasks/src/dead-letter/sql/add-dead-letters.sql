-- $1: [{task_id, position, failure_class, agent_id, dead_lettered_at}]. The type stands in the task's first event; the
-- agent in its last assignment, where the dead letter itself does not tell.
insert into tasks.dead_letters as d (task_id, position, type, failure_class, agent_id, dead_lettered_at)
select
  r.task_id,
  r.position,
  submitted.data ->> 'type',
  r.failure_class,
  coalesce(
    r.agent_id,
    (
      select (assigned.data ->> 'agent_id')::uuid
      from event_log.events as assigned
      where assigned.stream_id = 'task-' || r.task_id and assigned.type = 'TaskAssigned'
      order by assigned.version desc
      limit 1
    )
  ),
  r.dead_lettered_at
from json_to_recordset($1::json) as r (
  task_id uuid, position bigint, failure_class text, agent_id uuid, dead_lettered_at timestamptz
)
join event_log.events as submitted on submitted.stream_id = 'task-' || r.task_id and submitted.version = 1
on conflict (task_id) do update set
  position = excluded.position,
  failure_class = excluded.failure_class,
  agent_id = excluded.agent_id,
  dead_lettered_at = excluded.dead_lettered_at
