-- The breakers there are: the documents of the contracts, up to the checkpoint of `circuit-breakers`. The pool's owner
-- knows from here which of them hold tasks back before it gives out the first one.
create table tasks.circuit_breakers (
  breaker_id uuid primary key,
  document json not null
);

-- What each has counted up to the same checkpoint; also of those that are only made when they must be opened.
create table tasks.circuit_breaker_tallies (
  breaker_id uuid primary key,
  tally json not null,
  updated_at timestamptz not null
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

create index circuit_breaker_tallies_updated on tasks.circuit_breaker_tallies (updated_at);
