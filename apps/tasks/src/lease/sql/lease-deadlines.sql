-- $1: agent. When each of its leases ends, as renewals have moved it.
select lease_token, expires_at from tasks.leases where agent_id = $1
