-- The documents of tasks know more than before (version 2), so the model begins anew: empty, it is filled from the log at
-- the next start, and nobody has to rebuild it by hand. A process of the release before, should one still run, finds a
-- newer version and leaves the model alone.
truncate read_models.tasks, read_models.task_counters;
update read_models.subscription_checkpoints
  set position = 0, version = 2, generation = generation + 1, updated_at = clock_timestamp()
  where subscription = 'tasks';
delete from read_models.parked_events where subscription = 'tasks';

alter table read_models.tasks
  add column type text not null,
  add column pinned_agent_id text collate "C",
  add column failure_class text,
  add column submitted_at timestamptz not null,
  add column started_at timestamptz,
  add column ended_at timestamptz;

-- GET /v1/tasks?created_after=: tasks are stored nearly in the order of their submission, so ranges of blocks tell enough,
-- and cost an update nothing.
create index tasks_submitted on read_models.tasks using brin (submitted_at) with (pages_per_range = 32);
-- Tasks for one agent alone.
create index tasks_pinned on read_models.tasks (pinned_agent_id, id desc) where pinned_agent_id is not null;
-- Dead letters, the newest first.
create index tasks_dead_letters on read_models.tasks (ended_at desc, id desc) where status = 'dead_lettered';
-- How long tasks of a type took: of the index alone. Written once per task.
create index tasks_durations on read_models.tasks (type, ended_at desc) include (started_at) where status = 'completed';

-- Credentials of tasks may name their secrets.
create index secrets_name on read_models.secrets (name);
