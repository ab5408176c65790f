insert into telemetry.task_logs (task_id, agent_id, logged_at, level, message)
select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[])
