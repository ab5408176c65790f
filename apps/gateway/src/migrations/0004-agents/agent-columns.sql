-- The documents of agents know more than before, so the model begins anew: empty, it is filled from the log at the next
-- start, within seconds, and nobody has to rebuild it by hand.
truncate read_models.agents, read_models.agent_counters;
delete from read_models.subscription_checkpoints where subscription = 'agents';

alter table read_models.agents
  add column lifecycle text not null,
  add column operations_status text not null,
  add column role text not null;

-- What agents have done: counted without looking at a task, and the newest of them found at once. Written once per task.
create index tasks_agent_ended on read_models.tasks (agent_id, status, id desc)
  where agent_id is not null and status in ('completed', 'failed', 'dead_lettered');
