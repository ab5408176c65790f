-- $1, $2: a page of all open tasks of a pool with their leases, in the order of submission. Page size $3.
select t.task_id, t.pool, t.priority, t.requirements, t.lease_seconds, t.position,
       (extract(epoch from t.ready_at) * 1000)::bigint as ready_at,
       l.agent_id, l.lease_token, l.attempt, l.started, l.expires_at
  from tasks.open_tasks t
  left join tasks.leases l using (task_id)
 where t.pool = $1 and t.task_id > $2::uuid
 order by t.task_id
 limit $3
