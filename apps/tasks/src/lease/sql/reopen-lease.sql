-- $1: task, $2: lease token. Its end was refused for now.
update tasks.leases set closing = false where task_id = $1 and lease_token = $2
