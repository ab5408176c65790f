-- The tasks of one run of a workflow. A task knows its run from its first event on.
alter table read_models.tasks add column run_id text collate "C";
update read_models.tasks set run_id = document #>> '{run,run_id}' where document #>> '{run,run_id}' is not null;
create index tasks_run on read_models.tasks (run_id, id desc) where run_id is not null;
