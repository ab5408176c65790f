-- Nodes that do not wait any more, or (node null) whole runs. What was begun for them is to be ended; signals are begun by others.
-- Looked for run by run: the table is nearly empty and full of dead rows, and a plan that reads it whole is the slowest.
with waiting as materialized (
  select w.work_id, w.kind, w.state
    from unnest($1::uuid[], $2::text[]) as l(run_id, node)
    cross join lateral (
      select work_id, kind, state from workflows.run_work
       where run_id = l.run_id and (l.node is null or node = l.node) offset 0
    ) w
), without_end as (
  delete from workflows.run_work where work_id = any(array(select work_id from waiting where kind = 'signal'))
)
update workflows.run_work w set state = 'unwanted'
 where w.work_id = any(array(select work_id from waiting where kind <> 'signal' and state <> 'unwanted'))
returning w.work_id, w.kind, w.run_id, w.node, w.attempt, w.state, w.correlation_id, w.causation_id
