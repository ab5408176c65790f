-- The dead letters there are, kept by the owned subscription `dead-letters`: what a retry of many goes through.
create table tasks.dead_letters (
  task_id uuid primary key,
  -- Of the event that made it one.
  position bigint not null unique,
  type text not null,
  failure_class text,
  -- Of the latest assignment.
  agent_id uuid,
  dead_lettered_at timestamptz not null
);
