-- $1 uuid[], $2 json[]: agents, new or changed. $3 uuid[]: agents that were lost in this batch; their leases end at once,
-- but those of tasks that wait for the end of the lease.
with kept as (
  insert into tasks.agents (agent_id, document)
  select * from unnest($1::uuid[], $2::json[])
  on conflict (agent_id) do update set document = excluded.document
)
update tasks.leases l set agent_lost = true
  from tasks.open_tasks t
 where l.agent_id = any($3::uuid[]) and t.task_id = l.task_id and t.on_agent_lost is distinct from 'wait'
returning l.task_id, l.lease_token
