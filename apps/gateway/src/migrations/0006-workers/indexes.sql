-- The agents of a worker.
create index agents_worker on read_models.agents ((document -> 'details' ->> 'worker_id'))
  where (document -> 'details' ->> 'worker_id') is not null;
