-- What has ended: nobody waits for it any more. Tasks and approvals that belong to no run are not there.
delete from workflows.run_work where work_id = any($1::uuid[])
returning work_id, kind, run_id, node, attempt, state
