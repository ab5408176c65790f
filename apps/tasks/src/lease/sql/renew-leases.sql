-- $1, $2, $3 uuid[]: task, lease token, agent. Gives each lease its full length from now, unless it is over or being ended.
-- A lease past its deadline that nobody has begun to end is as good as new.
update tasks.leases l
   set expires_at = greatest(l.expires_at, clock_timestamp() + make_interval(secs => l.lease_seconds))
  from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as r(task_id, lease_token, agent_id)
 where l.task_id = r.task_id and l.lease_token = r.lease_token and l.agent_id = r.agent_id
   and not l.closing and not l.agent_lost
returning l.task_id, l.lease_token, l.expires_at
