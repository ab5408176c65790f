-- The defaults are for the rows of a model that is rebuilt before it goes on (its version was raised with this).
alter table read_models.agents
  add column lifecycle text not null default 'active',
  add column operations_status text not null default 'active',
  add column role text not null default '';

-- What agents have done: counted without looking at a task, and the newest of them found at once. Written once per task.
create index tasks_agent_ended on read_models.tasks (agent_id, status, id desc)
  where agent_id is not null and status in ('completed', 'failed', 'dead_lettered');
