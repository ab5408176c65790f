-- What each agent has done, from the tasks whose last assignment was its own. The counts are exact and of the index
-- alone; the time is the mean of the newest 200 completed tasks, so that it costs the same however many there are.
select
  agent.id,
  counted.completed,
  counted.failed,
  lasted.milliseconds
from unnest($1::text[]) as agent (id)
cross join lateral (
  select
    count(*) filter (where status = 'completed')::float8 as completed,
    count(*) filter (where status <> 'completed')::float8 as failed
  from read_models.tasks
  where agent_id = agent.id and status in ('completed', 'failed', 'dead_lettered')
) as counted
cross join lateral (
  select avg(extract(epoch from ended_at - started_at))::float8 * 1000 as milliseconds
  from (
    select
      (document ->> 'ended_at')::timestamptz as ended_at,
      coalesce(document ->> 'started_at', document ->> 'assigned_at')::timestamptz as started_at
    from read_models.tasks
    where agent_id = agent.id and status = 'completed'
    order by id desc
    limit 200
  ) as newest
) as lasted
