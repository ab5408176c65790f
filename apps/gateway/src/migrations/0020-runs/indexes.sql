create index runs_by_time on read_models.runs (started_at desc, id desc);
create index runs_of_workflow on read_models.runs (workflow_id, started_at desc, id desc);
create index runs_by_status on read_models.runs (status, started_at desc, id desc);
create index runs_of_parent on read_models.runs (parent_run_id, started_at desc, id desc) where parent_run_id is not null;
