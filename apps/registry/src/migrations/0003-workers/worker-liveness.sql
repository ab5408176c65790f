-- Beats and percentages of worker nodes. The columns are those of telemetry.agent_liveness, and so are the statements.
create table telemetry.worker_liveness (
  worker_id text collate "C" primary key,
  interval_seconds double precision not null,
  -- What the log says, up to the checkpoint of registry's subscription `worker-liveness`.
  liveness text not null default 'online' check (liveness in ('online', 'degraded', 'offline')),
  last_seen timestamptz,
  deadline timestamptz,
  -- cpu_usage_percent, memory_usage_percent, disk_usage_percent; null until the worker reported.
  load_metrics json,
  health text check (health in ('healthy', 'degraded', 'error'))
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

create index worker_liveness_deadline on telemetry.worker_liveness (deadline) where deadline is not null;

grant select, insert, update, delete on telemetry.worker_liveness to ao_registry;
