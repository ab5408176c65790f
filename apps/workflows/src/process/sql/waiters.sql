-- The longest waiting first.
select run_id, node, attempt from workflows.run_work where signal_key = $1 order by position, work_id limit $2
