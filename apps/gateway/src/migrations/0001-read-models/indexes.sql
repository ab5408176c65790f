-- An agent by the id its owner chose.
create index agents_external_id on read_models.agents (external_id) where external_id is not null;
-- GET /api/v1/agents?capability=
create index agents_capabilities on read_models.agents using gin (capabilities);

-- GET /api/v1/tasks, newest first: ids are in the order of submission. A task changes its status a few times in its life
-- and each index is written each time, so there are only the two that lists need.
create index tasks_status on read_models.tasks (status, id desc);
create index tasks_agent on read_models.tasks (agent_id, id desc) where agent_id is not null;
