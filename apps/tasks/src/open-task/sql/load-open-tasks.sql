-- $1 uuid[]: the open tasks among these, with their leases.
select t.task_id, t.pool, t.priority, t.requirements, t.lease_seconds, t.position,
       (extract(epoch from t.ready_at) * 1000)::bigint as ready_at,
       l.agent_id, l.lease_token, l.attempt, l.started, l.expires_at
  from tasks.open_tasks t
  left join tasks.leases l using (task_id)
 where t.task_id = any($1::uuid[])
