-- When each API key was last used, a few seconds late: telemetry, not the truth. Written by the gateway alone.
create table telemetry.api_key_usage (
  api_key_id uuid primary key,
  last_used_at timestamptz not null
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

grant select, insert, update, delete on telemetry.api_key_usage to ao_gateway;
