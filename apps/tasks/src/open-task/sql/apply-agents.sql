-- $1 uuid[], $2 json[]: agents, new or changed. $3 uuid[]: agents that were lost in this batch; their leases end at once.
with kept as (
  insert into tasks.agents (agent_id, document)
  select * from unnest($1::uuid[], $2::json[])
  on conflict (agent_id) do update set document = excluded.document
)
update tasks.leases set agent_lost = true where agent_id = any($3::uuid[])
returning task_id, lease_token
