-- $1-$5: the newest progress of each task, one row per task.
insert into telemetry.task_progress as p (task_id, agent_id, progress, message, updated_at)
select * from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::text[], $5::timestamptz[])
on conflict (task_id) do update set
  agent_id = excluded.agent_id, progress = excluded.progress, message = excluded.message, updated_at = excluded.updated_at
