-- $1: task, $2: lease token. If the lease is to end now, marks it, so that it is not renewed while the decider looks at it.
-- Answers what there is of it: `due` says whether it was to end.
with claimed as (
  update tasks.leases set closing = true
   where task_id = $1 and lease_token = $2 and (agent_lost or expires_at <= clock_timestamp())
  returning expires_at, agent_lost
)
select true as due, expires_at, agent_lost from claimed
union all
select false, expires_at, agent_lost from tasks.leases
 where task_id = $1 and lease_token = $2 and not exists (select from claimed)
