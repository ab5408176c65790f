-- What later events tell of an agent. A sign of life that finds no deadline sets one in the past: the sweep looks at
-- once and sets the one that the rules give.
update telemetry.agent_liveness as known
set
  interval_seconds = coalesce(agent.interval_seconds, known.interval_seconds),
  liveness = coalesce(agent.liveness, known.liveness),
  last_seen = greatest(known.last_seen, agent.seen_at),
  deadline = coalesce(known.deadline, agent.seen_at)
from unnest($1::text[], $2::float8[], $3::text[], $4::timestamptz[])
  as agent (agent_id, interval_seconds, liveness, seen_at)
where known.agent_id = agent.agent_id
