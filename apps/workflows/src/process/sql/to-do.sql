select work_id, kind, run_id, node, attempt, state, position, correlation_id, causation_id
  from workflows.run_work
 where state <> 'open' and position > $1
 order by position, work_id
 limit $2
