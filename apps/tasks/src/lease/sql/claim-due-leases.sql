-- The leases that are to end now, at most $1, marked so that none of them is renewed while the decider looks at it.
-- Those of a keeper that died in between are found again.
update tasks.leases l
   set closing = true
  from (
    select task_id from tasks.leases where agent_lost or expires_at <= clock_timestamp() order by expires_at limit $1
  ) due
 where l.task_id = due.task_id
returning l.task_id, l.lease_token, l.expires_at, l.agent_lost
