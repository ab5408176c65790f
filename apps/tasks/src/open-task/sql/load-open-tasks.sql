-- $1 uuid[]: the open tasks among these, with their leases.
select t.task_id, t.pool, t.priority, t.requirements, t.lease_seconds, t.position, t.fairness_key, t.concurrency_key,
       t.held, t.on_agent_lost,
       coalesce(t.type, (select e.data ->> 'type' from event_log.events e where e.position = t.position)) as type,
       (extract(epoch from t.ready_at) * 1000)::bigint as ready_at,
       (extract(epoch from t.not_before) * 1000)::bigint as not_before,
       (extract(epoch from t.deadline) * 1000)::bigint as deadline,
       case when t.held is not null then
         (select json_agg(d.dependency_id order by d.dependency_id) from tasks.dependencies d where d.task_id = t.task_id)
       end as waits_for,
       l.agent_id, l.lease_token, l.attempt, l.started, l.expires_at
  from tasks.open_tasks t
  left join tasks.leases l using (task_id)
 where t.task_id = any($1::uuid[])
