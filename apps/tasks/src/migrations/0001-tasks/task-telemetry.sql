-- What agents report of running tasks: telemetry, not the truth. Written by tasks alone, read by every service.
create table telemetry.task_progress (
  task_id uuid primary key,
  agent_id uuid not null,
  -- 0 to 100
  progress double precision not null,
  message text,
  updated_at timestamptz not null
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

create table telemetry.task_logs (
  id bigint generated always as identity primary key,
  task_id uuid not null,
  agent_id uuid not null,
  -- The agent's own clock.
  logged_at timestamptz not null,
  level text not null check (level in ('debug', 'info', 'warn', 'error')),
  message text not null
);

create index task_logs_task on telemetry.task_logs (task_id, id);

grant select, insert, update, delete on telemetry.task_progress, telemetry.task_logs to ao_tasks;
