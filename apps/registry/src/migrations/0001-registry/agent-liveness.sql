-- Beats and loads of agents: written by registry alone, read by every service. Telemetry, not the truth: the log has the
-- registrations and the transitions, and this table is made again from there and from the next beats.
create table telemetry.agent_liveness (
  agent_id text collate "C" primary key,
  interval_seconds double precision not null,
  -- What the log says, up to the checkpoint of registry's subscription `liveness`.
  liveness text not null default 'online' check (liveness in ('online', 'degraded', 'offline')),
  -- The newest sign of life.
  last_seen timestamptz,
  -- When the sweep must look at the agent: the next transition that silence would cause. Null: nothing more can happen.
  deadline timestamptz,
  -- The newest report of each kind, whole; null until the agent reported one.
  load_metrics json,
  health text check (health in ('healthy', 'degraded', 'error'))
) with (
  -- Every beat rewrites its row. Vacuum must come by the number of dead rows, not by a share of a large table.
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

create index agent_liveness_deadline on telemetry.agent_liveness (deadline) where deadline is not null;

grant select, insert, update, delete on telemetry.agent_liveness to ao_registry;
