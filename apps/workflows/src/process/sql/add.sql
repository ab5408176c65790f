insert into workflows.run_work
  (work_id, kind, run_id, node, attempt, state, signal_key, position, correlation_id, causation_id)
select work_id, kind, run_id, node, attempt, state, signal_key, position, correlation_id, causation_id
  from json_to_recordset($1::json) as r(
    work_id uuid, kind text, run_id uuid, node text, attempt integer, state text, signal_key uuid, position bigint,
    correlation_id text, causation_id text)
on conflict (work_id) do nothing
