-- One batch's net effect. $1 uuid[]: tasks that ended. $2 uuid[]: tasks whose lease is over. $3-$9: open tasks, new or
-- changed. $10-$17: leases, new or changed. No task is in two of the lists that write the same table.
with ended as (
  delete from tasks.open_tasks where task_id = any($1::uuid[])
),
released as (
  delete from tasks.leases where task_id = any($2::uuid[])
),
opened as (
  insert into tasks.open_tasks (task_id, pool, priority, requirements, lease_seconds, position, ready_at)
  select o.task_id, o.pool, o.priority, o.requirements, o.lease_seconds, o.position, to_timestamp(o.ready_at / 1000)
    from unnest($3::uuid[], $4::text[], $5::smallint[], $6::json[], $7::float8[], $8::bigint[], $9::float8[])
      as o(task_id, pool, priority, requirements, lease_seconds, position, ready_at)
  on conflict (task_id) do update set ready_at = excluded.ready_at
)
insert into tasks.leases as l (task_id, agent_id, lease_token, attempt, started, lease_seconds, expires_at, agent_lost)
select n.task_id, n.agent_id, n.lease_token, n.attempt, n.started, n.lease_seconds, n.expires_at,
       -- Assigned by an owner that had not heard yet that the agent is gone.
       n.agent_lost or coalesce(a.document ->> 'liveness' = 'offline', false)
  from unnest($10::uuid[], $11::uuid[], $12::uuid[], $13::int[], $14::bool[], $15::float8[], $16::timestamptz[],
              $17::bool[])
    as n(task_id, agent_id, lease_token, attempt, started, lease_seconds, expires_at, agent_lost)
  left join tasks.agents a on a.agent_id = n.agent_id
on conflict (task_id) do update set
  agent_id = excluded.agent_id, lease_token = excluded.lease_token, attempt = excluded.attempt, started = excluded.started,
  -- A start gives the lease its full length, never less than a renewal that came before.
  expires_at = case when l.lease_token = excluded.lease_token then greatest(l.expires_at, excluded.expires_at) else excluded.expires_at end,
  closing = l.closing and l.lease_token = excluded.lease_token,
  agent_lost = excluded.agent_lost or (l.agent_lost and l.lease_token = excluded.lease_token)
returning task_id, lease_token, agent_lost
