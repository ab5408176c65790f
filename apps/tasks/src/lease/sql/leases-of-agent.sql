-- $1: agent. Oldest lease first.
select task_id, lease_token, attempt, started, lease_seconds, expires_at
  from tasks.leases
 where agent_id = $1 and not closing and not agent_lost
 order by expires_at, task_id
