-- What steps at work wait for outside their run: a task, an approval, a run, an answer, a signal. A row comes with the start of
-- an attempt and goes with its end, in the transaction of the checkpoint of the subscription `runs`.
create table workflows.run_work (
  -- The task's, the approval's, the run's, the request's; of a signal derived from the attempt.
  work_id uuid primary key,
  kind text not null collate "C",
  run_id uuid not null,
  node text not null collate "C",
  attempt integer not null,
  -- wanted: to be begun. open: begun, and its end is waited for. unwanted: the step does not wait for it any more; to be ended.
  state text not null collate "C" check (state in ('wanted', 'open', 'unwanted')),
  -- Of a step that waits for a signal that names no run.
  signal_key uuid,
  -- Of the start of the attempt in the log; what was asked for and when follows from it.
  position bigint not null,
  correlation_id text not null,
  causation_id text not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create index run_work_run on workflows.run_work (run_id, node);
create index run_work_to_do on workflows.run_work (position) where state <> 'open';
create index run_work_signal on workflows.run_work (signal_key, position) where signal_key is not null;
