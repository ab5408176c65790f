create index schedules_name on read_models.schedules (name);
create index schedule_runs_of_schedule on read_models.schedule_runs (schedule_id, position desc);
