-- One batch's net effect. $1 uuid[]: tasks that ended. $2 uuid[]: tasks whose lease is over. $3 json: open tasks, new or
-- changed. $4-$12: leases, new or changed. No task is in two of the lists that write the same table.
with ended as (
  delete from tasks.open_tasks where task_id = any($1::uuid[])
),
released as (
  delete from tasks.leases where task_id = any($2::uuid[])
),
opened as (
  insert into tasks.open_tasks (task_id, pool, type, priority, requirements, lease_seconds, position, ready_at,
                                fairness_key, concurrency_key, held, not_before, deadline, on_agent_lost)
  select o.task_id, o.pool, o.type, o.priority, o.requirements, o.lease_seconds, o.position, to_timestamp(o.ready_at / 1000),
         o.fairness_key, o.concurrency_key, o.held, to_timestamp(o.not_before / 1000), to_timestamp(o.deadline / 1000),
         o.on_agent_lost
    from json_to_recordset($3::json)
      as o(task_id uuid, pool text, type text, priority smallint, requirements json, lease_seconds float8, position bigint,
           ready_at float8, fairness_key text, concurrency_key text, held text, not_before float8, deadline float8,
           on_agent_lost text)
  on conflict (task_id) do update set
    type = excluded.type, priority = excluded.priority, requirements = excluded.requirements, ready_at = excluded.ready_at,
    held = excluded.held, not_before = excluded.not_before, deadline = excluded.deadline
)
insert into tasks.leases as l (task_id, agent_id, lease_token, attempt, started, lease_seconds, expires_at, agent_lost)
select n.task_id, n.agent_id, n.lease_token, n.attempt, n.started, n.lease_seconds, n.expires_at,
       -- Assigned by an owner that had not heard yet that the agent is gone.
       n.agent_lost or (n.ends_with_agent and coalesce(a.document ->> 'liveness' = 'offline', false))
  from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::bool[], $9::float8[], $10::timestamptz[], $11::bool[],
              $12::bool[])
    as n(task_id, agent_id, lease_token, attempt, started, lease_seconds, expires_at, agent_lost, ends_with_agent)
  left join tasks.agents a on a.agent_id = n.agent_id
on conflict (task_id) do update set
  agent_id = excluded.agent_id, lease_token = excluded.lease_token, attempt = excluded.attempt, started = excluded.started,
  -- A start gives the lease its full length, never less than a renewal that came before.
  expires_at = case when l.lease_token = excluded.lease_token then greatest(l.expires_at, excluded.expires_at) else excluded.expires_at end,
  closing = l.closing and l.lease_token = excluded.lease_token,
  agent_lost = excluded.agent_lost or (l.agent_lost and l.lease_token = excluded.lease_token)
returning task_id, lease_token, agent_lost
