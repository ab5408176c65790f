create index approvals_by_status on read_models.approvals (status, requested_at, id);
create index approvals_of_run on read_models.approvals (run_id) where run_id is not null;
create index code_reviews_by_time on read_models.code_reviews (requested_at desc, id desc);
create index code_reviews_of_agent on read_models.code_reviews (agent_id, requested_at desc, id desc);
