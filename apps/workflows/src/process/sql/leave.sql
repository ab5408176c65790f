-- Nodes that do not wait any more, or (node null) whole runs. What was begun for them is to be ended; signals are begun by others.
with left_nodes as (
  select run_id, node from json_to_recordset($1::json) as r(run_id uuid, node text)
), without_end as (
  delete from workflows.run_work w using left_nodes l
   where w.run_id = l.run_id and (l.node is null or w.node = l.node) and w.kind = 'signal'
)
update workflows.run_work w set state = 'unwanted'
  from left_nodes l
 where w.run_id = l.run_id and (l.node is null or w.node = l.node) and w.kind <> 'signal' and w.state <> 'unwanted'
returning w.work_id, w.kind, w.run_id, w.node, w.attempt, w.state, w.correlation_id, w.causation_id
