-- What dispatching needs of tasks that have not ended, kept by the owned subscription `open-tasks` in one transaction
-- with its checkpoint. The owner of a pool builds its memory from here. Rows come and go with the work, so they stay
-- narrow, and vacuum must come by the number of dead rows, not by a share of a table that may be large.
create table tasks.open_tasks (
  task_id uuid primary key,
  pool text collate "C" not null,
  priority smallint not null check (priority between 0 and 100),
  requirements json not null,
  lease_seconds double precision not null,
  -- Of its submission in the log.
  position bigint not null,
  -- Since when, or from when on, it may be given out.
  ready_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- The leases of open tasks. Renewals are not events: they move `expires_at` here, and here alone.
create table tasks.leases (
  task_id uuid primary key,
  agent_id uuid not null,
  lease_token uuid not null,
  attempt integer not null,
  started boolean not null,
  lease_seconds double precision not null,
  expires_at timestamptz not null,
  -- The agent was lost: ends at once, whatever its deadline.
  agent_lost boolean not null default false,
  -- Its expiry is being decided: it cannot be renewed any more.
  closing boolean not null default false
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

create index leases_agent on tasks.leases (agent_id);

-- The fleet, up to the same checkpoint: the agent documents of the contracts.
create table tasks.agents (
  agent_id uuid primary key,
  document json not null
);
