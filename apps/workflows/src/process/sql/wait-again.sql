-- There is a signal of these: those who wait for one look again.
update workflows.run_work set state = 'wanted' where signal_key = any($1::uuid[]) and state = 'open'
returning work_id, kind, run_id, node, attempt, state, correlation_id, causation_id
