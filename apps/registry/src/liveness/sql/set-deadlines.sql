-- Compare-and-set: a beat that was flushed meanwhile has set a newer deadline, and that one stays.
update telemetry.agent_liveness as known
set deadline = due.next_deadline
from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as due (agent_id, deadline, next_deadline)
where known.agent_id = due.agent_id and known.deadline = due.deadline
