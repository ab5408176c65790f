-- The triggers there are, in the same transaction as the checkpoint of the subscription `triggers`.
create table workflows.triggers (
  trigger_id uuid primary key,
  terms jsonb not null,
  -- Since when it has been as it is; null: it is disabled.
  enabled_at timestamptz,
  -- Where its newest change stands in the log: a timer of an older one does nothing.
  revision bigint not null,
  -- Of a condition: whether it was true when it was looked at last, and why it could not be worked out.
  is_met boolean not null default false,
  condition_error text
) with (fillfactor = 70);

-- What throttles count.
create table workflows.trigger_windows (
  trigger_id uuid primary key,
  started_at timestamptz not null,
  fired int not null
) with (fillfactor = 70);

-- What fired and what did not, and why: the newest of each trigger.
create table workflows.trigger_history (
  entry_id bigint generated always as identity,
  trigger_id uuid not null,
  firing_id uuid,
  outcome text not null,
  reason text,
  detail text,
  cause jsonb not null,
  made jsonb,
  at timestamptz not null,
  primary key (trigger_id, entry_id)
);
create unique index trigger_history_firing on workflows.trigger_history (firing_id) where firing_id is not null;

-- How many triggers stand before a thing: firings, and the tasks, runs and so on that they led to.
create table workflows.trigger_chains (
  ref uuid primary key,
  depth smallint not null,
  at timestamptz not null
);
create index trigger_chains_at on workflows.trigger_chains (at);

-- Messages that webhook triggers have taken: none is taken twice.
create table workflows.trigger_hooks (
  firing_id uuid primary key,
  at timestamptz not null
);
create index trigger_hooks_at on workflows.trigger_hooks (at);

-- What conditions are worked out over: the tasks that have not ended for good, and the agents there are.
create table workflows.figure_tasks (
  task_id uuid primary key,
  status text not null,
  pool text not null,
  since timestamptz not null
) with (fillfactor = 70);

create table workflows.figure_agents (
  agent_id uuid primary key,
  type text not null,
  status text not null
) with (fillfactor = 70);
