-- Null in a row that the release before has written means: as it was submitted. Such a submission knew none of these but
-- `type`, which is read from the log where it is null; so nothing is rewritten and nobody waits.
alter table tasks.open_tasks
  add column type text collate "C",
  add column fairness_key text collate "C",
  add column concurrency_key text collate "C",
  -- Why it is not in the queue although no agent has it; null: it is.
  add column held text check (held in ('scheduled', 'paused')),
  -- Scheduled until then, and until what it depends on has ended.
  add column not_before timestamptz,
  -- Expired then.
  add column deadline timestamptz,
  -- Null: requeue.
  add column on_agent_lost text check (on_agent_lost in ('requeue', 'wait', 'fail'));

-- What open tasks wait for: tasks that had not ended when this was written.
create table tasks.dependencies (
  task_id uuid not null,
  dependency_id uuid not null,
  primary key (task_id, dependency_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create index dependencies_dependency on tasks.dependencies (dependency_id);

-- The tables stand for this release's reading of the log from here on (`OwnedSubscription.version`).
update tasks.subscription_checkpoints set version = 2 where subscription = 'open-tasks';
