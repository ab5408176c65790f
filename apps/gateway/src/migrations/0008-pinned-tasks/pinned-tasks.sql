-- The agent that a queued task waits for: null for a task that any agent may take, and for one that is queued no more, so
-- that the index is as small as that queue. Rows get what the projection gives them: nothing has to be rebuilt.
alter table read_models.tasks add column pinned_to text collate "C";
update read_models.tasks set pinned_to = document -> 'requirements' ->> 'agent_id'
  where status = 'queued' and (document -> 'requirements' ->> 'agent_id') is not null;

create index tasks_pinned on read_models.tasks (pinned_to, priority desc, id) where pinned_to is not null;
